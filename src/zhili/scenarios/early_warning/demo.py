"""The console's share of the demo city: sensors with a week of readings, and the warnings these led to.

Readings are made up; the warnings are what the rules themselves say of them, so that page, plot and back-test agree.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhili.base.signals.firing import Firing
from zhili.base.signals.judging import judge, wake
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import SignalRule
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account
from zhili.core.places.models import Cell
from zhili.core.signals import sources
from zhili.core.signals.models import RuleStand, Source, Warning
from zhili.core.signals.rules import trying
from zhili.core.signals.store import past
from zhili.core.signals.warnings import keeping_steps, sending
from zhili.core.signals.warnings.keeping_steps import Change
from zhili.scenarios.early_warning import rules

DAYS = 7
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WORDS = {
    "early_warning.river": "到场核实，水位确在上涨，已通知沿河商户并开闸。",
    "early_warning.cover": "井盖被压翻，已复位并加固。",
    "early_warning.smoke": "摊位油锅起火，已扑灭，无人受伤。",
    "early_warning.bin": "已清运。",
    "early_warning.silent": "电池耗尽，已更换。",
}
WRONG = {
    "early_warning.river": "游船经过掀起的浪，水位没有变化。",
    "early_warning.cover": "旁边施工震动，井盖完好。",
    "early_warning.smoke": "早餐摊油烟，没有火情。",
    "early_warning.bin": "箱口卡了一只纸箱，里面不满。",
    "early_warning.silent": "基站检修，设备正常。",
}


@dataclass(frozen=True)
class Thing:
    """A sensor of the demo: what it measures how often, and what happens to it when (hours before now, kind)."""

    number: str
    title: str
    kind: str
    measure: str
    every: timedelta
    happens: tuple[tuple[float, str], ...] = ()
    silent: float = 0


THINGS = (
    Thing(
        "demo-river-1", "长水塘 1 号水位计", "water_gauge", "river_stage", 10 * MINUTE,
        ((130, "rise"), (41, "rise")),
    ),
    Thing("demo-river-2", "长水塘 2 号水位计", "water_gauge", "river_stage", 10 * MINUTE, ((128, "rise"), (3, "rise"))),
    Thing("demo-river-3", "海盐塘水位计", "water_gauge", "river_stage", 10 * MINUTE, ((88, "wave"), (20, "wave"))),
    *(
        Thing(
            f"demo-cover-{n}", f"中山路 {n} 号窨井盖", "tilt", "tilt", 30 * MINUTE,
            {2: ((71.0, "open"),), 4: ((26.0, "shake"),), 5: ((1.5, "open"),)}.get(n, ()),
        )
        for n in range(1, 7)
    ),
    Thing(
        "demo-smoke-1", "中山农贸市场东区烟感", "smoke", "smoke_density", 5 * MINUTE,
        ((150, "fumes"), (126, "fumes"), (102, "fumes"), (78, "fumes"), (54, "fumes"), (30, "fumes"), (63, "fire")),
    ),
    Thing(
        "demo-smoke-2", "中山农贸市场西区烟感", "smoke", "smoke_density", 5 * MINUTE,
        ((149, "fumes"), (125, "fumes"), (77, "fumes"), (29, "fumes"), (115, "fire"), (0.4, "fire")),
    ),
    *(Thing(f"demo-bin-{n}", f"建国路 {n} 号垃圾箱", "fill", "fill", HOUR / 2) for n in range(1, 7)),
    Thing("demo-noise-1", "解放路噪声计", "noise", "", HOUR, silent=31),
)  # fmt: skip


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    account = Account.objects.filter(username="village").first()
    if account is None or Source.objects.filter(number=THINGS[0].number).exists():
        return _counts()
    actor = of_account(account)
    cells = list(Cell.objects.filter(village_id=actor.division_id, valid_to=None).order_by("code"))
    if not cells:
        return _counts()
    with transaction.atomic():
        made = {thing.number: _source(thing, cells, actor) for thing in THINGS}
        now = timezone.now().replace(second=0, microsecond=0)
        told = {thing.number: list(_readings(thing, made[thing.number].pk, now)) for thing in THINGS}
        past.load(one for several in told.values() for one in several)
        for thing in THINGS:
            last = max(one.at for one in told[thing.number])
            Source.objects.filter(pk=made[thing.number].pk).update(last_seen_at=last, battery=0.8)
        _warn(made, told, now, actor)
    return _counts()


def _counts() -> dict[str, int]:
    demo = Source.objects.filter(number__startswith="demo-")
    return {"sensors": demo.count(), "warnings": Warning.objects.filter(source__in=demo.values("pk")).count()}


def _source(thing: Thing, cells: list[Cell], actor: Actor) -> Source:
    """Each stands in a cell of the demo's village; the town's office answers for none of them before the village's."""
    place = THINGS.index(thing)
    source, _key = sources.register(
        thing.number,
        "http",
        thing.kind,
        actor=Actor(kind="rule", label="示范"),
        office_id=actor.office_id,
        title=thing.title,
        division_id=actor.division_id,
        cell_id=cells[place % len(cells)].pk,
    )
    return source


