"""A parameter is changed by two people and keeps running clocks as they are; the calendar by its source paper."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from zhili.core import params
from zhili.core.administration import calendars, parameters
from zhili.core.administration.models import Proposal
from zhili.core.cases import doors
from zhili.core.cases.models import Clock
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.params.models import CalendarDay, Parameter
from zhili.core.people.actors import ANONYMOUS
from zhili.core.trail.changes import Overtaken
from zhili.core.trail.models import Change
from zhili.portal.tests.administering import Setting, setting_in
from zhili.portal.tests.pages_client import reader, words_of

KEY = "citizen_reports.accept"


@pytest.fixture
def one(small_city: SmallCity) -> Setting:
    params.sync()
    return setting_in(small_city)


def hidden(page: Any) -> dict[str, str]:
    return dict(
        re.findall(r'<input type="hidden" name="(_\w+|packed)" value="([^"]*)"', page.content.decode())
    )


def propose(one: Setting, value: str = "2wd", days: int = 3) -> Proposal:
    first = timezone.localdate() + timedelta(days=days)
    return parameters.propose(KEY, value, first, "市政府文件", "试行", one.admin, None)


def test_one_proposes_another_agrees_and_the_day_comes(one: Setting) -> None:
    found = propose(one)
    assert params.get(KEY, found.valid_from).text == "1wd"
    own = reader(one.admin).get(f"/desk/admin/proposals/{found.pk}")
    assert "这是您的提议" in words_of(own)
    assert reader(one.admin).post(f"/desk/admin/proposals/{found.pk}", {"agreed": "on"}).status_code == 403
    client = reader(one.second)
    page = client.get(f"/desk/admin/proposals/{found.pk}")
    assert "从" in words_of(page)
    answer = client.post(f"/desk/admin/proposals/{found.pk}", {**hidden(page), "agreed": "on"})
    assert answer.status_code == 302
    params.forget()
    assert params.get(KEY).text == "1wd"
    assert params.get(KEY, found.valid_from).text == "2wd"
    assert params.get(KEY, found.valid_from).source == "市政府文件"
    assert [c.done for c in Change.objects.filter(subject="parameter").order_by("id")] == [
        "proposed",
        "approved",
    ]


def test_disagreeing_needs_a_reason_and_changes_nothing(one: Setting) -> None:
    found = propose(one)
    client = reader(one.second)
    page = client.get(f"/desk/admin/proposals/{found.pk}")
    refused = client.post(f"/desk/admin/proposals/{found.pk}", hidden(page))
    assert refused.status_code == 422
    assert "不同意请写明原因" in words_of(refused)
    client.post(f"/desk/admin/proposals/{found.pk}", {**hidden(page), "word": "再议"})
    found.refresh_from_db()
    assert found.state == "refused"
    assert Parameter.objects.filter(key=KEY).count() == 1


def test_running_clocks_keep_what_they_started_under(one: Setting) -> None:
    doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": "垃圾", "place": INSIDE})
    before = Clock.objects.get(param=KEY)
    found = propose(one)
    parameters.decide(found.pk, True, "", one.second, None)
    after = Clock.objects.get(pk=before.pk)
    assert (after.due_at, after.param_id) == (before.due_at, before.param_id)
    page = reader(one.admin).post(
        "/desk/admin/parameters/referrals.assist",
        {"value": "9wd", "first": (timezone.localdate() + timedelta(days=1)).isoformat(), "reason": "x"},
    )
    assert "眼下没有按它计时的时限" in words_of(page)
    shown = words_of(reader(one.admin).get(f"/desk/admin/parameters/{KEY}"))
    assert "每个时限按开始时的值走完" in shown


def test_a_number_of_the_law_is_shown_and_not_changed(one: Setting) -> None:
    address = "/desk/admin/parameters/citizen_reports.overall"
    page = reader(one.admin).get(address)
    assert "第二十二条" in words_of(page)
    assert "单位不能改" in words_of(page)
    assert "提议新的取值" not in words_of(page)
    assert reader(one.admin).post(address, {"value": "30d"}).status_code == 403


@pytest.mark.parametrize(
    ("value", "days", "said"),
    [
        ("soon", 3, "应为时限"),
        ("1wd", 3, "没有改动"),
        ("2wd", 0, "最早从明天起"),
        ("2wd", 800, "最多提前一年"),
    ],
)
def test_values_and_days_that_cannot_be_are_refused_at_their_field(
    one: Setting, value: str, days: int, said: str
) -> None:
    client, address = reader(one.admin), f"/desk/admin/parameters/{KEY}"
    form = {"value": value, "first": (timezone.localdate() + timedelta(days=days)).isoformat(), "reason": "x"}
    weighed = client.post(address, form)
    sent = client.post(address, {**hidden(weighed), **form})
    assert sent.status_code == 422
    assert said in words_of(sent)
    assert re.search(r'href="#f-(value|first)"', sent.content.decode())
    assert not Proposal.objects.filter(key=KEY).exists()


def test_two_proposals_at_once(one: Setting) -> None:
    propose(one)
    first = timezone.localdate() + timedelta(days=4)
    with pytest.raises(Overtaken):
        parameters.propose(KEY, "3wd", first, "", "我也", one.admin, 0)


def test_a_year_comes_in_from_a_list(one: Setting) -> None:
    year = timezone.localdate().year + 1
    assert calendars.missing(year)
    client = reader(one.admin)
    text = f"{year}-01-01,休息\n{year}-02-05~{year}-02-11,休息\n{year}-10-01~{year}-10-07,休息\n不是日子\n"
    form = {"year": str(year), "note": "国办发明电〔2026〕12号", "days": text}
    page = client.post("/desk/admin/calendar/import", form)
    said = words_of(page)
    assert "将写入 15 天" in said
    assert "第 4 行" in said
    assert not CalendarDay.objects.exists()
    assert client.post("/desk/admin/calendar/import", {"packed": hidden(page)["packed"]}).status_code == 302
    assert CalendarDay.objects.count() == 15
    assert Change.objects.filter(subject="calendar").count() == 15
    params.forget()
    assert not calendars.missing(year)
    assert not params.calendar().is_working(date(year, 10, 1))
    shown = words_of(client.get(f"/desk/admin/calendar?year={year}"))
    assert "国办发明电〔2026〕12号" in shown


def test_a_year_may_come_as_a_file_and_only_with_the_pages_own_token(one: Setting) -> None:
    year = timezone.localdate().year + 1
    form = {"year": str(year), "note": "国办通知"}

    def sent(client: Any) -> Any:
        file = SimpleUploadedFile("days.csv", f"{year}-01-01,休息".encode())
        return client.post("/desk/admin/calendar/import", {**form, "file": file})

    assert "将写入 1 天" in words_of(sent(reader(one.admin)))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(one.city.account_of(one.admin))
    assert sent(strict).status_code == 403


def test_a_day_needs_its_paper_and_past_days_stay(one: Setting) -> None:
    client = reader(one.admin)
    page = client.post(f"/desk/admin/calendar/{one.day}", {"working": "0", "note": " "})
    assert page.status_code == 422
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    late = client.post(f"/desk/admin/calendar/{yesterday}", {"working": "0", "note": "补"})
    assert late.status_code == 422
    assert "已按它算过期限" in words_of(late)


def test_a_running_clock_keeps_its_end_when_the_calendar_changes(one: Setting) -> None:
    doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": "垃圾", "place": INSIDE})
    before = Clock.objects.get(param=KEY).due_at
    assert before is not None
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert calendars.running_across(tomorrow) >= 1
    calendars.set_day(tomorrow, not params.calendar().is_working(tomorrow), "国办通知", one.admin, None)
    assert Clock.objects.get(param=KEY).due_at == before
