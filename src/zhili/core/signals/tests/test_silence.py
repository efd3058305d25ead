"""A device that falls silent is missed; what is due is found by its time, and only when all that came was judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core import params
from zhili.core.signals import registry
from zhili.core.signals.judge import judging_run, states
from zhili.core.signals.models import SubjectState, Warning
from zhili.core.signals.rules import kernel_rules
from zhili.core.signals.tests.judged import SILENT, Court, ago

pytestmark = pytest.mark.django_db


def later(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    real = timezone.now
    moved = timedelta(**span)
    monkeypatch.setattr(judging_run.timezone, "now", lambda: real() + moved)


def test_a_gauge_is_silent_for_ten_minutes(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    court.water.says(water_level=0.1)
    court.judge()
    row = SubjectState.objects.get(kind="device")
    assert row.wake_at is not None
    due = row.wake_at
    court.water.says(water_level=0.1)
    court.judge()
    assert SubjectState.objects.get(kind="device").wake_at == due  # put off in the state, not in the index
    assert judging_run.run_once() == 0
    with monkeypatch.context() as patch:
        later(patch, minutes=11)
        court.judge()
        one = Warning.objects.get(rule="test.silent")
        assert timezone.now() - one.raised_at < timedelta(minutes=1)
        court.judge()
    assert Warning.objects.filter(rule="test.silent").count() == 1
    court.water.says(water_level=0.1)
    court.judge()
    with monkeypatch.context() as patch:
        later(patch, minutes=30)
        court.judge()
    assert Warning.objects.filter(rule="test.silent").count() == 2


def test_nothing_is_due_while_readings_wait(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    court.water.says(water_level=0.1)
    court.judge()
    court.water.says(water_level=0.1)
    monkeypatch.setattr(judging_run, "BATCHES", 1)
    with monkeypatch.context() as patch:
        later(patch, minutes=11)
        judging_run.run_once()  # as many batches as it takes at once: there may be more
        assert not Warning.objects.exists()


def test_a_rule_past_its_last_day_is_not_woken(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    court.water.says(water_level=0.1)
    court.judge()
    yesterday = timezone.localdate() - timedelta(days=1)
    params.set_value(SILENT.about.param, yesterday.isoformat(), yesterday, None)
    later(monkeypatch, minutes=30)
    court.judge()
    assert not Warning.objects.exists()
    assert SubjectState.objects.get(kind="device").wake_at is None


def test_all_devices_of_an_office_are_silent(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.declare(kernel_rules.SILENT)
    office = court.city.offices["A.village"]
    gauges = [court.gauge(f"g-{n}") for n in range(3)]
    for one in gauges:
        type(one.source).objects.filter(pk=one.source.pk).update(office=office)
    gauges[0].says(at=ago(minutes=2), battery=0.5)
    gauges[1].says(battery=0.5)
    court.judge()
    assert not Warning.objects.exists()
    later(monkeypatch, minutes=16)
    court.judge()
    one = Warning.objects.get(rule="signals.silent_office")
    assert (one.subject_kind, one.subject_id, one.office_id) == ("office", office.pk, office.pk)
    assert states.due(timezone.now(), 10) == []


def test_an_office_whose_device_hands_in_old_readings_is_not_silent(court: Court) -> None:
    registry.declare(kernel_rules.SILENT)
    one = court.gauge("g-late")
    type(one.source).objects.filter(pk=one.source.pk).update(office=court.city.offices["A.village"])
    one.says(at=ago(hours=8), battery=0.5)
    one.says(at=ago(hours=5), battery=0.5)
    court.judge()
    court.judge()  # whoever is to be woken is
    assert not Warning.objects.exists()
