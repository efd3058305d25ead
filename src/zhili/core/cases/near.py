"""What lies near a point, read by one index of places and times (``case_near``): flat however many cases there are.

The index is a GiST over ``point(lon, lat)`` and the moment of opening as a range of one instant, since PostgreSQL's own
operator classes cover both and need no extension. The expressions here must read exactly as the index has them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, F, FloatField, Func, Q, Value

from zhili.base.geo import Box


def _point(lon: Any, lat: Any) -> Func:
    return Func(lon, lat, function="point")


def _where() -> Func:
    return _point(F("lon"), F("lat"))


def _when() -> Func:
    return Func(F("opened_at"), F("opened_at"), Value("[]"), function="tstzrange")


PLACED = Q(lon__isnull=False, lat__isnull=False)


def index_parts() -> tuple[Any, ...]:
    """The expressions the index is made of."""
    return _where(), _when()


def within(box: Box) -> Q:
    """The cases in (west, south, east, north), degrees, borders included."""
    west, south, east, north = box
    corners = Func(_point(Value(west), Value(south)), _point(Value(east), Value(north)), function="box")
    inside = Func(
        _where(), corners, template="(%(expressions)s)", arg_joiner=" <@ ", output_field=BooleanField()
    )
    return PLACED & Q(inside)


def opened_between(since: datetime, until: datetime) -> Q:
    """The cases opened from ``since`` to ``until``, both included."""
    span = Func(Value(since), Value(until), Value("[]"), function="tstzrange")
    meets = Func(_when(), span, template="(%(expressions)s)", arg_joiner=" && ", output_field=BooleanField())
    return Q(meets)


def degrees_from(lon: float, lat: float) -> Func:
    """For ordering, nearest first; degrees on a flat map, so good for near things only."""
    here = _point(Value(lon), Value(lat))
    return Func(_where(), here, template="(%(expressions)s)", arg_joiner=" <-> ", output_field=FloatField())
