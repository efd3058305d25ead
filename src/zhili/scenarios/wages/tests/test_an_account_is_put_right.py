"""A worker's own account: entered by the clerk, in use only when the worker said yes, and the wage that came back goes
to it.
"""

from __future__ import annotations

import pytest
from django.test import Client

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.core.trail.audit import covering
from zhili.core.trail.models import Leaf
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages import registering, who
from zhili.scenarios.wages.models import AccountChange, Engagement, Worker
from zhili.scenarios.wages.money import accounts, answering, sending
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST, draft, line, paid_site, signed

__all__ = ["paid_site"]
pytestmark = pytest.mark.django_db
NEW = "6222020000000009999"


def came_back(site: Site) -> Engagement:
    """A wage the bank sent back because the account is closed; whose."""
    sheet = draft(site)
    signed(site, sheet)
    raw = sending.send(site.officer, site.project, LAST).raw.decode("utf-8-sig")
    (row,) = [one.split(",") for one in raw.splitlines() if "周小砖" in one]
    back = f"流水号,状态,金额（元）,原因代码\n{row[1]},退票,{row[4]},closed\n".encode()
    answering.answer(site.officer, site.project, back)
    assert line(sheet, site.two).state == "returned"
    return site.two


def test_a_returned_wage_goes_to_the_account_its_worker_confirmed_by_link(paid_site: Site) -> None:
    site, one = paid_site, came_back(paid_site)
    former = one.worker.bank_account_id
    page, clerk = f"/desk/wages/accounts/{one.pk}", reader(site.clerk)
    assert (
        page in clerk.get(f"/desk/wages/pay/{site.project.case.number}?month={LAST:%Y-%m}").content.decode()
    )
    assert clerk.post(page, {"do": "ask", "number": "12"}).status_code == 422
    assert clerk.post(page, {"do": "ask", "number": "6222 0200 0000 0009 999"}).status_code == 302
    shown = clerk.get(page).content.decode()
    assert NEW not in shown
    assert NEW[-4:] in shown
    one.worker.refresh_from_db()
    assert one.worker.bank_account_id == former  # nothing is used before the worker says yes
    own, change = f"/wages/pay/{who.link(site.project, one.worker)}", AccountChange.objects.get()
    stranger = f"/wages/pay/{who.link(site.project, site.one.worker)}"
    said = {"_do": "bank_yes", "change": change.pk}
    assert Client().post(stranger, said).status_code == 409
    assert NEW[-4:] in Client().get(own).content.decode()
    assert Client().post(own, said).status_code == 302
    assert Client().post(own, said).status_code == 409
    worker = Worker.objects.get(pk=one.worker_id)
    assert worker.bank_account_id == change.bank_account_id
    assert Secret.objects.get(pk=former).erased_at is None  # what was paid where still speaks of it
    again = sending.send(site.officer, site.project, LAST).raw.decode("utf-8-sig")
    assert NEW in again
    assert list(AccountChange.objects.order_by("id").values_list("step", "how")) == [
        ("asked", "account"),
        ("confirmed", "grant"),
    ]
    assert Leaf.objects.filter(pk__in=AccountChange.objects.values("leaf_id")).count() == 2
    assert not [f for c in covering.covers() if c.name == "wages_accountchange" for f in c.batch(None).faults]


def test_on_the_pad_it_holds_with_the_workers_digits_before_somebody_else(paid_site: Site) -> None:
    site, one = paid_site, paid_site.one  # type: ignore[attr-defined]
    page, clerk, officer = f"/desk/wages/accounts/{one.pk}", reader(site.clerk), reader(site.officer)
    assert clerk.post(page, {"do": "ask", "number": NEW}).status_code == 302
    pin = registering.new_pin(one.worker)
    wrong = "000000" if pin != "000000" else "000001"
    # who entered it made the digits anew, too: that is not the worker's word
    assert clerk.post(page, {"do": "pad", "pin": pin}).status_code == 403
    assert officer.post(page, {"do": "pad", "pin": wrong}).status_code == 422
    assert not AccountChange.objects.filter(step="confirmed").exists()
    assert officer.post(page, {"do": "pad", "pin": pin}).status_code == 302
    assert Worker.objects.get(pk=one.worker_id).bank_account.masked.endswith(NEW[-4:])
    pay = f"/desk/wages/pay/{site.project.case.number}?month={LAST:%Y-%m}"
    assert "刚换过账号的" in officer.get(pay).content.decode()
    assert "刚换过账号的" not in clerk.get(pay).content.decode()
    assert clerk.post(page, {"do": "ask", "number": NEW}).status_code == 409  # it stands already
    for actor in (site.leader, site.office):
        assert reader(actor).get(page).status_code in (403, 404)


def test_a_no_leaves_the_former_account_and_an_old_question_is_no_question(paid_site: Site) -> None:
    site, one = paid_site, paid_site.one  # type: ignore[attr-defined]
    engagement = Engagement.objects.select_related("worker", "crew__project__case").get(pk=one.pk)
    former, own = engagement.worker.bank_account_id, Actor(kind="grant", id=1)
    first = accounts.ask(site.clerk, engagement, NEW)
    second = accounts.ask(site.clerk, engagement, "6222020000000008888")
    with pytest.raises(Refused, match="又登记了别的账号"):
        accounts.answer(own, first, "confirmed", "grant")
    accounts.answer(own, second, "declined", "grant")
    assert Worker.objects.get(pk=one.worker_id).bank_account_id == former
    with pytest.raises(Refused, match="就是这个账号"):
        accounts.ask(site.clerk, engagement, "6222020000000000001")
