"""Matters each way, days by nearest rank, on time, shares: ours as counted here, theirs as they told them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases.models import Case
from zhili.core.exchange.models import Link, SiteAgreement
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.cross_border import documents, figures
from zhili.scenarios.cross_border.figures import Way
from zhili.scenarios.cross_border.tests.conftest import Border

pytestmark = pytest.mark.django_db


def passed(
    border: Border, agreement: SiteAgreement, way: str, state: str, days: float, category: str
) -> None:
    """A matter that went that way under the agreement, and what became of it."""
    case = border.found()
    opened = timezone.now() - timedelta(days=30)
    answered = opened + timedelta(days=days) if state == "closed" else None
    Case.objects.filter(pk=case.pk).update(category=category, opened_at=opened, answered_at=answered)
    Link.objects.create(
        site=border.site,
        stream=f"matter:{uuid.uuid4()}",
        way=way,
        agreement=agreement,
        case=case,
        state=state,
    )


def test_days_and_shares_are_counted_from_what_passed(border: Border) -> None:
    command, _grid = border.agree(1, 2)
    for days in (0.5, 1, 1.5, 1.75, 9):
        passed(border, command, "in", "closed", days, "grid")
    passed(border, command, "in", "refused", 0, "linkage")
    passed(border, command, "out", "waiting", 0, "201001")
    passed(border, command, "out", "accepted", 0, "aid")
    found = figures.of_site(border.site)
    one = found["pinghu-jinshan.command"]
    assert one.ins == Way(came=6, done=5, not_taken=1, on_time=4, median=1.5, p90=9.0)
    assert one.outs == Way(came=2, waiting=1, open=1)
    assert one.shares == {"grid": 5, "linkage": 1, "aid": 1, figures.ELSE: 1}
    assert found["pinghu-jinshan.grid"].ins == Way()
    told = figures.document(border.site)
    documents.check("figures", told)
    assert figures.read(told) == found

    mirrored = figures.document(border.site)
    for each in mirrored["agreements"]:  # what came to us is what they handed over
        each["in"], each["out"] = each["out"], each["in"]
    border.told("figures", mirrored)
    page = reader(border.seat).get("/cross-border/agreements")
    words = words_of(page)
    assert "共往来 8 件，办结 5 件" in words
    assert "对方移交来 对方告知 6 0 0 5 1 1.5 9.0 80.0%" in words
    assert words.count("自拟") == 7  # six sub-scenarios and the sentence about them
    border.told("figures", {"version": 1, "agreements": "?"})
    assert "读不懂（since）" in words_of(reader(border.seat).get("/cross-border/agreements"))
