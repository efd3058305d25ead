"""Each head gets signatures anybody can check; nothing is signed that contradicts what was signed before."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from zhili.base import merkle, notes
from zhili.core.trail import checkpoints, forks, keys, leaves, memory, proofs, sealing
from zhili.core.trail.models import Fork, Leaf, SignedHead, SigningKey, TreeHead
from zhili.core.trail.ringfile import RingFileError

pytestmark = [pytest.mark.sql, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("trail_home")]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ALWAYS = timedelta(0)


def grow(number: int = 1) -> int:
    """So many leaves more, sealed and signed; the size then."""
    for n in range(number):
        leaves.append("record", AT, {"n": n}, {}, b"s" * 16)
    sealing.seal_all()
    checkpoints.sign_due()
    sealing.seal_all()  # the leaves of new keys
    return TreeHead.objects.order_by("-size").values_list("size", flat=True)[0]


def rewrite(statement: str, values: list[object] | None = None) -> None:
    """As somebody who holds the database would: past triggers and rights."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")


class TestSigning:
    def test_a_new_site_has_nothing_to_sign(self) -> None:
        assert checkpoints.sign_due() == 0
        assert checkpoints.latest() is None
        assert checkpoints.covering(0) is None

    def test_a_head_is_signed_and_a_stranger_can_check_it(self) -> None:
        grow(5)
        found = checkpoints.latest()
        assert found is not None
        verified = notes.verify_note(found.text, keys.vkeys())
        told = notes.parse_checkpoint(verified.note.text)
        assert (told.origin, told.size, told.root) == ("zhili.city.example/trail", 5, found.root)
        first = bytes(Leaf.objects.order_by("id")[0].hash)
        merkle.verify_inclusion(0, 5, first, proofs.inclusion(0, 5), told.root)

    def test_nothing_new_is_not_signed_again(self) -> None:
        grow(2)
        checkpoints.sign_due()  # the head over the key's own leaf
        assert checkpoints.sign_due() == 0
        assert SignedHead.objects.count() == 2

    def test_the_first_signed_head_over_a_number(self) -> None:
        grow(2)
        grow(3)
        sizes = list(SignedHead.objects.order_by("size").values_list("size", flat=True))
        covering = checkpoints.covering(1)
        assert covering is not None
        assert covering.size == sizes[0] == 2
        later = checkpoints.covering(2)
        assert later is not None
        assert later.size == sizes[1]
        assert checkpoints.covering(10**6) is None

    def test_the_key_is_published_and_its_coming_is_a_leaf(self) -> None:
        grow()
        key = SigningKey.objects.get()
        assert str(key.vkey) in keys.vkeys()
        leaf = Leaf.objects.get(pk=key.leaf_id)
        facts = checkpoints.key_facts(key.vkey, key.origin)
        assert bytes(leaf.body) == leaves.leaf_body("record", key.at, facts, {"reason": ""}, bytes(key.salt))

    @pytest.mark.parametrize("table", ["trail_signedhead", "trail_signingkey"])
    def test_what_was_signed_cannot_be_altered(
        self, runtime_connection: psycopg.Connection, table: str
    ) -> None:
        grow()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime_connection.execute(f"DELETE FROM {table}")
        with pytest.raises(DatabaseError, match="only ever added to"), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET origin = 'x'")


