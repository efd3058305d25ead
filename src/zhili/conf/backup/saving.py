"""Reading a whole city while it works: one connection, one snapshot, no lock that anybody waits for.

The snapshot is REPEATABLE READ and writes nothing, so it takes no transaction id and no reader of the outbox is held
back; only vacuum waits for it.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from zhili import __version__
from zhili.conf.backup import catalogue, keyring, media
from zhili.conf.backup.container import CHUNK, Writer, writing
from zhili.conf.backup.manifest import ENTRY, FILES_ENTRY, KEYS_ENTRY, Manifest, Table, safe_name
from zhili.conf.backup.pace import Pace, give_way
from zhili.conf.database import is_private
from zhili.conf.site import Refused
from zhili.core.files import blobs

Tell = Callable[[str, int, int], None]
"""tell(what, bytes done, bytes in all): how far it is."""
SHARE = 0.25
"""Of one core while the machine is busy; see bench/backup.py."""


def _silent(what: str, done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Saved:
    """What was kept. ``fingerprint``: SHA-256 of the manifest, and so of everything."""

    manifest: Manifest
    fingerprint: str
    bytes: int


def save(
    path: Path,
    *,
    passphrase: str | None = None,
    keys_passphrase: str | None = None,
    overwrite: bool = False,
    share: float = SHARE,
    tell: Tell = _silent,
) -> Saved:
    """Write the city to ``path``. ``passphrase`` seals the whole file; ``keys_passphrase`` puts the keys in, sealed.

    Refused when the file exists, when nothing is there to keep, or when the disk is full; then no file is left.
    """
    with connection() as database, writing(path, passphrase, overwrite) as out:
        give_way(_server_process(database))
        pace = Pace(share, is_private())
        with database.transaction(), psycopg.RawCursor(database) as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            catalogue.spell(cursor)
            found = _rows(cursor, out, pace, tell)
        # Files need no snapshot: they are named by their content and never change. Vacuum may go on.
        files = _files(found.attached, out, pace, partial(_further, tell, "files", found.read, found.total))
        keys = None
        if keys_passphrase:
            sealed, keys = keyring.bundle(keys_passphrase)
            out.put(KEYS_ENTRY, sealed)
        tell("", found.total, found.total)
        manifest = Manifest(**found.said, files=files, keys=keys)
        text = manifest.to_json()
        out.put(ENTRY, text)
    return Saved(manifest, hashlib.sha256(text).hexdigest(), path.stat().st_size)


@contextmanager
def connection() -> Iterator[psycopg.Connection]:
    """A session of its own, which no limit of the service's role ends."""
    parameters = connections[DEFAULT_DB_ALIAS].get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "options")
    wanted = {name: parameters[name] for name in names if parameters.get(name)}
    with psycopg.connect(**wanted, autocommit=True, connect_timeout=30) as found:
        found.execute("SET statement_timeout = 0")
        found.execute("SET idle_in_transaction_session_timeout = 0")
        found.execute("SET synchronize_seqscans = off")
        yield found


def _server_process(database: psycopg.Connection) -> int | None:
    return database.info.backend_pid if is_private() or database.info.host.startswith("/") else None


@dataclass(frozen=True)
class _Found:
    """What the snapshot held."""

    said: dict[str, Any]
    """Members of the manifest."""
    attached: list[str]
    """Names in storage of the files that belong to cases."""
    read: int
    total: int


def _rows(cursor: psycopg.RawCursor, out: Writer, pace: Pace, tell: Tell) -> _Found:
    row = _row(cursor, "SELECT now(), pg_current_snapshot()::text, current_setting('server_version')")
    migrations = _migrations(cursor)
    there = [shape for shape in catalogue.shapes(cursor) if shape.name != catalogue.MIGRATIONS]
    kept = [shape for shape in there if shape.name not in catalogue.OMITTED]
    cursor.execute(catalogue.UNUSUAL)
    if unusual := cursor.fetchall():
        raise Refused(
            f"备份还不会处理这些数据库对象：{unusual}。 The backup does not know these objects yet: {unusual}."
        )
    # The order of keys is the order of the index: sorting millions of wide rows would fill the server's disk.
    cursor.execute("SET LOCAL enable_sort = off")
    total = sum(shape.size for shape in kept) + _media_size(cursor)
    tables: list[Table] = []
    done = 0
    for shape in kept:
        tables.append(_table(cursor, out, shape, pace, partial(_further, tell, shape.name, done, total)))
        done += shape.size
    said = {
        "zhili": __version__,
        "postgresql": str(row[2]).split()[0],
        "made": row[0].astimezone(UTC).isoformat(),
        "snapshot": row[1],
        "migrations": migrations,
        "tables": tables,
        "sequences": catalogue.sequences(cursor),
        "partitions": catalogue.partitions(cursor),
        "omitted": [shape.name for shape in there if shape.name in catalogue.OMITTED],
        "trail": _trail(cursor, tables),
    }
    return _Found(said, _attached(cursor), done, total)


