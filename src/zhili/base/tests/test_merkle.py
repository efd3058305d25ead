"""The tree of RFC 6962: its published vectors, and what must hold for every tree."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.base.canonical import leaf_hash
from zhili.base.merkle import (
    EMPTY_ROOT,
    CompactRange,
    ProofError,
    node_hash,
    proof_ranges,
    prove_consistency,
    prove_inclusion,
    tree_hash,
    valid_subtree,
    verify_consistency,
    verify_inclusion,
    verify_subtree,
)
from zhili.base.tests.vectors import vectors

LEAVES = [leaf_hash(str(i).encode()) for i in range(70)]


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


def hasher(a: int, b: int) -> bytes:
    return by_definition(LEAVES[a:b])


def test_roots_of_the_reference_leaves() -> None:
    known = json.loads((vectors("rfc6962") / "constants.json").read_text())
    leaves = [leaf_hash(bytes.fromhex(one)) for one in known["leaf_inputs_hex"]]
    grown = CompactRange()
    for size, root in enumerate(known["root_hashes_hex_by_tree_size"]):
        assert tree_hash(leaves[:size]).hex() == root
        assert grown.root().hex() == root
        if size < len(leaves):
            grown.append(leaves[size])


def cases(kind: str) -> list[Path]:
    return sorted((vectors("rfc6962") / "testdata" / kind).rglob("*.json"))


def ask(kind: str, one: dict) -> None:
    proof = [b64decode(h) for h in one["proof"] or ()]
    if kind == "inclusion":
        leaf, root = b64decode(one["leafHash"] or ""), b64decode(one["root"] or "")
        verify_inclusion(one["leafIdx"], one["treeSize"], leaf, proof, root)
    elif kind == "consistency":
        roots = b64decode(one["root1"]), b64decode(one["root2"])
        verify_consistency(one["size1"], one["size2"], *roots, proof)
    elif kind == "subtreeinclusion":
        start, end = one["start"], one["end"]
        if not valid_subtree(start, end, end):
            raise ProofError("no subtree")
        leaf, root = b64decode(one["leafHash"] or ""), b64decode(one["root"] or "")
        verify_inclusion(one["leafIdx"] - start, end - start, leaf, proof, root)
    else:
        roots = b64decode(one["root1"]), b64decode(one["root2"])
        verify_subtree(one["start"], one["end"], one["size"], *roots, proof)


@pytest.mark.parametrize("kind", ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"])
def test_every_published_proof_is_judged_as_published(kind: str) -> None:
    files = cases(kind)
    assert len(files) > 50
    wrong = []
    for path in files:
        one = json.loads(path.read_text())
        try:
            ask(kind, one)
            failed = False
        except ProofError:
            failed = True
        if failed != one["wantErr"]:
            wrong.append(f"{path.name}: {one}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("size", range(len(LEAVES)))
def test_growing_leaf_by_leaf_gives_the_root_of_the_definition(size: int) -> None:
    grown = CompactRange()
    grown.extend(LEAVES[:size])
    assert grown.root() == by_definition(LEAVES[:size])
    again = CompactRange.unpacked(size, grown.packed())
    again.append(leaf_hash(b"x"))
    grown.append(leaf_hash(b"x"))
    assert again.root() == grown.root()


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proven_and_no_other(size: int, data) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = prove_inclusion(index, size, hasher), hasher(0, size)
    assert len(proof) <= (size - 1).bit_length()
    verify_inclusion(index, size, LEAVES[index], proof, root)
    for wrong in (LEAVES[(index + 1) % 70], b"", root):
        if wrong != LEAVES[index]:
            with pytest.raises(ProofError):
                verify_inclusion(index, size, wrong, proof, root)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, LEAVES[index], [*proof, root], root)
    if proof:
        with pytest.raises(ProofError):
            verify_inclusion(index, size, LEAVES[index], proof[:-1], root)
        broken = [bytes([proof[0][0] ^ 1]) + proof[0][1:], *proof[1:]]
        with pytest.raises(ProofError):
            verify_inclusion(index, size, LEAVES[index], broken, root)


@given(st.integers(1, 70), st.data())
def test_every_earlier_tree_is_proven_the_beginning(size: int, data) -> None:
    old = data.draw(st.integers(1, size))
    proof = prove_consistency(old, size, hasher)
    assert len(proof) <= (size - 1).bit_length() + 1
    verify_consistency(old, size, hasher(0, old), hasher(0, size), proof)
    forged = by_definition([*LEAVES[: old - 1], leaf_hash(b"forged")])
    with pytest.raises(ProofError):
        verify_consistency(old, size, forged, hasher(0, size), proof)


@given(st.integers(1, 70), st.data())
def test_every_subtree_is_proven(size: int, data) -> None:
    start = data.draw(st.integers(0, size - 1))
    widest = start & -start or size
    end = data.draw(st.integers(start + 1, min(size, start + widest)))
    proof = [hasher(a, b) for a, b in proof_ranges(start, end, size)]
    verify_subtree(start, end, size, hasher(start, end), hasher(0, size), proof)


@pytest.mark.parametrize(("start", "end", "size"), [(1, 3, 8), (0, 9, 8), (-1, 0, 8), (3, 2, 8), (2, 2, 8)])
def test_what_is_no_subtree_is_not_asked_about(start: int, end: int, size: int) -> None:
    with pytest.raises(ValueError, match="no subtree"):
        proof_ranges(start, end, size)


def test_a_range_that_cannot_be_is_refused() -> None:
    for size, hashes in ((2, [b"\0" * 32] * 2), (1, []), (-1, []), (1, [b"short"])):
        with pytest.raises(ValueError, match="that size"):
            CompactRange(size, hashes)
