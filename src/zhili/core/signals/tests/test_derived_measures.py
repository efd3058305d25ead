"""A measure made of another: judged in the same turn, remembered sealed, and only where a rule may read it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from zhili.base.signals.conditions import Threshold, Tuned
from zhili.base.signals.measures import Measure, Reading, Said, pack_samples, unpack_samples
from zhili.base.signals.rules import SignalRule
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE
from zhili.core.signals import registry
from zhili.core.signals.judge import deriving, judging_run
from zhili.core.signals.judge.states import State, unpack, write
from zhili.core.signals.models import SubjectState, Warning
from zhili.core.signals.store import packing, storing
from zhili.core.signals.store.storing import Message
from zhili.core.signals.tests.judged import Court, Gauge, about

pytestmark = pytest.mark.django_db

HARD = SignalRule(
    about("hard", "wearer"),
    Threshold("hardest", above=Tuned("limit", 30, "上限", low=1, high=300)),
    level="red",
    reason="重击%(value)s",
    consent="citizen_reports.report",
    fuse=(1.0, 60),
)
COUNTED = struct.Struct("<i")


def hardest(state: bytes | None, reading: Reading) -> tuple[bytes | None, list[tuple[datetime, float]]]:
    """The highest of each chunk; it remembers how many it saw."""
    _, rows = unpack_samples(reading.samples or b"")
    seen = COUNTED.unpack(state)[0] if state else 0
    return COUNTED.pack(seen + 1), [(reading.at, max(max(row) for row in rows))]


@pytest.fixture
def derivation(test_rules: None) -> Iterator[deriving.Derivation]:
    registry.declare(Measure("hardest", "最重一击", personal=True), HARD)
    deriving.derive("accel", "hardest", hardest)
    yield deriving._by_measure["accel"][-1]
    deriving.forget("accel", "hardest")


@pytest.fixture
def wearing(court: Court) -> Case:
    data = {"what": "佩戴手环", "place": INSIDE, "category": "201001"}
    return Case.objects.get(
        pk=doors.open_case("citizen_reports.report", "report", court.city.resident(), data).case_id
    )


def moves(wrist: Gauge, *rows: tuple[float, float, float], ago: float = 1.0) -> None:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    wrist.sent += 1
    said = Said("accel", at, samples=pack_samples(50, rows))
    raw = f"{wrist.source.number} {wrist.sent}".encode()
    (verdict,) = storing.accept(
        [Message(wrist.source.number, "mqtt", (said,), raw, datetime.now(UTC), wrist.sent, wrist.key)]
    )
    assert verdict.accepted, verdict.why


def remembered(wrist: Gauge) -> State:
    row = SubjectState.objects.get(kind="device", subject_id=wrist.source.pk)
    return unpack(bytes(row.body), row.wake_at)


def test_what_is_derived_is_judged_in_the_same_turn(
    derivation: deriving.Derivation, court: Court, wearing: Case
) -> None:
    wrist = court.wrist(wearing.pk)
    moves(wrist, (0, 0, 9.8), ago=4)
    moves(wrist, (0, 0, 9.7), ago=3)
    court.judge()
    assert not Warning.objects.exists()
    kept, until = remembered(wrist).rules[derivation.number]
    assert kept is not None
    assert COUNTED.pack(2) not in kept, "what is remembered of a person is sealed"
    name = kept[1 : 1 + kept[0]].decode()
    opened = packing.unseal(name, kept[1 + kept[0] :], deriving._bound(wrist.source.pk))
    assert opened == COUNTED.pack(2), "both chunks of one turn"
    assert until - timezone.now().timestamp() == pytest.approx(86_400, abs=60)

    judging_run._judge.memory.forget()  # as after a crash: the rows are all there is
    moves(wrist, (0, 0, 9.8), (1, 2, 45.0))
    assert court.judge() > 0
    one = court.warning()
    assert (one.rule, one.subject_kind, one.subject_id) == ("test.hard", "wearer", wearing.pk)
    assert one.value is None, "a personal value stays sealed"


def test_nothing_is_derived_without_consent_and_raw_memory_ends_after_a_day(
    derivation: deriving.Derivation, court: Court, wearing: Case
) -> None:
    thing = court.gauge("on-a-door")
    moves(thing, (0, 0, 45.0))
    court.judge()
    assert not SubjectState.objects.filter(kind="device", subject_id=thing.source.pk, body__gt=b"").exists()

    wrist = court.wrist(wearing.pk)
    moves(wrist, (0, 0, 9.8))
    court.judge()
    assert remembered(wrist).rules[derivation.number][0]
    doors.act(wearing.pk, "withdraw", court.city.resident())
    moves(wrist, (0, 0, 45.0))
    court.judge()
    assert not Warning.objects.exists()

    row = SubjectState.objects.get(kind="device", subject_id=wrist.source.pk)
    state = unpack(bytes(row.body), row.wake_at)
    state.put(derivation.number, state.rules[derivation.number][0], 1.0)
    state.asked = 1.0
    write([(("device", wrist.source.pk), state)])
    judging_run._judge.memory.forget()
    court.judge()
    assert remembered(wrist).rules[derivation.number] == (None, 0.0)


def test_a_chunk_that_cannot_be_read_and_a_lost_key_begin_anew() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    own = deriving.Derivation("accel", "hardest", hardest, 50_001)
    state = State()
    good = Reading(7, "accel", at, samples=pack_samples(50, [(0, 0, 9.0)]))
    bad = Reading(7, "accel", at, samples=b"123")
    found = deriving.made(deriving.Raw(own, 7, [good, bad, good]), state)
    assert [one.value for one in found] == [9.0, 9.0]
    kept = state.rules[50_001][0]
    assert kept is not None
    assert COUNTED.unpack(deriving._opened(kept, 7) or b"")[0] == 2
    assert deriving._opened(b"\x02xx" + kept[1 + kept[0] :], 7) is None
    assert deriving._opened(kept, 8) is None, "one device's memory is no other's"


def test_two_ways_to_one_measure_are_refused() -> None:
    deriving.derive("accel", "twice", hardest)
    try:
        with pytest.raises(ValueError, match="twice"):
            deriving.derive("accel", "twice", lambda state, reading: (state, []))
    finally:
        deriving.forget("accel", "twice")
