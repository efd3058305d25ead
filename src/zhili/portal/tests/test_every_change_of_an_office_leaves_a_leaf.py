"""Whatever is changed through /desk/admin is in the log and in the trail; what is refused is in neither."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from zhili.core.cases.tests.city import SmallCity
from zhili.core.params.models import CalendarDay
from zhili.core.trail.models import Change, Leaf
from zhili.portal.pages.admin.urls import PAGES
from zhili.portal.tests.administering import Setting, sendings, setting_in
from zhili.portal.tests.pages_client import reader, words_of

READ_ONLY = {
    "admin_tables_imported", "admin_tables_points",
    "admin_tables", "admin_table", "admin_table_try", "admin_table_compare", "admin_table_sheet", "admin_table_blank",
    "admin_sites", "admin_site", "admin_site_gate_answer",
    "admin_devices", "admin_senders", "admin_sender",
    "admin", "admin_offices", "admin_office", "admin_accounts", "admin_account", "admin_duties", "admin_way",
    "admin_duty_faults", "admin_duty_export", "admin_parameters", "admin_calendar", "admin_machines", "admin_log",
    "admin_log_export", "admin_files", "admin_retention", "admin_webhooks", "admin_webhook", "admin_webhook_letters",
}  # fmt: skip
BY_THEMSELVES = {
    "admin_webhook_ask",
    "admin_webhook_test",
    "admin_duty_import",
    "admin_table_new",
    "admin_calendar_import",
    "admin_day_clear",
    "admin_proposal_withdraw",
    "admin_site_new",
    "admin_site_gate",
    "admin_site_key_new",
}
"""Sent in two parts, or after something else: tried below; those that ask another site in portal/exchange/tests."""


@pytest.fixture
def one(small_city: SmallCity) -> Setting:
    return setting_in(small_city)


def counted() -> tuple[int, int]:
    return Change.objects.count(), Leaf.objects.filter(kind="change").count()


def send(client: Client, address: str, data: dict[str, Any]) -> Any:
    """Open the page, send its form, and once more when it asks whether one is sure."""
    shown = client.get(address)
    assert shown.status_code == 200, words_of(shown)
    for _time in range(2):
        answer = client.post(address, {**hidden(shown), **data})
        if answer.status_code != 200 or "_sure" not in hidden(answer):
            return answer
        shown = answer
    raise AssertionError("asked twice whether one is sure")


def hidden(response: Any) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', response.content.decode()))


def test_every_page_that_takes_a_form_is_tried_here(one: Setting) -> None:
    assert {name for _route, _view, name in PAGES} == READ_ONLY | BY_THEMSELVES | set(sendings(one))


@pytest.mark.parametrize("name", sorted({n for _r, _v, n in PAGES} - READ_ONLY - BY_THEMSELVES))
def test_a_change_is_kept_in_the_log_and_in_the_trail(one: Setting, name: str) -> None:
    address, data = sendings(one)[name]
    rows, leaves = counted()
    client = reader(one.admin)
    answer = send(client, address, data)
    assert answer.status_code in (200, 302), words_of(answer)
    assert counted()[0] > rows, words_of(answer)
    assert counted()[1] - leaves == counted()[0] - rows
    last = Change.objects.latest("id")
    assert (last.actor_id, last.account_id) == (one.admin.id, one.admin.account_id)
    body = bytes(Leaf.objects.get(pk=last.leaf_id).body).decode()
    assert "王芳" not in body
    assert "13800138000" not in body
    assert client.get("/desk/admin/log").status_code == 200


@pytest.mark.parametrize("name", sorted({n for _r, _v, n in PAGES} - READ_ONLY - BY_THEMSELVES))
def test_what_is_refused_is_kept_nowhere(one: Setting, name: str) -> None:
    """By somebody who only leads the department, and with an empty form by the administrator."""
    address, data = sendings(one)[name]
    before = counted()
    leader = one.city.actor("A.zhzf", "leader")
    assert reader(leader).post(address, data).status_code in (403, 404)
    if data:
        assert reader(one.admin).post(address, {}).status_code in (422,)
    assert counted() == before


def test_a_day_is_put_right_and_back(one: Setting) -> None:
    client = reader(one.admin)
    before = counted()
    send(client, f"/desk/admin/calendar/{one.day}", {"working": "0", "note": "国办发明电〔2026〕12号"})
    assert CalendarDay.objects.get().working is False
    assert send(client, f"/desk/admin/calendar/{one.day}/clear", {}).status_code == 302
    assert not CalendarDay.objects.exists()
    assert counted() == (before[0] + 2, before[1] + 2)


def test_a_proposal_is_taken_back(one: Setting) -> None:
    client = reader(one.admin)
    send(client, *sendings(one)["admin_parameter"])
    before = counted()
    page = client.get("/desk/admin/parameters/referrals.assist").content.decode()
    found = re.search(r"/desk/admin/proposals/(\d+)", page)
    assert found
    assert send(client, f"/desk/admin/proposals/{found[1]}/withdraw", {}).status_code == 302
    assert counted() == (before[0] + 1, before[1] + 1)


def test_the_log_goes_out_as_a_workbook(one: Setting) -> None:
    client = reader(one.admin)
    send(client, *sendings(one)["admin_day"])
    answer = client.get("/desk/admin/log.xlsx?subject=calendar")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][:3] == ("时间", "对象", "做了什么")
    assert "国办发明电〔2026〕12号" in str(rows[1])
    assert len(rows) == 2