def _readings(thing: Thing, source: int, now: datetime) -> Iterator[Reading]:
    """A week of them, the same for the same thing."""
    dice = random.Random(thing.number)  # noqa: S311 made-up readings
    end = now - timedelta(hours=thing.silent)
    at = now - timedelta(days=DAYS)
    while at <= end:
        if thing.measure:
            value = _value(thing, at, now, dice)
            yield Reading(source, thing.measure, at, value, received_at=at)
        if at.minute < thing.every / MINUTE:
            yield Reading(source, "battery", at, 0.8, received_at=at)
        at += thing.every


def _value(thing: Thing, at: datetime, now: datetime, dice: random.Random) -> float:
    ago = (now - at) / HOUR
    since = {what: when - ago for when, what in thing.happens if 0 <= when - ago < 12}
    match thing.measure:
        case "river_stage":
            level = 1.4 + 0.06 * math.sin(ago / 12.4 * 2 * math.pi) + dice.uniform(-0.01, 0.01)
            if "rise" in since:  # up within the hour, down over the day
                hours = since["rise"]
                level += 0.62 * min(1.0, hours) * (1.0 if hours < 2 else math.exp(-(hours - 2) / 4))
            if "wave" in since and since["wave"] < 0.34:
                level += 0.36
            return round(level, 3)
        case "tilt":
            tilt = dice.uniform(0.4, 1.8)
            if "open" in since and since["open"] < 2.6:
                tilt = 38 + dice.uniform(-1, 1)
            if "shake" in since and since["shake"] < 1.1:
                tilt = 16.5 + dice.uniform(-0.5, 0.5)
            return round(tilt, 1)
        case "smoke_density":
            smoke = dice.uniform(0.01, 0.05)
            if "fumes" in since and since["fumes"] < 0.3:
                smoke = dice.uniform(0.45, 0.66)
            if "fire" in since and since["fire"] < 0.6:
                smoke = dice.uniform(1.5, 2.6)
            return round(smoke, 2)
    filled = (hash_of(thing.number) + (DAYS * 24 - ago)) % 44
    return round(min(100.0, 6 + filled * 2.6 + dice.uniform(-1, 1)), 1)


def hash_of(text: str) -> int:
    """A small number of a name, the same in every process."""
    return sum(map(ord, text)) * 7 % 40


