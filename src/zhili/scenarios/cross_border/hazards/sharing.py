"""What neighbouring sites are told of watched places (topic ``hazards``): name, kind, place, level, last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from zhili.core.exchange.sites import topics
from zhili.scenarios.cross_border.hazards.kinds import BY_CODE, LEVELS
from zhili.scenarios.cross_border.hazards.models import HazardDetail
from zhili.scenarios.cross_border.patrols.shared import entries

TOPIC: Final = "hazards"
MOST: Final = 500
OPEN: Final = ("watched", "due")


@dataclass(frozen=True)
class TheirHazard:
    """A watched place of another site."""

    site_title: str
    name: str
    kind: str
    level: str
    lon: float
    lat: float
    until: date


def publish() -> int:
    """Tell all sites whose agreement names the topic. How many were sent something new."""
    document_ = document()
    if not document_["hazards"] and topics.ours(TOPIC) is None:
        return 0
    return topics.publish(TOPIC, document_)


def document() -> dict[str, Any]:
    """What is shared: the open entries that were chosen."""
    found = HazardDetail.objects.filter(shared=True, case__stage__in=OPEN, case__lon__isnull=False)
    return {
        "hazards": [
            {
                "uuid": str(one.uuid),
                "kind": one.kind,
                "name": one.name,
                "lon": one.case.lon,
                "lat": one.case.lat,
                "level": one.level,
                "until": one.until.isoformat(),
            }
            for one in found.select_related("case").order_by("pk")[:MOST]
        ]
    }


def theirs() -> list[TheirHazard]:
    """What other sites share, gravest first; what cannot be read is left out."""
    order = [code for code, _title in LEVELS]
    found = []
    for shared in topics.latest(TOPIC):
        for one in entries(shared.document, "hazards")[:MOST]:
            hazard = _hazard(shared.title, one)
            if hazard is not None:
                found.append(hazard)
    return sorted(found, key=lambda one: (order.index(one.level), one.name))


def _hazard(title: str, given: Any) -> TheirHazard | None:
    try:
        kind, level = str(given["kind"]), str(given["level"])
        known = dict(LEVELS)
        if kind not in BY_CODE or level not in known:
            return None
        lon, lat = float(given["lon"]), float(given["lat"])
        return TheirHazard(
            title, str(given["name"])[:60], kind, level, lon, lat, date.fromisoformat(given["until"])
        )
    except (KeyError, TypeError, ValueError):
        return None
