"""What two joint centres tell one another by topics: the shapes, the same on both sides. Described in README.md.

Nothing here has room for a person: no name, no free text of a matter, no telephone number. A document that does not
fit is refused whole, naming the field at fault.
"""

from __future__ import annotations

from typing import Any, Final

from zhili.base.exchange.errors import WireError
from zhili.base.exchange.shape import Choice, Day, Flag, Many, Maybe, Number, Record, Shape, Text, Whole

VERSION: Final = 1
CELLS, MATTERS, FIGURES = "cells", "matters", "figures"
STATES: Final = ("waiting", "handling", "joint", "checking")
MOST_CELLS, MOST_MATTERS, MOST_POINTS = 400, 2000, 60_000
FEW: Final = 5
"""Counts below it are told as "few"."""

_CODE = Text(20, 1, r"[A-Za-z0-9._-]+", "code")
_LON, _LAT = Number(-180, 180, "°"), Number(-90, 90, "°")


class _Geometry(Record):
    """A Polygon or MultiPolygon of RFC 7946, positions of two numbers."""

    def check(self, value: Any, path: str = "") -> None:
        super().check(value, path)
        depth = 2 if value["type"] == "Polygon" else 3
        if not _positions(value["coordinates"], depth):
            raise WireError(
                "malformed", f"must be the coordinates of a {value['type']}", f"{path}.coordinates"
            )


class _Anything(Shape):
    def check(self, value: Any, path: str = "") -> None:
        pass

    def schema(self) -> dict[str, Any]:
        return {"type": "array"}

    def words(self) -> str:
        return "coordinates"


_GEOMETRY = _Geometry(
    {"type": Choice(("Polygon", "MultiPolygon")), "coordinates": _Anything()}, called="geometry"
)
_WAY = Record(
    {
        "came": Whole(0),
        "waiting": Whole(0),
        "open": Whole(0),
        "done": Whole(0),
        "not_taken": Whole(0),
        "on_time": Whole(0),
        "median": Maybe(Number(0, 36500, "days"), null=True),
        "p90": Maybe(Number(0, 36500, "days"), null=True),
    },
    called="one way",
)
SHAPES: Final[dict[str, Record]] = {
    CELLS: Record(
        {
            "version": Whole(1, VERSION),
            "cells": Many(
                Record({"code": _CODE, "name": Text(100, 0), "village": Text(100, 0), "geometry": _GEOMETRY}),
                MOST_CELLS,
            ),
        }
    ),
    MATTERS: Record(
        {
            "version": Whole(1, VERSION),
            "matters": Many(
                Record(
                    {
                        "number": Text(40),
                        "category": _CODE,
                        "state": Choice(STATES),
                        "since": Day(),
                        "due": Maybe(Day(), null=True),
                        "cell": _CODE,
                        "lon": Maybe(_LON),
                        "lat": Maybe(_LAT),
                    }
                ),
                MOST_MATTERS,
            ),
            "counts": Many(
                Record({"cell": _CODE, "category": _CODE, "few": Flag(), "count": Maybe(Whole(FEW))}),
                MOST_MATTERS,
            ),
        }
    ),
    FIGURES: Record(
        {
            "version": Whole(1, VERSION),
            "since": Day(),
            "until": Day(),
            "agreements": Many(
                Record(
                    {
                        "code": Text(64),
                        "in": _WAY,
                        "out": _WAY,
                        "shares": Many(Record({"category": _CODE, "count": Whole(0)}), 100),
                    }
                ),
                100,
            ),
        }
    ),
}


def check(name: str, document: Any) -> None:
    """Raises WireError malformed, naming the field at fault; KeyError for a topic that is not ours."""
    SHAPES[name].check(document)


def is_empty(document: Any) -> bool:
    """Whether a document tells nothing: whoever shared something before has stopped."""
    return not any(document.get(one) for one in ("cells", "matters", "counts", "agreements"))


def _positions(value: Any, depth: int) -> bool:
    """Whether it is lists of lists down to positions within the world, not too many of them."""
    layer = [value]
    for _level in range(depth):
        if not all(isinstance(one, list) and one for one in layer):
            return False
        layer = [each for one in layer for each in one]
        if len(layer) > MOST_POINTS:
            return False
    return all(_is_position(one) for one in layer)


def _is_position(one: Any) -> bool:
    if not isinstance(one, list) or len(one) != 2:
        return False
    lon, lat = one
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in one)
    return numbers and -180 <= lon <= 180 and -90 <= lat <= 90
