"""A backup is one moment of a city that goes on: nobody waits for it, and nothing half-done is in it."""

import errno
import os
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from zhili.conf.backup import catalogue, container
from zhili.conf.backup.saving import save
from zhili.conf.backup.verifying import verify
from zhili.conf.site import Refused
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.models import Leaf

pytestmark = pytest.mark.sql


def leaf() -> Leaf:
    return Leaf.objects.create(kind="record", body=b"{}", hash=b"h" * 32)


def leaves_in(file: Path) -> int:
    with container.reading(file, None) as source:
        return sum(data.count(b"\n") for data in source.chunks("tables/trail_leaf.copy.zst"))


def other() -> psycopg.Connection:
    """A session beside Django's."""
    names = ("dbname", "user", "host", "port")
    given = connection.get_connection_params()
    return psycopg.connect(**{name: given[name] for name in names if given.get(name)}, autocommit=True)


@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_is_not_in_it_and_what_is_not_yet_kept_neither(tmp_path: Path) -> None:
    leaf()
    with other() as beside, other() as slow:
        slow.execute("BEGIN")
        write = "INSERT INTO trail_leaf (kind, body, hash) VALUES ('record', '', '')"
        slow.execute(write)  # kept only after the backup has begun
        written = 0

        def meanwhile(what: str, done: int, total: int) -> None:
            nonlocal written
            if not written:
                slow.execute("COMMIT")
            beside.execute(write)
            written += 1

        saved = save(tmp_path / "b", tell=meanwhile)
    assert written > 10, "at each table at least"
    assert saved.manifest.trail["leaves"] == 1
    assert leaves_in(tmp_path / "b") == 1
    assert Leaf.objects.count() == 2 + written
    assert saved.manifest.sequences["trail_leaf_id_seq"][0] > 10, "read after the rows: never behind them"


@pytest.mark.django_db(transaction=True)
def test_readers_of_the_outbox_do_not_wait_for_it(tmp_path: Path) -> None:
    reachable = "SELECT count(*) FROM streams_event WHERE xid < pg_snapshot_xmin(pg_current_snapshot())"
    seen = []
    with other() as beside:

        def meanwhile(what: str, done: int, total: int) -> None:
            beside.execute("INSERT INTO streams_event (type, payload) VALUES ('record.x', '{}')")
            row = beside.execute(reachable).fetchone()
            seen.append(row[0] if row else 0)

        save(tmp_path / "b", tell=meanwhile)
    assert seen == list(range(1, len(seen) + 1)), "each event is within reach at once"


@pytest.mark.django_db(transaction=True)
def test_it_takes_every_table_but_sessions_and_signs_of_life(tmp_path: Path) -> None:
    manifest = save(tmp_path / "b").manifest
    with connection.cursor() as cursor:
        there = {shape.name for shape in catalogue.shapes(cursor)}
    kept = {table.name for table in manifest.tables}
    assert there - kept == {*catalogue.OMITTED, catalogue.MIGRATIONS}
    assert set(manifest.omitted) == set(catalogue.OMITTED)


@pytest.mark.django_db(transaction=True)
def test_it_is_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "b"
    saved = save(file)
    assert verify(file).fingerprint == saved.fingerprint
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "b"
    file.write_text("last month's")
    with pytest.raises(Refused, match="已存在"):
        save(file)
    assert file.read_text() == "last month's"
    save(file, overwrite=True)
    assert verify(file)


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(tmp_path / "b", passphrase="long enough", tell=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told_in_words_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(container.os, "fsync", full)
    with pytest.raises(Refused, match="不能写入"):
        save(tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_events_keep_their_transactions_and_leaves_do_not(tmp_path: Path) -> None:
    StreamEvent.objects.create(type="record.x", payload={})
    columns = {table.name: table.columns for table in save(tmp_path / "b").manifest.tables}
    assert "xid" in columns["streams_event"]
    assert "xid" not in columns["trail_leaf"]
