"""Patrols as the other sites tell of them (topic ``patrols``): read with care, since a stranger wrote them.

Their taps count only when they stand in their own trail: each is read from a leaf of the proof that came along, and
that proof is checked with the trail keys we hold of the site (``core.trail.checking``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from zhili.core.exchange.models import RemoteSite
from zhili.core.exchange.sites import topics
from zhili.core.trail import checking
from zhili.scenarios.cross_border.patrols.results import Tapped

TOPIC: Final = "patrols"
RECORD: Final = "patrol_tap"
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class TheirStop:
    """A checkpoint of theirs. ``check``: what its code is held against (codes.py)."""

    uuid: UUID
    name: str
    lon: float
    lat: float
    radius: int
    meeting: bool
    planned_at: datetime | None
    check: str

    def columns(self) -> dict[str, Any]:
        """As a planned stop of ours."""
        return {
            "uuid": self.uuid,
            "check_hex": self.check,
            "name": self.name,
            "lon": self.lon,
            "lat": self.lat,
            "radius": self.radius,
            "meeting": self.meeting,
            "planned_at": self.planned_at,
        }


@dataclass(frozen=True)
class TheirPatrol:
    """A patrol as its site shares it; ``taps`` are those its trail proves, ``doubts`` why others were left out."""

    site: str
    site_title: str
    uuid: UUID
    number: str
    title: str
    state: str
    starts: datetime
    ends: datetime
    window_minutes: int
    teams: tuple[tuple[str, str], ...]
    stops: tuple[TheirStop, ...]
    proof: Mapping[str, Any] | None = None
    claimed: int = 0
    """How many taps it says there are."""
    at: datetime | None = None
    faults: tuple[str, ...] = field(default=())

    @property
    def teams_text(self) -> str:
        return "、".join(f"{office} {team}".strip() for office, team in self.teams)


def everything() -> list[TheirPatrol]:
    """What all sites share, soonest first; what cannot be read is left out."""
    found = []
    for shared in topics.latest(TOPIC):
        for one in entries(shared.document, "patrols")[:MOST]:
            patrol = _patrol(shared.site, shared.title, one, shared.at)
            if patrol is not None:
                found.append(patrol)
    return sorted(found, key=lambda one: one.starts)


def find(site: str, wanted: str) -> TheirPatrol | None:
    """One patrol of one site, by its uuid."""
    return next((one for one in everything() if one.site == site and str(one.uuid) == wanted), None)


def proven(patrol: TheirPatrol) -> tuple[list[Tapped], list[str]]:
    """(their taps that their trail proves, what is wrong with the proof in words)."""
    if not isinstance(patrol.proof, Mapping):
        return [], []
    pinned = RemoteSite.objects.filter(site=patrol.site).values_list("trail_keys", flat=True).first()
    checked = checking.check(patrol.proof, pinned or ())
    if not checked.holds:
        return [], checked.faults
    return [tap for tap in (_tap(leaf, patrol) for leaf in checked.leaves) if tap is not None], []


def _tap(leaf: checking.Shown, patrol: TheirPatrol) -> Tapped | None:
    """A tap out of a leaf and what was disclosed of it; None for a leaf about something else."""
    what = leaf.body.get("what")
    if (
        not isinstance(what, Mapping)
        or what.get("record") != RECORD
        or what.get("patrol") != str(patrol.uuid)
    ):
        return None
    private = leaf.private if isinstance(leaf.private, Mapping) else {}
    at, received = moment(what.get("tapped_at")), moment(leaf.body.get("at"))
    if at is None or received is None:
        return None
    presence = str(private.get("presence", ""))
    return Tapped(
        str(what.get("point", "")),
        "theirs",
        str(private.get("team", ""))[:80],
        min(at, received),
        received,
        presence if presence in ("inside", "outside") else "",
    )


def _patrol(site: str, title: str, given: Any, at: datetime) -> TheirPatrol | None:
    try:
        starts, ends = moment(given["starts"]), moment(given["ends"])
        if starts is None or ends is None or ends <= starts:
            return None
        return TheirPatrol(
            site=site,
            site_title=title,
            uuid=UUID(str(given["uuid"])),
            number=str(given.get("number", ""))[:20],
            title=str(given["title"])[:60],
            state=str(given.get("state", ""))[:20],
            starts=starts,
            ends=ends,
            window_minutes=min(240, max(1, int(given.get("window_minutes", 15)))),
            teams=tuple(
                (str(one.get("office", ""))[:60], str(one.get("team", ""))[:40])
                for one in entries(given, "teams")[:20]
            ),
            stops=tuple(_stop(one) for one in entries(given, "stops")[:60]),
            proof=given.get("proof"),
            claimed=len(entries(given, "taps")),
            at=at,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _stop(given: Mapping[str, Any]) -> TheirStop:
    return TheirStop(
        UUID(str(given["uuid"])),
        str(given["name"])[:40],
        float(given["lon"]),
        float(given["lat"]),
        min(2000, max(0, int(given.get("radius", 0)))),
        bool(given.get("meeting")),
        moment(given.get("planned_at")),
        str(given.get("check", ""))[:32],
    )


def entries(given: Any, name: str) -> list[Any]:
    found = given.get(name) if isinstance(given, Mapping) else None
    return found if isinstance(found, list) else []


def moment(given: Any) -> datetime | None:
    """An aware time; None for anything else."""
    try:
        found = datetime.fromisoformat(str(given).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
