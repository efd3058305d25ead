"""Rows deleted, put in or exchanged; leaves rewritten together with their rows; a tree cut short: each is found."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, models

from zhili.base.canonical import canonical, commitment, leaf_hash
from zhili.base.merkle import CompactRange
from zhili.conf.auditing.tests.altering import covered_columns, set_column, undone
from zhili.conf.auditing.tests.site import head, live, taps
from zhili.core.cases import committing
from zhili.core.cases.models import CaseSecret, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files.models import File
from zhili.core.people.models import Secret
from zhili.core.trail import memory, tiles
from zhili.core.trail.audit import running
from zhili.core.trail.audit.faults import Fault
from zhili.core.trail.models import Access, Change, Leaf, Sealed, TreeHead

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(small_city: SmallCity) -> SmallCity:
    live(small_city)
    return small_city


def faults() -> list[Fault]:
    return running.whole().faults


@contextmanager
def sql() -> Iterator[Any]:
    with undone(), connection.cursor() as cursor:
        yield cursor


def told(found: list[Fault]) -> set[tuple[str, str]]:
    return {(one.what, one.table) for one in found}


DERIVED = {"trail_tile", "trail_sealer", "trail_signedhead", "trail_treehead", "trail_fork"}


def test_a_deleted_row_of_any_covered_table_is_missed(city: SmallCity) -> None:
    """Heads and tiles may be fewer: they are made of leaves, and what they vouch for is told by the later ones."""
    dice = random.Random(3)
    for model in sorted({m for m, _ in covered_columns()}, key=lambda m: m._meta.db_table):
        table = model._meta.db_table
        rows = model._base_manager.all()
        if model is File:  # one under a signature or an answer is missed by that one's own row
            rows = rows.filter(attachments__isnull=False)
        if model is Secret:  # a worker's stands in no step: a foreign key alone holds it
            rows = rows.filter(pk__in=CaseSecret.objects.values("secret_id"))
        key = dice.choice(list(rows.values_list("pk", flat=True)))
        with undone():
            connection.cursor().execute(*_delete(model, key))
            found = faults()
        if table not in DERIVED:
            assert table in {one.table for one in found}, f"{table} {key}: {[f.words() for f in found]}"


def _delete(model: type[models.Model], key: Any) -> tuple[str, list[Any]]:
    keys = key if isinstance(key, tuple) else (key,)
    columns = [f.column for f in getattr(model._meta, "pk_fields", [model._meta.pk])]
    where = " AND ".join(f'"{c}" = %s' for c in columns)
    return f"DELETE FROM {model._meta.db_table} WHERE {where}", list(keys)


COPIES = {
    "cases_step": "id = 10000, seq = 77, key = NULL",
    "cases_case": "id = 10000, number = '2600010000'",
    "cases_casesecret": "id = 10000, secret_id = gen_random_uuid()",
    "files_attachment": "id = 10000, case_id = 1",
    "trail_access": "id = 10000, leaf_id = 10000",
    "trail_change": "id = 10000, leaf_id = 10000",
    "draws_draw": "id = 10000, attempt = 7, leaf_id = 10000",
    "draws_seedvalue": "id = 10000, source = 9, leaf_id = 10000",
    "indicators_publication": "id = 10000, leaf_id = 10000",
    "trail_leaf": "id = 100, xid = '3'::xid8",
}


@pytest.mark.parametrize("table", COPIES)
def test_a_row_put_in_is_named(city: SmallCity, table: str) -> None:
    with sql() as cursor:
        cursor.execute(f"CREATE TEMP TABLE one ON COMMIT DROP AS SELECT * FROM {table} LIMIT 1")
        if table == "trail_leaf":
            cursor.execute("DELETE FROM trail_sealed WHERE leaf_id = 100")
            cursor.execute("DELETE FROM trail_leaf WHERE id = 100")
        cursor.execute(f"UPDATE one SET {COPIES[table]}")
        cursor.execute(f"INSERT INTO {table} SELECT * FROM one")
        found = faults()
    key = "100" if table == "trail_leaf" else "10000"
    assert any(one.table == table and one.key == key for one in found), [one.words() for one in found]


def test_two_rows_exchanged_are_both_named(city: SmallCity) -> None:
    first, second = Change.objects.order_by("pk")[:2]
    with sql() as cursor:
        cursor.execute("UPDATE trail_change SET leaf_id = -1 WHERE id = %s", [first.pk])
        cursor.execute("UPDATE trail_change SET leaf_id = %s WHERE id = %s", [first.leaf_id, second.pk])
        cursor.execute("UPDATE trail_change SET leaf_id = %s WHERE id = %s", [second.leaf_id, first.pk])
        named = {one.key for one in faults() if one.table == "trail_change"}
    assert named == {str(first.pk), str(second.pk)}


def test_two_numbers_exchanged_are_both_named(city: SmallCity) -> None:
    with sql() as cursor:
        two = dict(Sealed.objects.filter(index__in=(3, 5)).values_list("index", "leaf_id"))
        cursor.execute("UPDATE trail_sealed SET leaf_id = -1 WHERE index = 3")
        cursor.execute("UPDATE trail_sealed SET leaf_id = %s WHERE index = 5", [two[3]])
        cursor.execute("UPDATE trail_sealed SET leaf_id = %s WHERE index = 3", [two[5]])
        named = {one.key for one in faults() if one.table == "trail_sealed"}
    assert named == {"3", "5"}


def rewritten(step: Step, leaf: Leaf) -> bytes:
    """The bytes of a leaf that fits the altered step: what somebody writes who knows how it is done."""
    said = json.loads(bytes(leaf.body))
    said["seal"] = commitment(bytes(step.salt), committing.private(committing.columns_of(step))).hex()
    return canonical(said)


def forge(cursor: Any) -> Leaf:
    """Another answer in a step, and its leaf made to fit: body and hash."""
    step = Step.objects.get(action="finish")
    leaf = next(one for one in Leaf.objects.filter(subject=step.case_id) if b'"finish"' in bytes(one.body))
    step.data = {**step.data, "answer": "从未收到。"}
    body = rewritten(step, leaf)
    set_column(Step, step.pk, Step._meta.get_field("data"), json.dumps(step.data))
    cursor.execute(
        "UPDATE trail_leaf SET body = %s, hash = %s WHERE id = %s", [body, leaf_hash(body), leaf.pk]
    )
    return leaf


def recount(cursor: Any) -> None:
    """Tiles, heads and the sealer's edge made anew from the forged leaves; signatures cannot be."""
    cursor.execute("SELECT l.hash FROM trail_sealed s JOIN trail_leaf l ON l.id = s.leaf_id ORDER BY s.index")
    hashes = [bytes(digest) for (digest,) in cursor.fetchall()]
    tree, roots = CompactRange(), {}
    for digest in hashes:
        tree.append(digest)
        roots[tree.size] = tree.root()
    for size in TreeHead.objects.values_list("size", flat=True):
        cursor.execute("UPDATE trail_treehead SET root = %s WHERE size = %s", [roots[size], size])
        cursor.execute("UPDATE trail_signedhead SET root = %s WHERE size = %s", [roots[size], size])
    whole = b"".join(hashes[: tiles.WIDTH])
    cursor.execute("UPDATE trail_tile SET hashes = %s, root = %s", [whole, tiles.fold(whole)])
    cursor.execute("UPDATE trail_sealer SET edge = %s", [tree.packed()])


