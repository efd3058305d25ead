"""Article 27: completion is told for 30 days, what is owed is paid, and only then may the wage account be closed."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages.money import answering, sending
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST, draft, paid_site, signed

__all__ = ["paid_site"]
pytestmark = pytest.mark.django_db


def test_thirty_days_and_nothing_owed(paid_site: Site) -> None:
    site, case = paid_site, paid_site.project.case_id
    today, now = timezone.localdate(), timezone.now()
    with pytest.raises(Refused, match="今天以前"):
        doors.act(case, "complete", site.officer, {"on": (today + timedelta(days=1)).isoformat()})
    doors.act(case, "complete", site.officer, {"on": today.isoformat()})
    board = reader(site.officer).get(f"/wages/{site.project.case.number}").content.decode()
    assert (today + timedelta(days=30)).isoformat() in board  # told to everybody who reads the notice board
    with pytest.raises(Refused, match="公示要满 30 日"):
        doors.act(case, "close", site.office, {})
    early = mock.patch.object(timezone, "now", return_value=now + timedelta(days=29))
    with early, pytest.raises(Refused, match="公示要满 30 日"):
        doors.act(case, "close", site.office, {})
    sheet = draft(site)
    signed(site, sheet)
    later = now + timedelta(days=31)
    with mock.patch.object(timezone, "now", return_value=later), pytest.raises(Refused, match="没有付清"):
        doors.act(case, "close", site.office, {})
    rows = [
        one.split(",")
        for one in sending.send(site.officer, site.project, LAST).raw.decode("utf-8-sig").splitlines()
    ]
    told = "".join(f"{one[1]},成功,{one[4]},\n" for one in rows[1:])
    answering.answer(site.officer, site.project, f"流水号,状态,金额（元）,原因代码\n{told}".encode())
    with mock.patch.object(timezone, "now", return_value=later):
        doors.act(case, "close", site.office, {})
    assert Case.objects.get(pk=case).stage == "closed"