def _further(tell: Tell, what: str, before: int, total: int, size: int) -> None:
    tell(what, before + size, total)


def _row(cursor: psycopg.RawCursor, query: str) -> tuple:
    cursor.execute(query)
    row = cursor.fetchone()
    assert row is not None
    return row


def _migrations(cursor: psycopg.RawCursor) -> dict[str, list[str]]:
    if _row(cursor, "SELECT to_regclass('django_migrations') IS NULL")[0]:
        raise Refused("这个数据库里没有治理的数据。 There is no city in this database.")
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    found: dict[str, list[str]] = {}
    for app, name in cursor.fetchall():
        found.setdefault(app, []).append(name)
    return found


def _table(
    cursor: psycopg.RawCursor, out: Writer, shape: catalogue.Shape, pace: Pace, tell: Callable[[int], None]
) -> Table:
    held: list[Any] = []
    rows = size = 0
    tell(0)
    entry = Table(shape.name, shape.columns, 0, 0, "").entry
    with out.compressed(entry) as sink, cursor.copy(shape.copy_out()) as copy:
        for row in copy:  # one message of the protocol each
            held.append(row)
            rows += 1
            size += len(row)
            if size >= CHUNK:
                sink.write(b"".join(held))
                held.clear()
                size = 0
                pace.breathe()
                tell(min(sink.size, shape.size))
        sink.write(b"".join(held))
        return Table(shape.name, shape.columns, rows, sink.size, sink.sha256)


def _media_size(cursor: psycopg.RawCursor) -> int:
    if _row(cursor, "SELECT to_regclass('files_file') IS NULL")[0]:
        return 0
    return int(_row(cursor, "SELECT coalesce(sum(size), 0) FROM files_file")[0])


def _files(attached: list[str], out: Writer, pace: Pace, tell: Callable[[int], None]) -> dict[str, Any]:
    """Every file of the storage."""
    lines, size, seen = [], 0, set()
    for name in media.names():
        if "\t" in name or "\n" in name or not safe_name(name):
            raise Refused(f"文件名不寻常：{name!r}。 A file with an unusual name: {name!r}.")
        with media.opened(name) as pieces:
            if pieces is None:  # an unused upload, removed in this very moment
                continue
            with out.plain(f"files/{name}") as sink:
                for piece in pieces:
                    sink.write(piece)
                    pace.breathe()
                    tell(size + sink.size)
        lines.append(f"{sink.sha256}\t{sink.size}\t{name}\n")
        size += sink.size
        seen.add(name)
    with out.compressed(FILES_ENTRY) as listed:
        listed.write("".join(lines).encode())
    missing = [name for name in attached if name not in seen]
    return {"count": len(lines), "bytes": size, "sha256": listed.sha256, "missing": missing}


def _attached(cursor: psycopg.RawCursor) -> list[str]:
    if _row(cursor, "SELECT to_regclass('files_attachment') IS NULL")[0]:
        return []
    cursor.execute(
        "SELECT DISTINCT f.sha256 FROM files_file f JOIN files_attachment a ON a.file_id = f.id ORDER BY 1"
    )
    return [blobs.original(sha256) for (sha256,) in cursor.fetchall()]


def _trail(cursor: psycopg.RawCursor, tables: list[Table]) -> dict[str, Any]:
    found = next((table for table in tables if table.name == "trail_leaf"), None)
    if found is None:
        return {"leaves": 0, "last": 0, "sha256": ""}
    last = _row(cursor, "SELECT coalesce(max(id), 0) FROM trail_leaf")[0]
    return {"leaves": found.rows, "last": last, "sha256": found.sha256}
