"""Shapes for the map, as GeoJSON bytes kept in the process until places change (5 decimals: 1 m)."""

import json
import threading
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zhili.core.places import edition, tree
from zhili.core.places.edition import Cached
from zhili.core.places.models import Boundary, Cell
from zhili.core.places.topology import METRES

KEPT = 200  # answers; a screen of villages is some 100 kB
Key = tuple[object, ...]


class _Answers:
    def __init__(self) -> None:
        self.stamp = edition.current()
        self.bodies: dict[Key, bytes] = {}
        self.levels: dict[tuple[str, float], list[tuple[int, BaseGeometry]]] = {}
        self.lock = threading.Lock()


_answers = Cached(_Answers)


def etag() -> str:
    """Changes whenever places change: let browsers keep the answer until then."""
    return f'"places-{_answers.get().stamp:x}"'


def boundaries(level: str, parent: int | None = None, simplify: float = 0.0) -> bytes:
    """The divisions of a level ('county', 'town', 'village' …) that are in force, all or under `parent`.

    `simplify`: leave out bends smaller than about so many metres; neighbours still share their edges.
    Properties: id, code, name, parent (id), lon and lat of the label. A FeatureCollection.
    """
    answers = _answers.get()
    key = (level, parent, simplify)
    with answers.lock:
        if key not in answers.bodies:
            if (level, simplify) not in answers.levels:
                answers.levels[level, simplify] = _level(level, simplify)
            held = answers.levels[level, simplify]
            _keep(answers, key, _write(_division_features(held, parent)))
        return answers.bodies[key]


def cells(division_id: int) -> bytes:
    """The grid cells in force in a village or any division. Properties: id, code, name, village (id)."""
    answers = _answers.get()
    key = ("cells", division_id)
    with answers.lock:
        if key not in answers.bodies:
            rows = (
                Cell.objects.filter(valid_to=None, village_id__in=tree.subtree(division_id))
                .order_by("code")
                .values_list("id", "code", "name", "village_id", "lon", "lat", "wkb")
            )
            _keep(answers, key, _write(_cell_features(rows)))
        return answers.bodies[key]


def _keep(answers: _Answers, key: Key, body: bytes) -> None:
    while len(answers.bodies) >= KEPT:
        answers.bodies.pop(next(iter(answers.bodies)))
    answers.bodies[key] = body


def _level(level: str, simplify: float) -> list[tuple[int, BaseGeometry]]:
    """Simplified together, so that the parts under one parent still fit those under the next."""
    rows = list(
        Boundary.objects.filter(division__level=level, division__valid_to=None)
        .order_by("division__code")
        .values_list("division_id", "wkb")
    )
    shapes = shapely.from_wkb([bytes(wkb) for _, wkb in rows])
    if simplify and rows:
        shapes = np.asarray(shapely.coverage_simplify(shapes, simplify / METRES))
    return [(id_, ground) for (id_, _), ground in zip(rows, shapes, strict=True)]


def _division_features(
    held: Iterable[tuple[int, BaseGeometry]], parent: int | None
) -> Iterator[dict[str, Any]]:
    for id_, ground in held:
        node = tree.node(id_)
        if parent is None or parent in node.line:
            yield _feature(
                ground,
                id=id_,
                code=node.code,
                name=node.name,
                parent=node.parent_id,
                lon=node.lon,
                lat=node.lat,
            )


def _cell_features(rows: Iterable[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for id_, code, name, village, lon, lat, wkb in rows:
        ground = shapely.from_wkb(bytes(wkb))
        yield _feature(ground, id=id_, code=code, name=name, village=village, lon=lon, lat=lat)


def _feature(ground: BaseGeometry, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "id": properties["id"], "properties": properties, "geometry": geometry(ground)}


def geometry(ground: BaseGeometry, decimals: int | None = 5) -> dict[str, Any]:
    """A polygon or multipolygon as RFC 7946 has it, rounded; None: exactly as stored."""
    parts = [
        [_ring(shapely.get_coordinates(ring), decimals) for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shapely.orient_polygons(ground))
    ]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _ring(points: NDArray[np.float64], decimals: int | None) -> list[list[float]]:
    if decimals is None:
        return points.tolist()  # type: ignore[no-any-return]
    # points that fall together when rounded are drawn once, unless nothing of the ring would be left
    rounded: list[list[float]] = np.round(points, decimals).tolist()
    short = [point for point, _ in groupby(rounded)]
    return short if len(short) > 3 else rounded


def _write(features: Iterable[dict[str, Any]]) -> bytes:
    body = {"type": "FeatureCollection", "features": list(features)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
