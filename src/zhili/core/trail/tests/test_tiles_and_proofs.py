"""The tree is kept in tiles, and every proof read from them is the one RFC 6962 defines."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from zhili.base import merkle
from zhili.base.canonical import leaf_hash
from zhili.base.tests.vectors import vectors
from zhili.core.trail import leaves, proofs, sealing, tiles
from zhili.core.trail.models import Leaf, Sealed, Tile

pytestmark = [pytest.mark.sql, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
NEVER = timedelta(days=1)
BIG = 66_000
"""More than 256 × 256, so that level 2 has something in it."""


def put(hashes: list[bytes]) -> None:
    Leaf.objects.bulk_create(
        [Leaf(at=AT, kind="record", body=b"", hash=one) for one in hashes], batch_size=5000
    )


def some(number: int) -> list[bytes]:
    return [leaf_hash(str(i).encode()) for i in range(number)]


def tree(number: int, batch: int = 10_000) -> list[bytes]:
    hashes = some(number)
    put(hashes)
    while sealing.seal(batch, NEVER):
        pass
    return hashes


def by_hand(hashes: list[bytes]) -> merkle.Hasher:
    return lambda a, b: merkle.tree_hash(hashes[a:b])


def as_defined(level: int, index: int, hashes: list[bytes]) -> list[bytes]:
    """c2sp.org/tlog-tiles, word for word: MTH(D[(n·256+i)·256^l : (n·256+i+1)·256^l])."""
    step = 256**level
    starts = [(index * 256 + i) * step for i in range(256)]
    return [merkle.tree_hash(hashes[a : a + step]) for a in starts if a + step <= len(hashes)]


@pytest.mark.parametrize("batch", [100, 256, 1000])
def test_full_tiles_are_written_as_they_fill_whatever_the_batch(batch: int) -> None:
    hashes = tree(1300, batch)
    assert sorted(Tile.objects.values_list("level", "index")) == [(0, n) for n in range(5)]
    for n in range(5):
        stored = Tile.objects.get(level=0, index=n)
        assert bytes(stored.hashes) == b"".join(hashes[n * 256 : n * 256 + 256])
        assert bytes(stored.root) == merkle.tree_hash(hashes[n * 256 : n * 256 + 256])


@pytest.mark.slow
def test_three_levels_of_tiles_are_as_the_standard_defines_them() -> None:
    hashes = tree(BIG)
    levels = {level: Tile.objects.filter(level=level).count() for level in range(3)}
    assert levels == {0: 257, 1: 1, 2: 0}
    for level, index in [(0, 0), (0, 256), (0, 257), (1, 0), (1, 1), (2, 0)]:
        number = tiles.width(level, index, BIG)
        assert tiles.read(level, index, number) == b"".join(as_defined(level, index, hashes))
    assert proofs.root(BIG) == merkle.tree_hash(hashes)
    hasher = by_hand(hashes)
    for index in (0, 1, 255, 256, 65_535, 65_536, BIG - 1):
        for size in (BIG, 65_537, 65_536):
            if index < size:
                proof = proofs.inclusion(index, size)
                assert proof == merkle.prove_inclusion(index, size, hasher)
                merkle.verify_inclusion(index, size, hashes[index], proof, proofs.root(size))
    for old in (1, 255, 256, 257, 65_535, 65_536, 65_999):
        assert proofs.consistency(old, BIG) == merkle.prove_consistency(old, BIG, hasher)


def test_every_proof_of_every_small_tree() -> None:
    hashes = tree(300)
    for size in (1, 2, 7, 255, 256, 257, 299, 300):
        hasher = by_hand(hashes)
        root = proofs.root(size)
        assert root == merkle.tree_hash(hashes[:size])
        for index in range(0, size, 13):
            assert proofs.inclusion(index, size) == merkle.prove_inclusion(index, size, hasher)
        for old in range(1, size + 1, 17):
            assert proofs.consistency(old, size) == merkle.prove_consistency(old, size, hasher)


def test_a_proof_asks_the_database_once_whatever_the_size() -> None:
    for number in (3, 700):
        tree(number)
        size = tiles.tree_size()
        with CaptureQueriesContext(connection) as asked:
            proofs.inclusion(1, size)
        assert len(asked) == 1


def test_the_tiles_give_the_published_proofs() -> None:
    """The vectors of transparency-dev/merkle: their eight leaves sealed here, their proofs asked of our tiles."""
    folder = vectors("rfc6962")
    known = json.loads((folder / "constants.json").read_text())
    put([leaf_hash(bytes.fromhex(one)) for one in known["leaf_inputs_hex"]])
    sealing.seal(10, NEVER)
    roots = [bytes.fromhex(one) for one in known["root_hashes_hex_by_tree_size"]]
    assert [proofs.root(size) for size in range(9)] == roots
    compared = 0
    for file in sorted((folder / "testdata").rglob("*.json")):
        case = json.loads(file.read_text())
        if case.get("wantErr") or "subtree" in str(file.parent):
            continue
        told = [b64decode(one) for one in case["proof"] or []]
        if "leafIdx" in case and b64decode(case["root"]) == roots[min(8, case["treeSize"])]:
            assert proofs.inclusion(case["leafIdx"], case["treeSize"]) == told, file.name
            compared += 1
        elif "size1" in case and case["size1"] and b64decode(case["root2"]) == roots[min(8, case["size2"])]:
            assert proofs.consistency(case["size1"], case["size2"]) == told, file.name
            compared += 1
    assert compared >= 8


def test_what_cannot_be_proven_says_why() -> None:
    tree(5)
    late = leaves.append("record", AT, {}, {}, b"s" * 16)
    for call, refusal in [
        (lambda: proofs.inclusion(5, 5), proofs.BeyondTree),
        (lambda: proofs.inclusion(-1, 5), proofs.BeyondTree),
        (lambda: proofs.inclusion(5, 6), proofs.BeyondTree),
        (lambda: proofs.consistency(0, 5), proofs.BeyondTree),
        (lambda: proofs.consistency(5, 6), proofs.BeyondTree),
        (lambda: proofs.root(6), proofs.BeyondTree),
        (lambda: proofs.number_of(b"x" * 32), proofs.NoSuchLeaf),
        (lambda: proofs.number_of(bytes(late.hash)), proofs.NotSealed),
    ]:
        with pytest.raises(refusal) as refused:
            call()
        assert refused.value.message
    assert len({one.code for one in proofs.NoProof.__subclasses__()}) == 4
    assert proofs.number_of(some(5)[3]) == 3


def test_a_tree_sealed_before_there_were_tiles_is_cut_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "AT_ONCE", 2)
    hashes = some(1300)
    put(hashes)
    with monkeypatch.context() as older:
        older.setattr(tiles, "grow", lambda *_: 0)
        sealing.seal(10_000, NEVER)
    assert Tile.objects.count() == 0
    with pytest.raises(proofs.BeingTiled):
        proofs.inclusion(3, 1300)
    monkeypatch.setattr(tiles.grow, "__defaults__", ((), 2))
    assert [sealing.catch_up() for _ in range(4)] == [2, 2, 1, 0]
    assert proofs.root(1300) == merkle.tree_hash(hashes)


def test_leaves_and_tiles_come_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    put(some(600))
    monkeypatch.setattr(sealing, "_head", lambda *_: (_ for _ in ()).throw(RuntimeError("cut")))
    with pytest.raises(RuntimeError):
        sealing.seal(10_000, NEVER)
    assert (Sealed.objects.count(), Tile.objects.count()) == (0, 0)
    monkeypatch.undo()
    sealing.seal(10_000, NEVER)
    assert (Sealed.objects.count(), Tile.objects.count()) == (600, 2)


@pytest.mark.parametrize(
    "change", ["UPDATE trail_tile SET root = ''", "DELETE FROM trail_tile", "TRUNCATE trail_tile"]
)
def test_a_full_tile_cannot_be_altered(change: str) -> None:
    tree(300)
    with (
        pytest.raises(DatabaseError, match="only ever added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