class TestKeys:
    def test_the_file_is_for_its_owner_only(self, trail_home: Path) -> None:
        keys.ring()
        file = trail_home / "trail_keys.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o644)
        keys.forget()
        with pytest.raises(RingFileError, match="chmod 600"):
            keys.ring()

    def test_after_a_rotation_both_sign_for_a_while_and_then_only_the_new_one(self) -> None:
        grow()
        old = keys.ring().keys[0]
        (new,) = keys.rotate(timedelta(days=7))
        grow()
        found = checkpoints.latest()
        assert found is not None
        assert notes.verify_note(found.text, [str(old.vkey)]).by == (old.vkey,)
        assert notes.verify_note(found.text, [str(new.vkey)]).by == (new.vkey,)
        assert SigningKey.objects.count() == 2, "the new one is published, and so a leaf"
        (newer,) = keys.rotate(timedelta(0))
        grow()
        found = checkpoints.latest()
        assert found is not None
        assert notes.verify_note(found.text, keys.vkeys()).by == (newer.vkey,)
        assert keys.vkeys() == [str(newer.vkey), str(new.vkey), str(old.vkey)]

    def test_a_lost_file_makes_a_new_key_of_the_same_log(self, trail_home: Path) -> None:
        grow()
        first = checkpoints.latest()
        (trail_home / "trail_keys.json").unlink()
        keys.forget()
        grow()
        last = checkpoints.latest()
        assert first is not None
        assert last is not None
        assert (
            notes.parse_note(first.text).text.split("\n")[0]
            == notes.parse_note(last.text).text.split("\n")[0]
        )
        assert notes.verify_note(first.text, keys.vkeys())
        assert len(keys.vkeys()) == 2
        assert Fork.objects.count() == 0

    def test_keys_given_by_the_environment(self, monkeypatch: pytest.MonkeyPatch, trail_home: Path) -> None:
        given = json.dumps(keys.document())
        (trail_home / "trail_keys.json").unlink()
        monkeypatch.setenv("ZHILI_TRAIL_KEYS", given)
        keys.forget()
        assert grow() > 0
        assert not (trail_home / "trail_keys.json").exists()
        with pytest.raises(RingFileError, match="ZHILI_TRAIL_KEYS"):
            keys.rotate()

    def test_sm2_signs_beside_ed25519(self, settings: Any) -> None:
        settings.TRAIL_SIGNERS = ["ed25519", "sm2"]
        grow()
        found = checkpoints.latest()
        assert found is not None
        assert [key.algorithm for key in notes.verify_note(found.text, keys.vkeys()).by] == [
            notes.ED25519,
            notes.SM2,
        ]

    def test_a_machine_of_the_sites_own_signs(self, settings: Any) -> None:
        settings.TRAIL_SIGNERS = [f"{__name__}:Machine"]
        grow()
        found = checkpoints.latest()
        assert found is not None
        assert notes.verify_note(found.text, keys.vkeys())
        assert keys.ring().keys[0].private == ""

    def test_only_checkpoints_py_signs_what_reads_like_a_checkpoint(self) -> None:
        with pytest.raises(ValueError, match="checkpoint"):
            keys.sign_text(notes.Checkpoint("zhili.city.example/trail", 9, b"x" * 32).body())
        assert notes.verify_note(keys.sign_text("zhili-promise/1\nabc\n"), keys.vkeys())


