"""What happens when a rule fires: one warning with its reason, told to the office of the place, accepted, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.core.notices.models import Notice
from zhili.core.people.actors import ANONYMOUS
from zhili.core.signals.judge import tallying
from zhili.core.signals.models import RuleStand, SubjectState, Warning, WarningStep
from zhili.core.signals.tests.judged import SMOKE, WATER, Court, ago
from zhili.core.signals.warnings import handling, raising, sending, showing, telling, wording
from zhili.core.streams.live import Row
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.audit.covering import covers
from zhili.core.trail.models import Leaf

pytestmark = pytest.mark.django_db


def audit() -> list[str]:
    (steps,) = [one for one in covers() if one.name == WarningStep._meta.db_table]
    return [f"{one.column}: {one.expected} / {one.found}" for one in steps.batch(None).faults]


def test_from_the_reading_to_the_finding(court: Court) -> None:
    court.water.says(water_level=0.2)
    court.judge()
    assert not Warning.objects.exists()
    assert RuleStand.objects.get(name="test.water").subjects == 1

    court.water.says(water_level=0.9)
    court.judge()
    court.judge()
    one = court.warning()
    grid = court.city.offices["A.grid"]
    assert (one.rule, one.level, one.state, one.office_id) == ("test.water", "orange", "raised", grid.pk)
    assert (one.subject_kind, one.source) == ("device", court.water.source.pk)
    assert one.tuning == {"limit_m": 0.5}
    assert one.told_at is not None
    assert one.received_at is not None
    said = wording.explain(one)
    assert said.reason == "水深0.9米，超过0.5米"
    assert [(n.title, n.value, n.unit) for n in said.numbers] == [("水深上限", 0.5, "米")]
    assert said.place == court.city.cells["A.grid"].name
    assert said.why
    notice = Notice.objects.get(kind="signals.test.water")
    assert (notice.office_id, notice.subject) == (grid.pk, "橙色预警：water预警")
    assert "0.9" in notice.body

    # it happens again within ten minutes: counted, nobody is told anew
    court.water.says(water_level=0.1)
    court.water.says(water_level=1.2)
    court.judge()
    one.refresh_from_db()
    assert (one.merged, Notice.objects.filter(kind="signals.test.water").count()) == (1, 1)

    # seen by those of the ground, and by nobody else
    village, elsewhere = court.city.actor("A.village"), court.city.actor("B.village")
    seeing = (court.city.actor("A.grid"), village, court.city.actor("A"), court.city.actor("city"))
    assert all(handling.visible(who).exists() for who in seeing)
    blind = (
        elsewhere,
        court.city.actor("A.gridn"),
        court.city.actor("A.zhzf"),
        court.city.resident(),
        ANONYMOUS,
    )
    assert not any(handling.visible(who).exists() for who in blind)
    with pytest.raises(Refused, match="辖区"):
        handling.accept(one, elsewhere)

    shown = showing.on_screen(court.city.divisions["A.town"].pk)
    assert [(s.level, s.words, s.state) for s in shown] == [("orange", f"{said.place}积水", "raised")]
    assert showing.on_screen(court.city.divisions["B"].pk) == []

    handling.accept(one, village)
    assert handling.accept(one, village).accepted_office == village.office_id
    with pytest.raises(Refused, match="已经接手"):
        handling.accept(one, court.city.actor("A"))
    with pytest.raises(Refused, match="请选择"):
        handling.close(one, village, "")
    closed = handling.close(one, village, "real", "王小明13812345678说已抽水")
    assert "13812345678" not in closed.words
    with pytest.raises(Refused, match="了结"):
        handling.close(one, village, "false")
    assert showing.on_screen(court.city.divisions["A.town"].pk) == []

    # once closed, the next one is a new warning
    court.water.says(water_level=0.1)
    court.water.says(water_level=0.8)
    court.judge()
    assert Warning.objects.count() == 2

    steps = list(one.steps.order_by("id").values_list("kind", flat=True))
    assert steps == ["raised", "accepted", "closed"]
    assert Leaf.objects.filter(pk__in=WarningStep.objects.values("leaf_id")).count() == 4
    assert audit() == []
    Warning.objects.filter(pk=one.pk).update(level="blue", feedback="false")
    assert [one.split(":")[0] for one in audit()] == ["warning.level", "warning.feedback"]


def test_screens_hear_what_they_may(court: Court) -> None:
    court.water.says(water_level=0.9)
    court.judge()
    event = StreamEvent.objects.get(type="signals.warning")
    row = Row(event.pk, 1, event.at, event.type, event.subject, event.payload)
    posts, display = telling.tell([row])
    assert posts.topics == {"warning"}
    assert "水深0.9米" in posts.data["zh-hans"]
    assert "水深" not in display.data["zh-hans"]
    assert display.audience.admits(showing.Display(court.city.divisions["A.village"].pk))
    assert not display.audience.admits(showing.Display(court.city.divisions["B"].pk))
    assert not posts.audience.admits(showing.Display(court.city.divisions["A.village"].pk))


def test_a_threshold_changes_from_a_day_on_and_each_warning_keeps_its_own(court: Court) -> None:
    today = datetime.now(UTC).astimezone().date()
    params.set_value("signals.test.water.limit_m", "0.8", today, None)
    court.water.says(water_level=0.7)
    court.judge()
    assert not Warning.objects.exists()
    court.water.says(water_level=0.9)
    court.judge()
    one = court.warning()
    assert one.tuning == {"limit_m": 0.8}
    assert one.steps.get(kind="raised").facts["held"] == {"limit_m": [today.isoformat(), None]}


def test_a_reason_may_say_how_many_digits() -> None:
    rule = replace(WATER, reason="水位%(value).2f米，已%(minutes)d分钟，%(unknown)s，100%%")
    assert wording.sentence(rule, {"value": 3.14159, "minutes": 4.0}) == "水位3.14米，已4分钟，＊＊，100%"


def test_a_rule_past_its_last_day_is_not_asked(court: Court) -> None:
    yesterday = datetime.now(UTC).astimezone().date() - timedelta(days=1)
    params.set_value(WATER.about.param, yesterday.isoformat(), yesterday - timedelta(days=9), None)
    court.water.says(water_level=0.9)
    court.judge()
    assert not Warning.objects.filter(rule="test.water").exists()


def test_one_rule_at_fault_does_not_stop_the_others(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhili.core.signals.judge import judging_run

    real = judging_run.judge

    def broken(rule, *rest):  # type: ignore[no-untyped-def]
        if rule.name == "test.silent":
            raise ZeroDivisionError
        return real(rule, *rest)

    monkeypatch.setattr(judging_run, "judge", broken)
    court.water.says(water_level=0.9)
    court.judge()
    assert court.warning().rule == "test.water"


def test_what_the_device_measured_before_it_was_about_this_is_not_judged(court: Court) -> None:
    late = court.gauge("thing-1", subject_kind="thing", subject_id=7)
    late.says(at=ago(minutes=10), water_level=0.9)
    late.says(water_level=0.2)
    court.judge()
    assert not Warning.objects.exists()
    assert SubjectState.objects.filter(kind="thing").count() == 1


def test_a_subject_that_is_a_person_is_not_judged(court: Court) -> None:
    for kind in ("person", "account", "citizen", "wearer"):  # a wearer without an open consent, too
        other = court.gauge(f"of-{kind}", subject_kind=kind, subject_id=5)
        other.says(water_level=0.9, sos=1.0, heart_rate=200.0)
    court.judge()
    assert not Warning.objects.exists()
    assert not SubjectState.objects.exclude(kind="office").exists()


def test_the_named_office_comes_before_the_duty_list(court: Court) -> None:
    where = sending.Where(court.city.divisions["A.village"].pk, None, court.city.offices["A.zhzf"].pk)
    assert sending.first("test.water", where)[0] == court.city.offices["A.zhzf"].pk
    nowhere = sending.first("test.water", sending.Where())
    assert nowhere[0] == court.city.offices["arbiter"].pk


def test_the_same_firing_is_never_a_second_warning(court: Court) -> None:
    at = ago(seconds=5)
    from zhili.base.signals.firing import Firing

    fired = [
        raising.Fired(SMOKE, ("device", court.water.source.pk), Firing(at, 1.0, {"value": 1.0}), {})
        for _ in range(3)
    ]
    RuleStand.objects.get_or_create(name="test.smoke")
    for _ in range(2):
        raising.raise_all(fired, tallying.load(["test.smoke"]))
    assert Warning.objects.count() == 1
