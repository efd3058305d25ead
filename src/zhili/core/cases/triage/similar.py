"""Likely duplicates of a matter: near in place, near in time, alike in words; each says so in words. A person decides.

One query finds the nearest matters of the last months by the index of places and times, a second reads their words, a
third the few that are shown: the cost is that of what lies around, not of all there is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhili.base.geo import bbox_around, distance_m
from zhili.core import params
from zhili.core.cases import near, query
from zhili.core.cases.models import Case, Step
from zhili.core.cases.rules import SIMILAR
from zhili.core.cases.triage import keeping
from zhili.core.cases.triage.examples import TITLED, text_of, written
from zhili.core.cases.triage.likeness import Signs, likeness, rarity_of, shared_words
from zhili.core.cases.triage.reading import Text, kept, read
from zhili.core.people.actors import Actor

METRES: Final = "triage.similar_metres"
DAYS: Final = "triage.similar_days"
ANSWERED: Final = "triage.answered_days"
LOOKED_AT: Final = 40
"""The nearest matters whose words are compared."""
SHOWN: Final = 5
WORDS, PLACE, TIME = 0.55, 0.30, 0.15
"""What likeness in words, nearness and closeness in time are worth; they sum to one."""
FLOOR: Final = 0.5
WORDS_FLOOR: Final = 0.1
"""Without a word in common nothing is the same matter, however near."""
FADES_DAYS: Final = 30.0
_ENDED: Final = ("withdrawn",)


@dataclass(frozen=True)
class Asked:
    """A matter to find the like of; ``case_id`` when it is already one."""

    scenario: str
    text: Text
    lon: float
    lat: float
    at: datetime
    case_id: int | None = None


class _Near(NamedTuple):
    """What is read of a matter nearby before its words are compared."""

    id: int
    procedure: str
    title: str
    opened_at: datetime
    lon: float
    lat: float


_NEAR: Final = _Near._fields


@dataclass(frozen=True)
class Similar:
    """A likely duplicate: how likely (0 to 1, for ordering), how far in metres, and why in words."""

    case: Case
    score: float
    metres: float
    why: list[str]


def for_case(case: Case, actor: Actor) -> list[Similar]:
    """For whoever holds a matter: among all this actor may see. Four queries at most, none without a place."""
    if case.lon is None or case.lat is None or case.closed_at is not None:
        return []
    first = Step.objects.filter(case=case, seq=1).values_list("action", "data").first()
    text = text_of(case.procedure, *first) if first else read(case.title)
    asked = Asked(case.scenario, text, case.lon, case.lat, case.opened_at, case.pk)
    return similar(asked, query.visible(actor).exclude(lead=case.pk))


def for_reporter(scenario: str, words: str, lon: float, lat: float) -> list[Similar]:
    """For whoever is about to report: among public matters only. Three queries at most."""
    return similar(Asked(scenario, read(words), lon, lat, timezone.now()), query.public())


def similar(asked: Asked, among: QuerySet[Case]) -> list[Similar]:
    """The likeliest of those, likeliest first, ``SHOWN`` at most; none when the rule has run out."""
    if not params.in_force(SIMILAR):
        return []
    nearest = [_Near(*row) for row in _nearest(asked, among).values_list(*_NEAR)]
    if not nearest:
        return []
    rarity = rarity_of(keeping.model(asked.scenario))
    mine = Signs(asked.text, rarity)
    texts = _texts_of(nearest)
    found = [
        (score, one) for one in nearest if (score := _score(asked, mine, one, Signs(texts[one.id], rarity)))
    ]
    best = sorted(found, key=lambda pair: -pair[0])[:SHOWN]
    cases = among.in_bulk([one.id for _score, one in best]) if best else {}
    return [
        _told(asked, mine, one, cases[one.id], score, Signs(texts[one.id], rarity))
        for score, one in best
        if one.id in cases
    ]


def _told(asked: Asked, mine: Signs, one: _Near, case: Case, score: float, other: Signs) -> Similar:
    metres = _metres_between(asked, one)
    return Similar(case, score, metres, _why(metres, asked.at, one, shared_words(mine, other)))


def _nearest(asked: Asked, among: QuerySet[Case]) -> QuerySet[Case]:
    """Open, or answered or closed not long ago; merged ones are found by their lead."""
    now = timezone.now()
    days = timedelta(days=params.duration(DAYS)[0].amount)
    lately = now - timedelta(days=params.duration(ANSWERED)[0].amount)
    box = bbox_around(asked.lon, asked.lat, _metres())
    among = among.filter(near.within(box), near.opened_between(asked.at - days, asked.at + days))
    among = among.filter(
        Q(closed_at=None) | Q(closed_at__gte=lately), scenario=asked.scenario, parent=None, lead=None
    ).exclude(stage__in=_ENDED)
    if asked.case_id is not None:
        among = among.exclude(pk=asked.case_id)
    return among.order_by(near.degrees_from(asked.lon, asked.lat))[:LOOKED_AT]


def _metres() -> float:
    text = params.get(METRES).text
    return float(text) if text.isascii() and text.isdigit() else 300.0


def _texts_of(nearest: list[_Near]) -> dict[int, Text]:
    """What the public may read of each as it was reported, its title where there is nothing.

    As it is kept: what it shares with the asker's words is shown, and those are cleaned.
    """
    by_id = {one.id: one for one in nearest}
    found = {one.id: kept(one.title) for one in nearest}
    steps = Step.objects.filter(case__in=list(by_id), seq=1)
    for case_id, action, data in steps.values_list("case_id", "action", "data"):
        text = kept("\n".join(written(by_id[case_id].procedure, action, data)), str(data.get(TITLED) or ""))
        if text.body.strip():
            found[case_id] = text
    return found


def _score(asked: Asked, mine: Signs, one: _Near, other: Signs) -> float:
    """0 for what is not shown."""
    words = likeness(mine, other)
    score = scored(words, _metres_between(asked, one), _days(asked.at, one.opened_at), _metres())
    return score if score >= FLOOR and words >= WORDS_FLOOR else 0.0


def _metres_between(asked: Asked, one: _Near) -> float:
    return distance_m((asked.lon, asked.lat), (one.lon, one.lat))


def scored(words: float, metres: float, days: float, reach: float) -> float:
    """0 to 1: the three kinds of nearness added up. Beyond ``reach`` metres never."""
    if metres > reach:
        return 0.0
    return WORDS * min(1.0, 1.5 * words) + PLACE * (1 - metres / reach) + TIME * math.exp(-days / FADES_DAYS)


def _days(a: datetime, b: datetime) -> float:
    return abs((a - b).total_seconds()) / 86_400


def _why(metres: float, at: datetime, case: _Near, words: list[str]) -> list[str]:
    """The reasons, each a short sentence: where, when, and what both mention."""
    where = _("同一地点") if metres < 10 else _("相距约%(n)s米") % {"n": int(round(metres, -1))}
    days = int(_days(at, case.opened_at))
    when = _("同一天前后") if days == 0 else ngettext("相隔%(n)s天", "相隔%(n)s天", days) % {"n": days}
    why = [where, when]
    if words:
        why.append(_("都提到：%(words)s") % {"words": "、".join(words)})
    return why
