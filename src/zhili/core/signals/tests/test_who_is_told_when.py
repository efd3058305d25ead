"""Quiet hours keep what can wait until the morning; what nobody accepts climbs from office to office."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from zhili.base.signals.firing import Firing
from zhili.base.signals.rules import SignalRule
from zhili.core.notices.models import Notice
from zhili.core.signals.judge import tallying
from zhili.core.signals.models import RuleStand, Warning
from zhili.core.signals.tests.judged import SMOKE, WATER, Court
from zhili.core.signals.warnings import handling, quiet, raising

HERE = ZoneInfo(settings.TIME_ZONE)
NIGHT = datetime(2026, 3, 2, 23, 30, tzinfo=HERE)
MORNING = datetime(2026, 3, 3, 7, 0, tzinfo=HERE)


def test_when_quiet_hours_end() -> None:
    assert quiet.ends("22:00-07:00", NIGHT) == MORNING
    assert quiet.ends("22:00-07:00", MORNING - timedelta(minutes=1)) == MORNING
    assert quiet.ends("22:00-07:00", MORNING) is None
    assert quiet.ends("12:00-14:00", MORNING.replace(hour=13)) == MORNING.replace(hour=14)
    assert quiet.ends("12:00-14:00", NIGHT) is None
    assert quiet.ends("", NIGHT) is None
    for wrong in ("22-07", "24:00-07:00", "07:00-07:00"):
        with pytest.raises(ValueError, match="quiet hours"):
            quiet.ends(wrong, NIGHT)


def fire(court: Court, rule: SignalRule, at: datetime) -> Warning | None:
    RuleStand.objects.get_or_create(name=rule.name)
    one = Firing(at.astimezone(UTC), 1.0, {"value": 1.0})
    fired = raising.Fired(rule, ("device", court.water.source.pk), one, {})
    raising.raise_all([fired], tallying.load([rule.name]), at)
    return Warning.objects.filter(rule=rule.name).order_by("-id").first()


@pytest.mark.django_db
def test_a_yellow_warning_at_night_is_told_in_the_morning_and_a_red_one_at_once(court: Court) -> None:
    one = fire(court, SMOKE, NIGHT)
    assert one is not None
    assert (one.told_at, one.tell_at) == (None, MORNING)
    assert not Notice.objects.filter(kind="signals.test.smoke").exists()
    assert handling.tell_due(MORNING - timedelta(seconds=1)) == 0
    assert handling.tell_due(MORNING) == 1
    assert handling.tell_due(MORNING) == 0
    assert Notice.objects.filter(kind="signals.test.smoke").count() == 1
    assert list(one.steps.order_by("id").values_list("kind", flat=True)) == ["raised", "told"]

    red = fire(court, replace(SMOKE, level="red"), NIGHT + timedelta(hours=1))
    assert red is not None
    assert red.told_at == NIGHT + timedelta(hours=1)


@pytest.mark.django_db
def test_one_accepted_in_the_night_is_not_told_again(court: Court) -> None:
    one = fire(court, SMOKE, NIGHT)
    assert one is not None
    handling.accept(one, court.city.actor("A.grid"))
    assert handling.tell_due(MORNING) == 0


@pytest.mark.django_db
def test_nobody_accepts(court: Court) -> None:
    one = fire(court, WATER, NIGHT)
    assert one is not None
    assert one.office_id == court.city.offices["A.grid"].pk
    assert handling.escalate_due(NIGHT + timedelta(seconds=119)) == 0
    assert handling.escalate_due(NIGHT + timedelta(seconds=120)) == 1
    one.refresh_from_db()
    assert (one.office_id, one.rung) == (court.city.offices["A.town"].pk, 1)
    assert handling.escalate_due(NIGHT + timedelta(seconds=299)) == 0
    assert handling.escalate_due(NIGHT + timedelta(hours=3)) == 1
    assert handling.escalate_due(NIGHT + timedelta(hours=4)) == 0
    one.refresh_from_db()
    assert one.office_id == court.city.offices["A"].pk
    told = list(
        Notice.objects.filter(kind="signals.test.water").order_by("id").values_list("office_id", flat=True)
    )
    assert told == one.offices
    assert len(told) == 3
    assert any("无人接手" in why for why in one.why)
    facts = [step.facts["level"] for step in one.steps.filter(kind="escalated").order_by("id")]
    assert facts == ["town", "county"]


@pytest.mark.django_db
def test_somebody_accepts_in_time(court: Court) -> None:
    one = fire(court, WATER, NIGHT)
    assert one is not None
    handling.accept(one, court.city.actor("A.grid"))
    assert handling.escalate_due(NIGHT + timedelta(hours=3)) == 0
