"""A small city with a water gauge, a smoke detector and a wearer, and rules about them that only tests know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Absence, Happens, Threshold, Tuned
from zhili.base.signals.measures import Measure
from zhili.base.signals.rules import SignalRule
from zhili.core.cases.tests.city import SmallCity
from zhili.core.params import declarations
from zhili.core.params import rules as automated
from zhili.core.people.actors import Actor
from zhili.core.signals import registry, sources
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Source, Warning
from zhili.core.signals.store import keeping, storing
from zhili.core.signals.store.storing import Message, Said

ENGINEER = Actor(kind="rule", label="测试")
LIMIT = Tuned("limit_m", 0.5, "水深上限", "米", low=0, high=5)


def about(name: str, subject: str = "device") -> AutomatedRule:
    return AutomatedRule(f"test.{name}", f"{name}预警", "试验", subject, "读数", "给出预警", "人来处置")


WATER = SignalRule(
    about("water"),
    Threshold("water_level", above=LIMIT),
    level="orange",
    reason="水深%(value)s米，超过%(limit)s米",
    merge=600,
    escalate=(("town", 120), ("county", 300)),
    screen="%(cell)s积水",
    fuse=(1.0, 3600),
)
SMOKE = SignalRule(
    about("smoke"), Happens("smoke"), level="yellow", reason="烟感报警", quiet="22:00-07:00", fuse=(0.3, 3600)
)
SOS = SignalRule(
    about("sos", "wearer"),
    Happens("sos"),
    level="red",
    reason="按下呼救键",
    quiet="22:00-07:00",
    consent="citizen_reports.report",
    screen="%(cell)s有人呼救",
    fuse=(1.0, 60),
)
HEART = SignalRule(
    about("heart", "wearer"),
    Threshold("heart_rate", above=Tuned("high", 120, "心率上限", "次/分", low=60, high=220)),
    reason="心率%(value)s次/分，高于%(limit)s",
    consent="citizen_reports.report",
    fuse=(1.0, 60),
)
SILENT = SignalRule(
    about("silent"),
    Absence("water_level", longer=Tuned("longer", 600, "多久", "秒")),
    reason="失联",
    fuse=(1.0, 60),
)
RULES = (WATER, SMOKE, SOS, HEART, SILENT)
MEASURES = (Measure("water_level", "水深", "米", low=0, high=20), Measure("smoke", "烟雾", kind="event"))


@dataclass
class Gauge:
    """A device that says things."""

    source: Source
    key: str
    sent: int = 0

    def says(self, at: datetime | None = None, **values: float) -> None:
        """One message: says(water_level=0.9), a moment ago or at ``at``."""
        self.sent += 1
        when = at or datetime.now(UTC)
        said = tuple(Said(name, when, value) for name, value in values.items())
        raw = f"{self.source.number} {self.sent}".encode()
        message = Message(self.source.number, "mqtt", said, raw, datetime.now(UTC), self.sent, self.key)
        (verdict,) = storing.accept([message])
        assert verdict.accepted, verdict.why


@dataclass
class Court:
    """``water`` stands in the southern cell of village A, ``wrist`` is worn there."""

    city: SmallCity
    water: Gauge = field(init=False)

    def __post_init__(self) -> None:
        self.water = self.gauge("water-1")

    def gauge(self, number: str, **other: Any) -> Gauge:
        usual: dict[str, Any] = {
            "kind": "sensor",
            "division_id": self.city.divisions["A.village"].pk,
            "cell_id": self.city.cells["A.grid"].pk,
            "per_minute": 0,
        }
        return Gauge(*sources.register(number, "mqtt", office_id=None, actor=ENGINEER, **(usual | other)))

    def wrist(self, case_id: int, number: str = "wrist-1") -> Gauge:
        return self.gauge(number, kind="wristband", subject_kind="wearer", subject_id=case_id)

    def judge(self) -> int:
        """All that waits, in as many turns as it takes."""
        total = 0
        while done := judging_run.run_once():
            total += done
        return total

    def warning(self, **which: Any) -> Warning:
        return Warning.objects.get(**which)


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


@pytest.fixture
def court(small_city: SmallCity, test_rules: None) -> Court:
    return Court(small_city)


@pytest.fixture
def test_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rules above in place of the site's own, and forgotten afterwards."""
    monkeypatch.setattr(automated, "_rules", dict(automated._rules))
    monkeypatch.setattr(declarations, "_declared", dict(declarations._declared))
    monkeypatch.setattr(registry, "_own", {})
    registry.declare(*MEASURES, *RULES)
    keeping._numbers.clear()  # an earlier test's tables were emptied
    keeping._open.clear()
    judging_run._judge.planner.forget()
    yield
    judging_run._judge.planner.forget()
