"""What a neighbour tells is refused whole where it does not fit, and the field at fault is named."""

from __future__ import annotations

from typing import Any

import pytest

from zhili.base.exchange.errors import WireError
from zhili.scenarios.cross_border import documents
from zhili.scenarios.cross_border.tests.conftest import DRAWN

CELL = {"code": "1", "name": "一", "village": "", "geometry": DRAWN}
MATTER = {
    "number": "1",
    "category": "grid",
    "state": "handling",
    "since": "2026-11-22",
    "due": None,
    "cell": "1",
}


def fault(name: str, document: Any) -> str:
    with pytest.raises(WireError) as caught:
        documents.check(name, document)
    return caught.value.field


def cells(**changed: Any) -> dict[str, Any]:
    return {"version": 1, "cells": [{**CELL, **changed}]}


def matters(**changed: Any) -> dict[str, Any]:
    return {"version": 1, "matters": [{**MATTER, **changed}], "counts": []}


def test_the_field_at_fault_is_named() -> None:
    documents.check("cells", cells())
    documents.check("matters", matters(lon=120.1, lat=30.2))
    square = DRAWN["coordinates"]
    for geometry in (
        {"type": "Polygon", "coordinates": [[[181, 0]]]},
        {"type": "Polygon", "coordinates": [[[True, 0]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon", "coordinates": [[["1", 2]]]},
        {"type": "MultiPolygon", "coordinates": square},
        {"type": "Polygon", "coordinates": [[[0, 0]] * (documents.MOST_POINTS + 1)]},
    ):
        assert fault("cells", cells(geometry=geometry)) == "cells[0].geometry.coordinates", geometry
    assert (
        fault("cells", cells(geometry={"type": "Point", "coordinates": [0, 0]})) == "cells[0].geometry.type"
    )
    assert fault("cells", {"version": 2, "cells": []}) == "version"
    assert fault("cells", {"version": 1, "cells": [CELL] * (documents.MOST_CELLS + 1)}) == "cells"
    assert fault("matters", matters(phone="13800000000")) == "matters[0].phone"
    assert fault("matters", matters(title="张三家漏水")) == "matters[0].title"
    assert fault("matters", matters(state="done")) == "matters[0].state"
    assert fault("matters", matters(since="2026-02-30")) == "matters[0].since"
    few = {"cell": "1", "category": "grid", "few": False, "count": 3}
    assert fault("matters", {"version": 1, "matters": [], "counts": [few]}) == "counts[0].count"
    assert fault("figures", {"version": 1, "since": "2026-01-01", "until": "2026-11-22"}) == "agreements"
    assert documents.is_empty({"version": 1, "matters": [], "counts": []})
    assert not documents.is_empty(matters())
