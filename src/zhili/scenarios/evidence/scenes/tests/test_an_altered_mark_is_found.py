"""The audit of the trail names the row and the column of a scene or a mark that somebody altered behind our back."""

from __future__ import annotations

import pytest
from django.db import connection

from zhili.core.trail.audit.covering import covers
from zhili.core.trail.audit.faults import Fault
from zhili.scenarios.evidence.scenes.tests.places import a_scene, mark
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db
TABLES = ("evidence_scene", "evidence_scenemark")


def found() -> list[Fault]:
    return [fault for one in covers() if one.name in TABLES for fault in one.batch(None).faults]


@pytest.fixture
def marked(store_room: Keeping) -> None:
    scene, case = a_scene(store_room)
    mark(
        store_room,
        scene,
        case,
        "distance",
        points="-2 0 -1.5\n2 0 -1.5",
        reach="0.002 0.0031",
        text="有门的墙",
    )
    mark(store_room, scene, case, "note", points="0 0 0", text="鞋印")
    mark(store_room, scene, case, "scale", points="-2 0 -1.5\n2 0 -1.5", metres="4.01", give="0.003")
    mark(store_room, scene, case, "withdraw", refers=2, text="是水渍")


def alter(table: str, assignment: str, where: str = "true") -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # as its owner would, without triggers
        cursor.execute(f"UPDATE {table} SET {assignment} WHERE {where}")
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.usefixtures("marked")
def test_untouched_rows_have_no_fault() -> None:
    assert found() == []


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    ("table", "assignment", "where"),
    [
        ("evidence_scenemark", "points = '[[-2, 0, -1.5], [2, 0, -1.4]]'", "number = 1"),
        ("evidence_scenemark", "reach = '[0.002, 0.003]'", "number = 1"),
        ("evidence_scenemark", "value = 4.0001", "number = 1"),
        ("evidence_scenemark", "text = '脚印'", "number = 2"),
        ("evidence_scenemark", "refers = 1", "number = 4"),
        ("evidence_scenemark", "error = error * 1.0001", "number = 3"),
        ("evidence_scenemark", "post_id = post_id + 1", "number = 1"),
        ("evidence_scenemark", "at = at + interval '1 second'", "number = 1"),
        ("evidence_scene", "title = '卧室'", "true"),
        ("evidence_scene", "bounds = '[-2, 0, -1.5, 2, 2.5, 1.6]'", "true"),
        ("evidence_scene", "made = 'x'", "true"),
    ],
)
def test_an_altered_column_is_named(table: str, assignment: str, where: str) -> None:
    alter(table, assignment, where)
    faults = found()
    assert [fault.table for fault in faults] == [table]
    assert assignment.split(" ")[0] in faults[0].column
