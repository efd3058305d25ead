"""From the wrist's acceleration to an open call for help, through the gateway's store and the judge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zhili.base.signals.measures import Said, pack_samples
from zhili.core.cases.models import Case
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Warning
from zhili.core.signals.store import storing
from zhili.core.signals.store.storing import Message
from zhili.scenarios.eldercare.tests.caring import ALARM, Caring
from zhili.scenarios.eldercare.tests.conftest import caring  # noqa: F401

from .moving import Movement, fall, recorded, walking

pytestmark = pytest.mark.django_db


def moves(movement: Movement, begun: datetime) -> None:
    """Twelve seconds in chunks of two, judged as they come."""
    rows = recorded(movement, 12, 50)
    for first in range(0, len(rows), 100):
        at = begun + timedelta(seconds=first / 50)
        said = Said("accel", at, samples=pack_samples(50, rows[first : first + 100].tolist()))
        (verdict,) = storing.accept(
            [Message("3700000001", "watch", (said,), f"{at}".encode(), datetime.now(UTC))]
        )
        assert verdict.accepted, verdict.why
        judging_run._judge.memory.forget()  # as if the judge had died between any two chunks
        while judging_run.run_once():
            pass


def test_a_fall_becomes_one_call_and_walking_none(caring: Caring) -> None:  # noqa: F811
    wearing = caring.worn()
    now = datetime.now(UTC)
    moves(walking, now - timedelta(seconds=40))
    assert not Warning.objects.filter(rule="eldercare.fall").exists()
    moves(fall, now - timedelta(seconds=20))
    one = Warning.objects.get(rule="eldercare.fall")
    assert (one.subject_kind, one.subject_id, one.value) == ("wearer", wearing.pk, None)
    alarm = Case.objects.get(procedure=ALARM)
    assert caring.detail(alarm).kind == "fall"
