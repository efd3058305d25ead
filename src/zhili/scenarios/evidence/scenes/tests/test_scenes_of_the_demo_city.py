"""The demo city's scenes are made once, are small, and measure what the room measures."""

from __future__ import annotations

import pytest

from zhili.scenarios.evidence.scenes import demo
from zhili.scenarios.evidence.scenes.models import Scene, SceneMark
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db


def test_they_are_made_once_and_hold_what_the_room_holds(store_room: Keeping) -> None:
    assert demo.load(store_room.custodian) == demo.load(store_room.custodian) == 2
    assert all(one.file.size < 300_000 for one in Scene.objects.select_related("file"))
    table = SceneMark.objects.get(text="桌子长边")
    assert table.value == pytest.approx(1.2, abs=0.01)
    wall = SceneMark.objects.get(kind="ground")
    assert wall.value is not None
    assert wall.error is not None
    assert abs(wall.value - 4.0) < wall.error