def _warn(made: dict[str, Source], told: dict[str, list[Reading]], now: datetime, actor: Actor) -> None:
    """What the rules say of it, with what became of each."""
    found: list[tuple[Warning, Thing]] = []
    for rule in rules.RULES:
        stand = trying.stand_of(rule)
        fired = 0
        for thing in THINGS:
            source = made[thing.number]
            for warning in _warnings(rule, source, told[thing.number], now):
                found.append((warning, thing))
                fired += 1 + warning.merged
        RuleStand.objects.filter(pk=stand.pk).update(subjects=len(THINGS), fired=fired)
    found.sort(key=lambda one: one[0].at)
    for warning, thing in found:
        _end(warning, thing, now, actor)
    Warning.objects.bulk_create(warning for warning, _thing in found)
    steps = sorted(
        (step for warning, _thing in found for step in _steps(warning, actor)), key=lambda one: one[0]
    )
    keeping_steps.keep_past(steps)


def _warnings(rule: SignalRule, source: Source, told: list[Reading], now: datetime) -> list[Warning]:
    """Firings about one thing, repeats merged, each with the office the duty list names."""
    tuning = rule.defaults()
    outcome = judge(rule, tuning, None, [one for one in told if one.measure in (rule.measures or ())])
    firings: list[Firing] = sorted(outcome.firings, key=lambda one: one.at)
    if outcome.wake_at is not None and outcome.wake_at < now:
        firings += wake(rule, tuning, outcome.state, now).firings
    kept: list[Warning] = []
    office, why = sending.first(
        rule.name, sending.Where(source.division_id, source.cell_id, source.office_id)
    )
    for one in firings:
        if kept and one.at - kept[-1].last_at <= timedelta(seconds=rule.merge):
            kept[-1].merged += 1
            kept[-1].last_at = one.at
            continue
        warning = Warning(rule=rule.name, level=rule.level, subject_kind="device", subject_id=source.pk)
        warning.source, warning.division_id, warning.cell_id = source.pk, source.division_id, source.cell_id
        warning.office_id, warning.why = office, why
        warning.at = warning.last_at = one.at
        warning.received_at, warning.raised_at = one.at, one.at + timedelta(seconds=0.4)
        warning.told_at = warning.raised_at
        warning.facts, warning.tuning, warning.value = one.facts, tuning, one.value
        kept.append(warning)
    return kept


def _end(warning: Warning, thing: Thing, now: datetime, actor: Actor) -> None:
    """Most were taken and closed; what is some hours old is being seen to; the newest wait."""
    age = now - warning.at
    if age < 2 * HOUR:
        return
    dice = random.Random(f"{thing.number} {warning.at}")  # noqa: S311
    warning.state = "accepted"
    warning.accepted_at = warning.raised_at + timedelta(minutes=dice.randint(1, 14))
    warning.accepted_post, warning.accepted_office = actor.id, actor.office_id
    if age < 5 * HOUR:
        return
    wrong = _wrong(warning, thing)
    warning.state, warning.feedback = "closed", "false" if wrong else "real"
    warning.words = (WRONG if wrong else WORDS).get(warning.rule, "")
    warning.closed_at = warning.accepted_at + timedelta(minutes=dice.randint(12, 90))
    warning.closed_post, warning.closed_office = actor.id, actor.office_id


def _wrong(warning: Warning, thing: Thing) -> bool:
    value = warning.value or 0.0
    match warning.rule:
        case "early_warning.smoke":
            return value < 1
        case "early_warning.cover":
            return value < 20
        case "early_warning.river":
            return thing.number == "demo-river-3"
    return hash_of(f"{thing.number}{warning.at:%d}") % 5 == 0


def _steps(warning: Warning, actor: Actor) -> Iterator[tuple[datetime, Change]]:
    yield warning.raised_at, Change(warning, "raised", facts=keeping_steps.said_of(warning))
    if warning.accepted_at is not None:
        yield warning.accepted_at, Change(warning, "accepted", actor)
    if warning.closed_at is not None:
        facts: dict[str, Any] = {
            "feedback": warning.feedback,
            "merged": warning.merged,
            "last_at": warning.last_at.isoformat(),
        }
        yield warning.closed_at, Change(warning, "closed", actor, facts, warning.words)
