"""Each leaf gets one number, in an order that never misses one; heads say how the tree stands."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from threading import Event as Signal

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from zhili.base.merkle import EMPTY_ROOT, prove_consistency, tree_hash, verify_consistency
from zhili.core.streams.tests.conftest import elsewhere
from zhili.core.trail import heads, leaves, sealing
from zhili.core.trail.models import Leaf, Sealed, Sealer, TreeHead

pytestmark = [pytest.mark.sql, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ALWAYS, NEVER = timedelta(0), timedelta(days=1)


def put(n: int) -> int:
    return int(leaves.append("record", AT, {"n": n}, {}, b"s" * 16).pk)


def numbered() -> list[int]:
    return list(Sealed.objects.order_by("index").values_list("leaf_id", flat=True))


def sound() -> heads.Head:
    """Numbers without gap or double, and every head the root of what it says."""
    found = Sealed.objects.order_by("index").values_list("index", flat=True)
    assert list(found) == list(range(len(found)))
    for head in TreeHead.objects.all():
        assert heads.recounted(head.size).root == bytes(head.root).hex()
    state = Sealer.objects.get()
    assert state.size == len(found)
    return heads.current()


def test_a_new_site_has_the_empty_tree() -> None:
    assert heads.current() == heads.Head(0, EMPTY_ROOT.hex(), None)
    assert sealing.seal() == 0
    assert TreeHead.objects.count() == 0


def test_leaves_are_numbered_in_the_order_written_and_a_head_is_added() -> None:
    ids = [put(n) for n in range(5)]
    assert sealing.seal() == 5
    assert numbered() == ids
    hashes = [bytes(h) for h in Leaf.objects.order_by("id").values_list("hash", flat=True)]
    head = sound()
    assert (head.size, head.root) == (5, tree_hash(hashes).hex())
    assert heads.number_of(ids[3]) == 3
    assert heads.number_of(10**9) is None


def test_sealing_again_with_nothing_new_writes_nothing() -> None:
    put(1)
    sealing.seal()
    with CaptureQueriesContext(connection) as asked:
        assert sealing.seal(head_every=ALWAYS) == 0
    assert [q["sql"].split()[0] for q in asked.captured_queries] == ["SELECT"]
    assert TreeHead.objects.count() == 1


def test_a_batch_has_an_end_and_the_next_goes_on() -> None:
    ids = [put(n) for n in range(7)]
    assert [sealing.seal(3, ALWAYS) for _ in range(4)] == [3, 3, 1, 0]
    assert numbered() == ids
    assert sound().size == 7


def test_a_leaf_committed_late_is_not_missed() -> None:
    written, release = Signal(), Signal()
    late: list[int] = []

    def slow() -> None:
        with transaction.atomic():
            late.append(put(1))
            written.set()
            assert release.wait(30)

    with elsewhere(slow):
        assert written.wait(30)
        soon = put(2)  # a later id, committed first
        assert soon > late[0]
        assert sealing.seal() == 0, "nothing beyond a running writer"
        release.set()
    assert sealing.seal_all() == 2
    assert numbered() == [late[0], soon]
    sound()


def test_many_writers_in_disorder_and_three_sealers_at_once() -> None:
    chance, done = random.Random(5), Signal()

    def writer() -> None:
        for n in range(40):
            with transaction.atomic():
                put(n)
                time.sleep(chance.random() * 0.004)

    def sealer() -> None:
        while not done.is_set():
            sealing.seal(7, ALWAYS)

    with elsewhere(sealer, sealer, sealer):
        with elsewhere(*[writer] * 5):
            pass
        done.set()
    sealing.seal_all()
    assert sorted(numbered()) == list(Leaf.objects.order_by("id").values_list("id", flat=True))
    assert sound().size == 200


def test_a_head_waits_its_time_and_is_added_though_nothing_new_came() -> None:
    put(1)
    sealing.seal()
    put(2)
    assert sealing.seal(head_every=NEVER) == 1
    assert heads.current().size == 1
    assert sealing.seal(head_every=ALWAYS) == 0
    assert heads.current().size == 2
    sound()


def test_every_later_head_has_the_earlier_ones_as_its_beginning() -> None:
    for n in range(9):
        put(n)
        sealing.seal(head_every=ALWAYS)
    hashes = [bytes(h) for h in Leaf.objects.order_by("id").values_list("hash", flat=True)]
    roots = {h.size: bytes(h.root) for h in TreeHead.objects.all()}
    for size in range(1, 9):
        proof = prove_consistency(size, 9, lambda a, b: tree_hash(hashes[a:b]))
        verify_consistency(size, 9, roots[size], roots[9], proof)


def test_the_first_head_after_a_moment() -> None:
    put(1)
    sealing.seal(head_every=ALWAYS)
    first = heads.current()
    assert first.at is not None
    assert heads.first_after(first.at) is None
    for n in (2, 3):
        put(n)
        sealing.seal(head_every=ALWAYS)
    after = heads.first_after(first.at)
    assert after is not None
    assert after.size == 2
    assert heads.of_size(2) == after
    assert heads.of_size(77) is None


def test_a_sealer_that_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [put(n) for n in range(4)]
    monkeypatch.setattr(sealing, "_store", lambda *_: (_ for _ in ()).throw(RuntimeError("cut")))
    with pytest.raises(RuntimeError):
        sealing.seal()
    assert numbered() == []
    monkeypatch.undo()
    sealing.seal()
    assert numbered() == ids
    sound()


# One process that has read the site; for each line it is told it forks a sealer, and says how that one ended.
SEALERS = """
import django, os, sys
from datetime import timedelta
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from zhili.core.trail import sealing
for _line in sys.stdin:
    child = os.fork()
    while child == 0:
        sealing.seal(50, timedelta(0))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_a_sealer_killed_again_and_again_goes_on_without_gap_or_double() -> None:
    total, chance = 0, random.Random(11)
    sealers = subprocess.Popen(
        [sys.executable, "-c", SEALERS, settings.DATABASES["default"]["NAME"]],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "zhili.conf.settings", "ZHILI_DB_POOL": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sealers.stdin is not None
    assert sealers.stdout is not None
    for turn in range(4):
        sealers.stdin.write("another\n")
        sealers.stdin.flush()
        child = int(sealers.stdout.readline())
        try:
            Leaf.objects.bulk_create(
                Leaf(**leaves.row("record", AT, {"n": n}, {}, b"s" * 16)) for n in range(1500)
            )
            total += 1500
            goal = Sealed.objects.count() + 200
            end = time.monotonic() + 30
            while Sealed.objects.count() < goal:  # it is in the middle of its work
                assert time.monotonic() < end, "the sealer does not seal"
            time.sleep(chance.random() * 0.02)
        finally:
            os.kill(child, signal.SIGKILL)
        assert int(sealers.stdout.readline()) == -signal.SIGKILL, turn
    sealers.communicate(timeout=20)
    assert 800 <= Sealed.objects.count() < total, "killed with work left"
    wait_for_the_dead()
    sealing.seal_all()
    assert len(set(numbered())) == total == Leaf.objects.count()
    assert sound().size == total


def wait_for_the_dead() -> None:
    """Until the server has noticed that the killed sealers are gone and let go of their locks."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if cursor.fetchone()[0] == 0:
                return
    raise AssertionError("a killed sealer's session is still there")


def test_after_a_restore_leaves_without_a_number_get_theirs_and_new_ones_follow() -> None:
    """As another server would have it: the transaction ids kept are far in the future."""
    ids = [put(n) for n in range(4)]
    sealing.seal(2, ALWAYS)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trail_sealer SET xid = '999999999999'::xid8")
    assert sealing.seal() == 0, "that position is never reached here"
    assert sealing.rebase() == 2
    assert numbered() == ids
    last = put(9)
    assert sealing.seal_all() == 1
    assert numbered() == [*ids, last]
    assert sound().size == 5


@pytest.mark.parametrize("table", ["trail_sealed", "trail_treehead"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {}"])
def test_numbers_and_heads_cannot_be_taken_back(
    runtime_connection: psycopg.Connection, table: str, change: str
) -> None:
    put(1)
    sealing.seal()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime_connection.execute(change.format(table))
    with pytest.raises(DatabaseError, match="only ever added to"), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def test_a_head_cannot_be_altered_nor_a_second_one_of_its_size_added() -> None:
    put(1)
    sealing.seal()
    with pytest.raises(DatabaseError, match="only ever added to"):
        TreeHead.objects.update(root=b"x" * 32)
    with pytest.raises(DatabaseError, match="only ever added to"):
        Sealed.objects.update(leaf_id=7)
    with pytest.raises(DatabaseError, match="trail_treehead_pkey"):
        TreeHead.objects.create(size=1, root=b"x" * 32)


def test_the_service_may_do_all_that_sealing_needs(runtime_connection: psycopg.Connection) -> None:
    put(1)
    runtime_connection.execute(sealing.BEGIN)
    assert runtime_connection.execute(sealing.TAKE).fetchone() == (0, b"", "0", 0)
    assert len(runtime_connection.execute(sealing.WAITING, ["0", 0, 10]).fetchall()) == 1
    with runtime_connection.cursor().copy("COPY trail_sealed (index, leaf_id) FROM STDIN") as copy:
        copy.write_row((0, 1))
    runtime_connection.execute(sealing.STORE, [1, b"x", "1", 1])
    runtime_connection.execute(sealing.HEAD, [1, b"x" * 32, 1, 0])
    assert TreeHead.objects.count() == Sealed.objects.count() == 1


def test_a_number_whose_leaf_is_gone_is_noticed_when_counting_again() -> None:
    put(1)
    sealing.seal()
    Sealed.objects.create(index=1, leaf_id=10**9)
    with pytest.raises(LookupError):
        heads.recounted(2)
