"""Tiles and the right edge can always be made from the leaves; what does not agree with them is named."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from psycopg import connect

from zhili.base.merkle import tree_hash
from zhili.core.trail import proofs, rebuilding, sealing
from zhili.core.trail.models import Leaf, Sealer, Tile
from zhili.core.trail.tests.test_tiles_and_proofs import NEVER, put, some, tree

pytestmark = [pytest.mark.sql, pytest.mark.django_db(transaction=True)]


def rewrite(statement: str, values: list[object] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")


def test_a_sound_tree_is_found_sound() -> None:
    tree(1300)
    found = rebuilding.look_over()
    assert (found.size, found.tiles, found.written, found.wrong, found.edge_wrong) == (1300, 5, 0, [], False)


def test_lacking_tiles_are_written() -> None:
    hashes = tree(1300)
    rewrite("DELETE FROM trail_tile WHERE index >= 2")
    found = rebuilding.look_over()
    assert (found.written, found.wrong) == (3, [])
    assert proofs.root(1300) == tree_hash(hashes)


def test_an_altered_tile_is_named_and_can_be_put_right_by_the_owner() -> None:
    hashes = tree(700)
    rewrite("UPDATE trail_tile SET hashes = set_byte(hashes, 99, 7) WHERE index = 1")
    assert rebuilding.look_over().wrong == [(0, 1)]
    database = settings.DATABASES["default"]
    before = Leaf.objects.count()
    with connect(
        host=database["HOST"], dbname=connection.settings_dict["NAME"], user=database["USER"], autocommit=True
    ) as owner:
        rebuilding.replace([(0, 1)], owner)
    assert rebuilding.look_over().wrong == []
    assert proofs.root(700) == tree_hash(hashes)
    assert Leaf.objects.count() == before + 1, "that it was put right is kept"
    with pytest.raises(Exception, match="only ever added to"):
        Tile.objects.all().delete()


def test_a_wrong_edge_is_made_anew_and_sealing_goes_on_rightly() -> None:
    hashes = tree(300)
    right = bytes(Sealer.objects.get().edge)
    Sealer.objects.update(edge=b"\x00" * len(right))
    assert rebuilding.look_over().edge_wrong
    assert bytes(Sealer.objects.get().edge) == right
    more = [b"%032d" % n for n in range(5)]
    put(more)
    sealing.seal_all(head_every=NEVER)
    assert proofs.root(305) == tree_hash(some(300) + more) == tree_hash(hashes + more)
