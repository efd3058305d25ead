"""Another site's signed checkpoints are kept when they continue one another; a forked tree is found and told."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier, local
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone

from zhili.base import merkle, notes
from zhili.base.exchange import wire
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import RefusedMessage, RemoteSite, SiteFork, Witnessed
from zhili.core.exchange.sites import witnessing
from zhili.core.streams.tests.conftest import elsewhere
from zhili.core.trail import checkpoints, leaves, sealing
from zhili.portal.exchange.tests import other_site
from zhili.portal.exchange.tests.other_site import OtherSite, shared

pytestmark = pytest.mark.django_db


@dataclass
class Tree:
    """Another site's log: its leaves, its key, its name."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    leaves: list[bytes] = field(default_factory=list)
    origin: str = "there.example/trail"

    @property
    def vkey(self) -> notes.Vkey:
        return notes.Vkey(self.origin, notes.ED25519, self.key.public_key().public_bytes_raw())

    def grow(self, number: int) -> Tree:
        self.leaves += [hashlib.sha256(secrets.token_bytes(8)).digest() for _ in range(number)]
        return self

    def fork(self, at: int) -> Tree:
        """The same key over another history from there on."""
        return Tree(self.key, self.leaves[:at], self.origin)

    def head(self, since: int = 0) -> tuple[str, wire.Consistency | None]:
        body = notes.Checkpoint(self.origin, len(self.leaves), merkle.tree_hash(self.leaves)).body()
        text = str(notes.Note(body, (notes.sign(body, self.vkey, self.key.sign),)))
        proof = merkle.prove_consistency(
            since, len(self.leaves), lambda a, b: merkle.tree_hash(self.leaves[a:b])
        ) if since else ()  # fmt: skip
        return text, wire.Consistency(since, tuple(proof)) if since else None


def told(there: OtherSite, tree: Tree, since: int = 0, **more: object) -> wire.Answer:
    text, consistency = tree.head(since)
    return there.answer(there.delivery([], checkpoint=text, consistency=consistency, **more))


def test_a_tree_that_grows_is_vouched_for_and_a_forked_one_is_told(city: SmallCity) -> None:
    tree = Tree().grow(5)
    there = other_site.known(city, trail_keys=(str(tree.vkey),))
    assert told(there, tree).witnessed == 5
    assert told(there, tree.grow(6), since=5).witnessed == 11
    assert told(there, tree.grow(1)).witnessed == 11  # no proof: asked for by telling the same size again
    assert told(there, tree, since=11).witnessed == 12
    assert told(there, tree).witnessed == 12
    assert not SiteFork.objects.exists()
    # a key that was never pinned, though it signs under that name
    other = Tree(leaves=list(tree.leaves)).grow(3)
    assert told(there, other, since=12).witnessed == 12
    assert RefusedMessage.objects.get(code="checkpoint_key").count == 1

    forked = tree.fork(8).grow(4)  # as large as what we kept, with another root
    assert told(there, forked).witnessed == 12
    assert told(there, forked.grow(5), since=12).witnessed == 12  # larger, and its proof leads nowhere
    kinds = [(one.kind, one.size, one.kept_size) for one in SiteFork.objects.order_by("pk")]
    assert kinds == [("fork", 12, 12), ("inconsistent", 17, 12)]
    assert told(there, forked, since=12).witnessed == 12
    assert SiteFork.objects.count() == 2  # once for each contradiction
    # the matters go on, and so does the tree that is true
    assert there.deliver(shared(1))[0].status == "accepted"
    assert told(there, tree.grow(1), since=12).witnessed == 13
    assert list(Witnessed.objects.order_by("size").values_list("size", flat=True)) == [5, 11, 12, 13]


def test_a_tree_set_back_is_told(city: SmallCity) -> None:
    tree = Tree().grow(9)
    there = other_site.known(city, trail_keys=(str(tree.vkey),))
    told(there, tree)
    short = tree.fork(6)
    assert told(there, short).witnessed == 9  # may have been under way for long
    assert not SiteFork.objects.exists()
    later = timezone.now() + timedelta(seconds=400)
    text, _none = short.head()
    witnessing.take(there.site, text, None, at=later)
    assert SiteFork.objects.get().kind == "back"


@pytest.mark.django_db(transaction=True)  # a leaf gets its number when its transaction is over
def test_our_own_head_is_offered_with_the_proof_they_need(city: SmallCity) -> None:
    there = other_site.known(city)
    sealing.seal_all(head_every=timedelta(0))
    checkpoints.sign_due()
    first = there.answer(there.delivery([]))
    ours = notes.parse_checkpoint(notes.parse_note(first.checkpoint).text)
    assert ours.size > 0
    assert first.consistency is None
    leaves.append("record", timezone.now(), {"record": "x"}, {}, b"s" * 16)
    sealing.seal_all(head_every=timedelta(0))
    checkpoints.sign_due()
    second = there.answer(there.delivery([], witnessed=ours.size))
    grown = notes.parse_checkpoint(notes.parse_note(second.checkpoint).text)
    assert second.consistency is not None
    merkle.verify_consistency(ours.size, grown.size, ours.root, grown.root, second.consistency.proof)
    known = RemoteSite.objects.get(pk=there.site.pk)
    assert (known.witnessed_size, known.witnessed_at is not None) == (ours.size, True)


@pytest.mark.django_db(transaction=True)
def test_the_same_head_told_twice_at_once_is_kept_once(
    city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = Tree().grow(5)
    there = other_site.known(city, trail_keys=(str(tree.vkey),))
    looked, both, real = local(), Barrier(2), witnessing._last

    def look(*given: Any) -> Witnessed | None:
        found = real(*given)
        if not hasattr(looked, "once"):
            looked.once = True
            both.wait(30)  # neither has found anything yet
        return found

    def hear() -> None:
        with transaction.atomic():
            assert witnessing.take(there.site, tree.head()[0], None) == 5

    monkeypatch.setattr(witnessing, "_last", look)
    with elsewhere(hear, hear):
        pass
    assert Witnessed.objects.count() == 1
