"""When things go: once a night, in small transactions, one worker at a time; a killed round goes on where it was."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhili.conf.models import Round
from zhili.conf.retention.rules import RULES
from zhili.core.cases.doors import record
from zhili.core.people.actors import Actor
from zhili.core.personal.forecast import Forecast, Line

NAME = "retention"
NIGHT = range(1, 5)  # o'clock, the city's own time
REST = timedelta(hours=20)
LATEST = timedelta(hours=36)
"""A machine that is only on by day has its round by day."""
RULER = Actor(kind="rule", label="按期清除")


def turn() -> int:
    """The worker's part: begin a round when it is time, or take one batch of the one begun; 0 when there is nothing."""
    if not Round.objects.filter(name=NAME).exists():
        Round.objects.get_or_create(name=NAME, defaults={"ended_at": timezone.now() - LATEST, "state": {}})
    with transaction.atomic():
        found = Round.objects.select_for_update(skip_locked=True).filter(name=NAME).first()
        if found is None or not (found.ended_at is None or _is_time(found.ended_at)):
            return 0
        if found.ended_at is not None:
            found.ended_at, found.state = None, _beginning()
        more = _step(found)
        found.save()
    return int(more)


def whole_round() -> dict[str, int]:
    """A whole round now, by hand; how many of each rule went."""
    state = _beginning()
    while state["rule"] < len(RULES):
        with transaction.atomic():
            _batch(state)
    with transaction.atomic():
        _tell(state["counts"])
        Round.objects.update_or_create(name=NAME, defaults={"ended_at": timezone.now(), "state": state})
    return dict(state["counts"])


def _is_time(ended: datetime) -> bool:
    since = timezone.now() - ended
    return since > LATEST or (since > REST and timezone.localtime().hour in NIGHT)


def _beginning() -> dict[str, Any]:
    return {"rule": 0, "after": None, "counts": {rule.name: 0 for rule in RULES}}


def _step(found: Round) -> bool:
    """One batch; at the end of the last rule, the leaf. Whether there is more to do."""
    state: dict[str, Any] = found.state
    _batch(state)
    if state["rule"] < len(RULES):
        return True
    _tell(state["counts"])
    found.ended_at = timezone.now()
    return False


def _batch(state: dict[str, Any]) -> None:
    rule = RULES[state["rule"]]
    gone, after = rule.batch(state["after"])
    state["counts"][rule.name] = state["counts"].get(rule.name, 0) + gone
    state["after"] = after
    if after is None:
        state["rule"] += 1


def _tell(counts: dict[str, int]) -> None:
    """What went is itself kept: numbers and grounds, nobody's name."""
    record("retention", RULER, {"gone": dict(counts), "under": {r.name: r.ground() for r in RULES}})


def forecast() -> Forecast:
    """What the next round would take, and what the last one took."""
    found = Round.objects.filter(name=NAME).first()
    counts: dict[str, int] = (found.state or {}).get("counts", {}) if found else {}
    lines = [Line(one.title, *one.due(), one.ground(), counts.get(one.name, 0)) for one in RULES]
    ended = found.ended_at if found and counts else None
    return Forecast(lines, ended, _next(ended) if ended else None)


def _next(ended: datetime) -> datetime:
    """The first hour of a night after the rest, by the city's own time."""
    first = timezone.localtime(ended + REST)
    if first.hour not in NIGHT:
        day = first.date() if first.hour < NIGHT.start else first.date() + timedelta(days=1)
        first = timezone.make_aware(datetime.combine(day, time(NIGHT.start)))
    return first