class Machine:
    """As a site would write for its HSM."""

    algorithm = notes.ED25519

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(b"m" * 32)

    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class TestAlarm:
    def test_what_was_signed_lies_outside_the_database_too(self) -> None:
        grow(3)
        grow(2)
        assert list(memory.kept()) == list(SignedHead.objects.order_by("size").values_list("text", flat=True))
        assert forks.look_at_everything() == 0

    def test_a_line_cut_by_a_power_failure_does_not_hide_the_others(self) -> None:
        grow()
        with memory.path().open("a") as file:
            file.write('{"at": "2026-')
        grow()
        assert len(list(memory.kept())) == SignedHead.objects.count()
        assert memory.last() == checkpoints.latest().text  # type: ignore[union-attr]

    def test_a_database_set_back_is_found_and_nothing_more_is_signed(self) -> None:
        grow(3)
        size = grow(4)
        before = SignedHead.objects.count()
        for table, column in [("trail_signedhead", "size"), ("trail_treehead", "size")]:
            rewrite(f"DELETE FROM {table} WHERE {column} > 3")
        rewrite("DELETE FROM trail_sealed WHERE index >= 3")
        rewrite("DELETE FROM trail_leaf WHERE id NOT IN (SELECT leaf_id FROM trail_sealed)")
        edge = merkle.CompactRange()
        edge.extend([bytes(h) for h in Leaf.objects.order_by("id").values_list("hash", flat=True)])
        rewrite("UPDATE trail_sealer SET size = 3, edge = %s", [edge.packed()])
        assert forks.look_at_everything() == 1
        alarm = Fork.objects.get()
        assert (alarm.kind, alarm.size, bytes(alarm.ours)) == ("beyond", size, b"")
        leaves.append("record", AT, {"n": "other"}, {}, b"s" * 16)
        sealing.seal_all()
        assert checkpoints.sign_due() == 0
        assert SignedHead.objects.count() < before

    def test_another_root_of_a_size_we_have_is_a_fork(self) -> None:
        size = grow(3)
        theirs = keys.sign_checkpoint(notes.Checkpoint(keys.origin(), 2, b"x" * 32))
        found = forks.witness(theirs)
        assert (found.kind, found.checkpoint.size if found.checkpoint else 0) == ("fork", 2)
        assert found.ours == proofs.root(2)
        alarm = Fork.objects.get()
        assert (alarm.size, bytes(alarm.theirs), alarm.source) == (2, b"x" * 32, "witness")
        assert Leaf.objects.get(pk=alarm.leaf_id).body
        forks.witness(theirs)
        assert Fork.objects.count() == 1, "once for each contradiction"
        assert size == 4

    def test_a_rewritten_head_that_was_signed_is_found(self) -> None:
        grow(3)
        rewrite("UPDATE trail_treehead SET root = sha256('x') WHERE size = 3")
        assert forks.look_at_everything() == 1
        alarm = Fork.objects.get()
        assert (alarm.kind, alarm.source, alarm.size, bytes(alarm.ours)) == (
            "fork",
            "heads",
            3,
            proofs.root(3),
        )

    def test_a_head_that_is_not_the_root_of_its_leaves_is_not_signed(self) -> None:
        leaves.append("record", AT, {}, {}, b"s" * 16)
        sealing.seal_all()
        rewrite("UPDATE trail_treehead SET root = sha256('y')")
        assert checkpoints.sign_due() == 0
        assert Fork.objects.get().source == "heads"
        assert checkpoints.latest() is None

    def test_a_rewritten_leaf_is_found_before_the_next_head_is_signed(self) -> None:
        grow(3)
        rewrite(
            "UPDATE trail_leaf SET hash = sha256('z') WHERE id = (SELECT leaf_id FROM trail_sealed WHERE index = 1)"
        )
        leaves.append("record", AT, {}, {}, b"s" * 16)
        edge = merkle.CompactRange()
        edge.extend([bytes(h) for h in Leaf.objects.order_by("id").values_list("hash", flat=True)[:4]])
        rewrite("UPDATE trail_sealer SET edge = %s", [edge.packed()])
        sealing.seal_all()
        assert checkpoints.sign_due() == 0
        assert {(f.kind, f.source) for f in Fork.objects.all()} == {("fork", "file")}

    def test_an_alarm_cannot_be_taken_back(self, runtime_connection: psycopg.Connection) -> None:
        grow()
        forks.witness(keys.sign_checkpoint(notes.Checkpoint(keys.origin(), 1, b"x" * 32)))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime_connection.execute("DELETE FROM trail_fork")


class TestWitness:
    def test_our_own_newest_and_an_earlier_one(self) -> None:
        grow(3)
        first = checkpoints.latest()
        assert first is not None
        size = grow(2)
        found = forks.witness(first.text)
        assert (found.kind, found.size) == ("earlier", size)
        merkle.verify_consistency(first.size, size, first.root, proofs.root(size), found.proof)
        checkpoints.sign_due()
        newest = checkpoints.latest()
        assert newest is not None
        assert forks.witness(newest.text).kind == "same"
        assert Fork.objects.count() == 0

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            (lambda text: "no note", "malformed"),
            (lambda text: text.replace("\n3\n", "\n2\n"), "altered"),
            (lambda text: text.replace("— zhili.city", "— other.city"), "foreign"),
        ],
    )
    def test_what_is_not_ours_raises_no_alarm(self, change, kind: str) -> None:
        grow(3)
        first = checkpoints.latest()
        assert first is not None
        found = forks.witness(change(first.text))
        assert found.kind == kind
        assert found.reason
        assert Fork.objects.count() == 0

    def test_more_than_we_have_is_an_alarm(self) -> None:
        grow(3)
        text = keys.sign_checkpoint(notes.Checkpoint(keys.origin(), 99, b"x" * 32))
        assert forks.witness(text).kind == "beyond"
        assert Fork.objects.get().kind == "beyond"
