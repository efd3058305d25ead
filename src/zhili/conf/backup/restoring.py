"""A city out of its file: one transaction for everything in the database, so that a failure leaves nothing.

First the whole file is checked, then the target. In the transaction: tables of exactly the file's migrations, rows,
indexes, keys, sequences; then every table is read back and compared. Only when that holds are the uploads put in place
and the transaction committed. Newer migrations come afterwards, as at any upgrade.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, transaction

from zhili.conf.backup import keyring, loading, media, target
from zhili.conf.backup.container import Reader, altered, reading
from zhili.conf.backup.manifest import KEYS_ENTRY, Manifest
from zhili.conf.backup.verifying import KEYS_LIMIT, Verified, check, files
from zhili.core.cases.numbers import BLOCK
from zhili.core.streams import rebase
from zhili.core.trail import sealing

Tell = Callable[[str, int, int], None]
LEAP_LEAST = 16 * BLOCK
BAD_LEAVES = r"SELECT count(*) FROM trail_leaf WHERE hash <> sha256('\x00'::bytea || body)"

# The new ids are above all old ones, so none meets another on the way.
_BY_EVENT = {
    "notices_notice": "UPDATE notices_notice n SET key = m.new || substr(n.key, strpos(n.key, '/')) FROM moved m"
    " WHERE split_part(n.key, '/', 1) = m.id::text",
    "streams_parked": "UPDATE streams_parked p SET event_id = m.new FROM moved m WHERE m.id = p.event_id",
}


@dataclass
class Restored:
    """What came back, for the report."""

    manifest: Manifest
    fingerprint: str
    leaves: int
    events: int
    files: int
    first_serial: int
    told: list[str] = field(default_factory=list)


def restore(
    path: Path,
    *,
    passphrase: str | None = None,
    keys_passphrase: str | None = None,
    expect: str | None = None,
    tell: Tell = lambda what, done, total: None,
) -> Restored:
    """Bring the city of ``path`` into this empty one. Django is connected as the owner of the tables.

    ``expect``: the fingerprint told when the backup was made. Refused, with nothing written, when the file or the
    target is not fit. Afterwards `zhili migrate` brings the tables to this version of the code.
    """
    with reading(path, passphrase) as source:
        tell("verify", 0, 1)
        verified = check(source, lambda what, done, total: tell(f"✓ {what}", done, total))
        _refuse_other(verified, expect)
        keys = _keys(source, verified.manifest, keys_passphrase)
        target.refuse_unknown_migrations(verified.manifest)
        target.refuse_unless_empty()
        restored = _into_database(source, verified, tell)
    if keys is not None:
        restored.told += keyring.put_back(keys)
    return restored


def _refuse_other(verified: Verified, expect: str | None) -> None:
    if expect and not verified.fingerprint.startswith(expect.lower()):
        raise altered(f"{verified.fingerprint} ≠ {expect}")


def _keys(source: Reader, manifest: Manifest, passphrase: str | None) -> dict | None:
    if manifest.keys is None or not passphrase:
        return None
    return keyring.unbundle(source.bytes_of(KEYS_ENTRY, KEYS_LIMIT), passphrase)


def _into_database(source: Reader, verified: Verified, tell: Tell) -> Restored:
    manifest = verified.manifest
    total = 2 * sum(table.bytes for table in manifest.tables) + int(manifest.files["bytes"])
    done = 0

    def step(what: str, size: int) -> None:
        nonlocal done
        done += size
        tell(what, done, total)

    placing = media.Placing()
    try:
        with transaction.atomic():
            target.make_schema(manifest)
            loading.load(manifest, lambda table: source.chunks(table.entry), step)
            loading.compare(manifest, step)
            loading.set_sequences(manifest)
            leaves = _leaves(manifest)
            events = _rebase()
            first = _leap(manifest)
            count = _bring_files(source, manifest, placing, step)
            placing.put()
    except BaseException:
        placing.undo()
        raise
    return Restored(manifest, verified.fingerprint, leaves, events, count, first)


def _leaves(manifest: Manifest) -> int:
    """Every leaf's hash is that of its body."""
    if not manifest.trail["leaves"]:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(BAD_LEAVES)
        if bad := cursor.fetchone()[0]:
            raise altered(f"trail_leaf: {bad}")
    return int(manifest.trail["leaves"])


def _rebase() -> int:
    """Outbox and sealer begin anew at this server's transaction ids; who remembers events by their id follows."""
    moved = rebase()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('indicators_counted') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(
                "UPDATE indicators_counted c SET event_id = -m.new FROM moved m WHERE m.id = c.event_id"
            )
            cursor.execute("UPDATE indicators_counted SET event_id = -event_id WHERE event_id < 0")
        # a message is known by the event that called for it, and an event set aside by its own id
        for table, change in _BY_EVENT.items():
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            if cursor.fetchone()[0]:
                cursor.execute(change)
        cursor.execute("SELECT to_regclass('trail_sealed') IS NOT NULL")
        if cursor.fetchone()[0]:
            sealing.rebase()
    return moved


def _leap(manifest: Manifest) -> int:
    """Numbers given out between the backup and the loss are on people's receipts: never give them again.

    Skips what the city would have opened in that time at twice the pace of its last thirty days, and a little more.
    """
    if "cases_serial" not in manifest.sequences:
        return 0
    made = target.made_at(manifest)
    days = max(0.0, (datetime.now(UTC) - made).total_seconds() / 86_400)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case WHERE opened_at > %s - interval '30 days'", [made])
        pace = cursor.fetchone()[0] / 30
        blocks = math.ceil((2 * pace * days + LEAP_LEAST) / BLOCK)
        cursor.execute("SELECT last_value FROM cases_serial")
        first = cursor.fetchone()[0] + blocks * BLOCK
        cursor.execute("SELECT setval('cases_serial', %s, false)", [first])
    return int(first)


def _bring_files(
    source: Reader, manifest: Manifest, placing: media.Placing, step: Callable[[str, int], None]
) -> int:
    count = 0
    for sha256, size, name in files(source, manifest):
        if placing.write(name, source.chunks(f"files/{name}")) != sha256:
            raise altered(f"files/{name}")
        step("files", size)
        count += 1
    return count
