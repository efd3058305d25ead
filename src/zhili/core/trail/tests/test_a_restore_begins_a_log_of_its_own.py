"""A lawful restore is told apart from a record set back: it is declared, and signs under another name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from zhili.base import notes
from zhili.base.merkle import CompactRange
from zhili.core.trail import checkpoints, eras, forks, keys, leaves, sealing, tiles
from zhili.core.trail.models import Fork, Leaf, SignedHead

pytestmark = [pytest.mark.sql, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("trail_home")]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def put(number: int, word: str) -> None:
    for n in range(number):
        leaves.append("record", AT, {word: n}, {}, b"s" * 16)
    sealing.seal_all()
    checkpoints.sign_due()
    sealing.seal_all()


def set_back(size: int) -> None:
    """The database as it was at that size, as a backup of that moment would bring it back."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("trail_signedhead", "trail_treehead"):
            cursor.execute(f"DELETE FROM {table} WHERE size > %s", [size])
        cursor.execute("DELETE FROM trail_sealed WHERE index >= %s", [size])
        cursor.execute("DELETE FROM trail_leaf WHERE id NOT IN (SELECT leaf_id FROM trail_sealed)")
        edge = CompactRange()
        edge.extend([bytes(h) for h in Leaf.objects.order_by("id").values_list("hash", flat=True)])
        cursor.execute("UPDATE trail_sealer SET size = %s, edge = %s", [size, edge.packed()])
        cursor.execute("SET session_replication_role = origin")


def test_a_site_that_never_signed_needs_no_declaration() -> None:
    assert eras.begin("test") is None


def test_after_a_declared_restore_the_log_goes_on_and_no_alarm_is_raised() -> None:
    put(3, "a")
    kept = checkpoints.latest()
    put(4, "b")
    lost = checkpoints.latest()
    assert kept is not None
    assert lost is not None
    set_back(4)
    made = eras.begin("zhili restore 1234")
    assert made is not None
    assert (made.size, made.former) == (3, "zhili.city.example/trail")
    assert re.fullmatch(r"zhili\.city\.example/trail/\d{8}T\d{6}", made.origin)
    put(9, "c")
    newest = checkpoints.latest()
    assert newest is not None
    assert newest.size > lost.size
    told = notes.verify_note(newest.text, keys.vkeys())
    assert notes.parse_checkpoint(told.note.text).origin == made.origin
    assert {key.name for key in told.by} == {made.origin}, "the former keys do not sign the new log"
    assert forks.look_at_everything() == 0
    assert forks.witness(kept.text).kind == "earlier", "what was signed before the backup still holds"
    assert forks.witness(lost.text).kind == "lost"
    assert notes.verify_note(lost.text, keys.vkeys()), "a receipt of a lost leaf still verifies"
    assert Fork.objects.count() == 0
    leaf = Leaf.objects.get(pk=made.leaf_id)
    facts = eras.facts(made.size, bytes(made.root), made.former, made.origin)
    assert bytes(leaf.body) == leaves.leaf_body(
        "record", made.at, facts, {"reason": made.reason}, bytes(made.salt)
    )


def test_leaves_that_got_other_numbers_on_the_way_are_no_fork() -> None:
    """Written and not yet signed at the backup: the lost site numbered them otherwise, and signed that."""
    put(3, "a")
    put(2, "b")
    lost = checkpoints.latest()
    set_back(3)
    for n in (1, 0, 2, 3):
        leaves.append("record", AT, {"b": n}, {}, b"s" * 16)
    sealing.seal_all()
    made = eras.begin("zhili restore 1234")
    assert made is not None
    assert lost is not None
    assert made.size == 3 < lost.size <= tiles.tree_size()
    assert forks.witness(lost.text).kind == "lost"
    assert forks.look_at_everything() == 0


def test_a_declared_restore_does_not_excuse_what_stood_before_it() -> None:
    put(3, "a")
    ring = keys.ring()
    set_back(3)
    eras.begin("zhili restore 1234")
    forged = notes.Checkpoint(ring.origin, 2, b"x" * 32)
    from zhili.core.trail.signers import signer

    line = notes.sign(forged.body(), ring.keys[0].vkey, signer("ed25519", ring.keys[0].private).sign)
    assert forks.witness(str(notes.Note(forged.body(), (line,)))).kind == "fork"


def test_after_an_undeclared_one_nothing_is_signed_until_it_is_declared() -> None:
    put(3, "a")
    put(4, "b")
    set_back(4)
    leaves.append("record", AT, {"c": 1}, {}, b"s" * 16)
    sealing.seal_all()
    before = SignedHead.objects.count()
    assert checkpoints.sign_due() == 0
    assert Fork.objects.get().kind == "beyond"
    eras.begin("the machine was replaced")
    sealing.seal_all()
    assert checkpoints.sign_due() == 1
    assert SignedHead.objects.count() == before + 1
    assert Fork.objects.count() == 1, "the alarm was raised and stays"


def test_a_second_restore_from_the_same_backup_has_a_name_of_its_own() -> None:
    """The first restore, its row and its key's row are lost with the second: only the ring remembers them."""
    put(3, "a")
    first = checkpoints.latest()
    put(5, "b")
    of_the_first_name = checkpoints.latest()
    set_back(4)
    one = eras.begin("one")
    put(5, "c")
    of_the_second_name = checkpoints.latest()
    set_back(4)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM trail_restoration")
        cursor.execute("DELETE FROM trail_signingkey WHERE origin <> 'zhili.city.example/trail'")
        cursor.execute("SET session_replication_role = origin")
    two = eras.begin("two", at=AT + timedelta(days=365))
    assert one is not None
    assert two is not None
    assert one.origin != two.origin
    put(9, "d")
    for given, kind in [(first, "earlier"), (of_the_first_name, "lost"), (of_the_second_name, "lost")]:
        assert given is not None
        assert forks.witness(given.text).kind == kind
    assert forks.look_at_everything() == 0
    assert tiles.tree_size() == Leaf.objects.count()
