"""The circle a wearer chose around home, for the rule ``eldercare.left``."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from zhili.base.signals.zones import Circle, Zone
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.scenarios.eldercare import looking
from zhili.scenarios.eldercare.models import WearingDetail

JUDGE = Actor(kind="rule", label="离开自己选的范围")


def zone_of(subject_kind: str, subject_id: int) -> Zone | None:
    """None for a wearer who chose none, whose wearing is over, or whose home is no longer kept."""
    rows = WearingDetail.objects.filter(pk=subject_id, case__closed_at=None)
    metres = rows.values_list("fence_m", flat=True).first() if subject_kind == "wearer" else None
    home = looking.secret_ids(subject_id).get("home_point") if metres else None
    centre = _point(home, subject_id) if home is not None else None
    return Circle(centre, metres) if centre is not None and metres else None


@lru_cache(maxsize=20_000)
def _point(secret: UUID, wearing_id: int) -> tuple[float, float] | None:
    """Opened once by each process that judges, which the wearer's record shows as the platform's."""
    plain = secrets.open_many([secret], JUDGE, "判断是否离开本人所选的范围", wearing_id).get(secret)
    if plain is None:
        return None
    lon, _comma, lat = plain.partition(",")
    return float(lon), float(lat)