def test_a_leaf_rewritten_with_its_row_is_named_by_the_tiles_and_denied_by_heads(city: SmallCity) -> None:
    with sql() as cursor:
        leaf = forge(cursor)
        found = faults()
    assert Fault("leaf", "trail_leaf", str(leaf.pk)) in [Fault(f.what, f.table, f.key) for f in found]
    assert {("root", "trail_treehead"), ("root", "trail_sealer")} <= told(found)


def test_the_whole_tree_counted_anew_is_denied_by_what_was_signed(city: SmallCity) -> None:
    with sql() as cursor:
        forge(cursor)
        recount(cursor)
        found = faults()
        tables = {"trail_signedhead", "trail_treehead", "draws_seedvalue"}  # a draw was seeded by a head
        assert {one.table for one in found} == tables, [one.words() for one in found]
        assert ("altered", "trail_signedhead") in told(found), "the text that was signed says another root"
        cursor.execute("DELETE FROM trail_signedhead")
        found = faults()
    outside = {("outside", "trail_treehead"), ("altered", "draws_seedvalue")}
    assert told(found) == outside, "the file outside the database remembers"


def cut(cursor: Any, size: int) -> None:
    """Everything after a number gone, as if it had never been: rows too."""
    gone = list(Sealed.objects.filter(index__gte=size).values_list("leaf_id", flat=True))
    waiting = list(Leaf.objects.exclude(pk__in=Sealed.objects.values("leaf_id")).values_list("pk", flat=True))
    for model in (Access, Change):
        cursor.execute(
            f"DELETE FROM {model._meta.db_table} WHERE leaf_id = ANY(%s)",
            [gone + waiting],
        )
    cursor.execute("DELETE FROM trail_leaf WHERE id = ANY(%s)", [gone + waiting])
    cursor.execute("DELETE FROM trail_sealed WHERE index >= %s", [size])
    cursor.execute("DELETE FROM trail_treehead WHERE size > %s", [size])
    cursor.execute("DELETE FROM trail_signedhead WHERE size > %s", [size])
    cursor.execute("SELECT l.hash FROM trail_sealed s JOIN trail_leaf l ON l.id = s.leaf_id ORDER BY s.index")
    tree = CompactRange()
    tree.extend([bytes(digest) for (digest,) in cursor.fetchall()])
    cursor.execute("UPDATE trail_sealer SET size = %s, edge = %s", [size, tree.packed()])


def test_a_tail_cut_off_without_a_trace_is_remembered_outside_the_database(city: SmallCity) -> None:
    taps(30)
    before = TreeHead.objects.order_by("-size").values_list("size", flat=True)[0]
    head()
    assert TreeHead.objects.filter(size__gt=before).exists()
    assert faults() == []
    with sql() as cursor:
        cut(cursor, before)
        found = faults()
    assert told(found) == {("outside", "trail_treehead")}, [one.words() for one in found]
    assert memory.last() is not None


def test_a_tail_cut_off_by_a_clumsier_hand_is_told_by_the_tables(city: SmallCity) -> None:
    with sql() as cursor:
        cursor.execute("DELETE FROM trail_sealed WHERE index >= 300")
        found = faults()
    assert {("number", "trail_sealer"), ("root", "trail_treehead"), ("number", "trail_leaf")} <= told(found)
