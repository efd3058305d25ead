"""A raise that all three signed within a month: days before go by the old rate, days from then on by the new."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from zhili.scenarios.wages import contracts
from zhili.scenarios.wages.asked import engagement_with_all
from zhili.scenarios.wages.models import Engagement
from zhili.scenarios.wages.money import verifying
from zhili.scenarios.wages.money.pages import slip
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST, draft, line, paid_site

__all__ = ["paid_site"]
pytestmark = pytest.mark.django_db


def agreed(site: Site, engagement: Engagement, rate: int, on: date, roles: tuple[str, ...]) -> None:
    """A version of the contract, signed by these on a day."""
    whole = engagement_with_all(engagement.pk)
    assert whole is not None
    version = contracts.draft(site.clerk, whole, {"rate_fen": rate}, "涨工资")
    at = timezone.make_aware(datetime.combine(on, time(18)))
    with mock.patch.object(timezone, "now", return_value=at):
        for role in roles:
            contracts.sign(site.clerk, version, role, "account")


ALL = ("worker", "leader", "firm")


def test_days_before_the_last_signature_go_by_the_old_rate(paid_site: Site) -> None:
    site = paid_site  # three days: the 8th, 9th and 10th
    agreed(site, site.one, 30_000, LAST - timedelta(days=20), ALL)
    agreed(site, site.one, 40_000, LAST + timedelta(days=8), ALL)
    agreed(site, site.one, 90_000, LAST + timedelta(days=8), ALL[:2])  # the firm has not signed: not in force
    sheet = draft(site)
    mine = line(sheet, site.one)
    plain = {one["rate"]: one for one in mine.facts["items"] if one["name"] == "base"}
    others = {one["rate"]: one for one in mine.facts["items"] if one["name"] != "base"}
    for rate, n in ((30_000, 1), (40_000, 2)):  # a rest day among them is paid as one, at its own rate
        tenths = plain[rate]["quantity"] if rate in plain else 0
        minutes = others[rate]["quantity"] if rate in others else 0
        assert tenths + minutes // 48 == 10 * n
    assert [
        (one["contract"], one["rate"], one["from"][-2:], one["to"][-2:]) for one in mine.facts["parts"]
    ] == [
        (1, 30_000, "08", "08"),
        (2, 40_000, "09", "10"),
    ]
    assert verifying.verify(sheet).sound
    assert "300.00" in slip.of(mine)["items"][0]["much"]
    assert "parts" not in line(sheet, site.two).facts


def test_a_raise_signed_after_the_month_does_not_change_it(paid_site: Site) -> None:
    site = paid_site
    agreed(site, site.one, 30_000, LAST + timedelta(days=9), ALL)  # the first contract goes for all days
    before = line(draft(site), site.one)
    agreed(site, site.one, 40_000, timezone.localdate(), ALL)
    after = line(draft(site), site.one)
    assert (after.gross_fen, after.facts["contract"]) == (before.gross_fen, 1)
    assert after.facts["rate"] == 30_000
