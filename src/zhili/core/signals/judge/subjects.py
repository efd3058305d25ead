"""What readings are about: by which key each rule gathers them, and where a subject is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection

from zhili.base.rules import SUBJECTS
from zhili.base.signals.rules import WEARER
from zhili.core.cases.models import Case
from zhili.core.people.offices import tree
from zhili.core.places import tree as places
from zhili.core.places.models import Cell
from zhili.core.signals.judge.states import Key
from zhili.core.signals.models import CategoryPlace, Source
from zhili.core.signals.warnings.sending import Where

KINDS: Final = SUBJECTS | {WEARER, "cell", "division"}
"""What a state may be kept of. Whatever else a device is said to be about, a person above all, is not judged."""

SLOW: Final = timedelta(minutes=2)
"""How far a device's clock may run behind when it has just been given to somebody: their first call for help counts."""

SOURCES: Final = """
SELECT s.id, s.subject_kind, coalesce(s.subject_id, s.id), s.office_id, s.division_id, s.cell_id,
       extract(epoch FROM b.since)::float8
FROM signals_source s LEFT JOIN signals_binding b ON b.source_id = s.id AND b.until IS NULL
WHERE s.id = ANY(%s) AND s.active"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A source as the judge needs it. ``since``: readings from before belong to what it was about then."""

    id: int
    kind: str
    subject: int
    office: int | None
    division: int | None
    cell: int | None
    since: datetime | None

    def key(self, by: str) -> Key | None:
        """What a rule gathers its readings by; None where the source has none of it."""
        match by:
            case "subject":
                return (self.kind, self.subject) if self.kind in KINDS else None
            case "device":
                return ("device", self.id)
            case "cell":
                return ("cell", self.cell) if self.cell is not None else None
            case "division":
                return ("division", self.division) if self.division is not None else None
            case "office":
                return ("office", self.office) if self.office is not None else None
            case "category":
                return ("category", self.subject) if self.kind == "category" else None
        return None


def sources(ids: Iterable[int]) -> dict[int, Seen]:
    """Those in use. One query; read anew for each turn, since a wristband may have been handed on."""
    with connection.cursor() as cursor:
        cursor.execute(SOURCES, [list(ids)])
        return {
            one: Seen(one, kind, subject, office, division, cell, _begins(since))
            for one, kind, subject, office, division, cell, since in cursor.fetchall()
        }


def _begins(since: float | None) -> datetime | None:
    return datetime.fromtimestamp(since, UTC) - SLOW if since else None


def consenting(wearers: Iterable[int]) -> dict[int, str]:
    """Of these wearing cases, those that are open, each with its procedure: the consent that stands. One query."""
    ids = list(wearers)
    if not ids:
        return {}
    return dict(Case.objects.filter(pk__in=ids, closed_at=None).values_list("pk", "procedure"))


@dataclass(frozen=True, slots=True)
class About:
    """A subject of a warning: where it is, and which source spoke of it (None: several did)."""

    where: Where
    source: int | None = None
    scenario: str = ""
    category: str = ""


Finder = Callable[[list[int]], Mapping[int, About]]


def about(keys: Iterable[Key]) -> dict[Key, About]:
    """Where each subject is. A query for each kind among them; a kind nobody knows is where its sources are."""
    by_kind: dict[str, list[int]] = {}
    for kind, one in dict.fromkeys(keys):
        by_kind.setdefault(kind, []).append(one)
    found: dict[Key, About] = {}
    for kind, ids in by_kind.items():
        known = _FINDERS[kind](ids) if kind in _FINDERS else _of_sources(kind, ids)
        found.update({(kind, one): known.get(one, About(Where())) for one in ids})
    return found


def _of_sources(kind: str, ids: list[int]) -> dict[int, About]:
    rows = Source.objects.filter(subject_kind=kind, subject_id__in=ids).order_by("active", "last_seen_at")
    told = rows.values_list("subject_id", "id", "office_id", "division_id", "cell_id")
    return {
        subject: About(Where(division, cell, office), source)
        for subject, source, office, division, cell in told
        if subject is not None
    }


def _devices(ids: list[int]) -> dict[int, About]:
    rows = Source.objects.filter(pk__in=ids).values_list("id", "office_id", "division_id", "cell_id")
    return {one: About(Where(division, cell, office), one) for one, office, division, cell in rows}


def _cells(ids: list[int]) -> dict[int, About]:
    rows = Cell.objects.filter(pk__in=ids).values_list("id", "village_id")
    return {cell: About(Where(village, cell)) for cell, village in rows}


def _divisions(ids: list[int]) -> dict[int, About]:
    return {one: About(Where(one)) for one in ids if one in places.nodes()}


def _offices(ids: list[int]) -> dict[int, About]:
    nodes = tree().nodes
    return {one: About(Where(nodes[one].division_id, nodes[one].cell_id, one)) for one in ids if one in nodes}


def _categories(ids: list[int]) -> dict[int, About]:
    return {
        row.pk: About(Where(row.division_id, row.cell_id), None, row.scenario, row.category)
        for row in CategoryPlace.objects.filter(pk__in=ids)
    }


_FINDERS: Final[dict[str, Finder]] = {
    "device": _devices,
    "cell": _cells,
    "division": _divisions,
    "office": _offices,
    "category": _categories,
}
