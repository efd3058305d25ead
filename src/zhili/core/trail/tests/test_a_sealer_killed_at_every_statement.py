"""A sealer killed at any of its statements leaves whole batches or nothing: numbers, tiles, heads, signatures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from zhili.core.trail import checkpoints, heads, leaves, memory, sealing, tiles
from zhili.core.trail.audit.running import Report
from zhili.core.trail.audit.signed import Outside, Signatures, Tiles, look_at_tiles
from zhili.core.trail.audit.tree import Tree, Unnumbered
from zhili.core.trail.models import Leaf, Sealed, SigningKey
from zhili.core.trail.tests.test_leaves_get_their_numbers import wait_for_the_dead

pytestmark = [pytest.mark.slow, pytest.mark.sql, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)

# One process that has read the site and waits; for each place it is told it forks a sealer, which ends itself with
# SIGKILL just before (or just after) its nth statement, COPY and COMMIT among them.
SEALERS = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
import psycopg
from zhili.core.trail import checkpoints, memory, sealing
memory.path = lambda: Path(sys.argv[2])
left, after = 0, False

def counted(call):
    def one(*args, **kwargs):
        global left
        left -= 1
        if left == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = call(*args, **kwargs)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return one

for cls in {psycopg.Cursor, psycopg.ClientCursor}:
    cls.execute = counted(cls.execute)
psycopg.Cursor.copy = counted(psycopg.Cursor.copy)
psycopg.Connection.commit = counted(psycopg.Connection.commit)
for line in sys.stdin:
    statement, moment = line.split()
    child = os.fork()
    if child == 0:
        connection.ensure_connection()
        left, after = int(statement), moment == "after"
        while sealing.seal(300, timedelta(0)):
            checkpoints.sign_due()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def sealers(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    database = settings.DATABASES["default"]["NAME"]
    process = subprocess.Popen(
        [sys.executable, "-c", SEALERS, database, str(tmp_path / memory.NAME)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "zhili.conf.settings", "ZHILI_DB_POOL": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.communicate(timeout=20)


def killed(statement: int, moment: str, sealers: subprocess.Popen[str]) -> bool:
    """Have a sealer killed there; False when it came to its end before."""
    assert sealers.stdin is not None
    assert sealers.stdout is not None
    sealers.stdin.write(f"{statement} {moment}\n")
    sealers.stdin.flush()
    code = int(sealers.stdout.readline())
    assert code in (0, -signal.SIGKILL)
    return code != 0


def audited() -> list[str]:
    """Everything about the tree, as an audit sees it."""
    report = Report()
    for phase in (Tree((), look=look_at_tiles), Unnumbered(()), Tiles(), Signatures(), Outside()):
        after = None
        while True:
            part = phase.batch(after)
            report.add(phase.name, part)
            after = part.after
            if after is None:
                break
    return [fault.words() for fault in report.faults]


PLACES = [(n, "before") for n in (2, 4, 6, 8, 11, 15, 21)] + [(n, "after") for n in (3, 5, 7, 9, 13, 18, 25)]
"""Of the two dozen statements of one turn of sealing and signing; all of them with ZHILI_TEST_LONG=1."""
if os.environ.get("ZHILI_TEST_LONG") == "1":
    PLACES = [(n, moment) for n in range(1, 40) for moment in ("before", "after")]


def test_killed_at_each_of_its_statements_it_leaves_no_gap_and_no_double(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealers: subprocess.Popen[str]
) -> None:
    file = tmp_path / memory.NAME
    monkeypatch.setattr(memory, "path", lambda: file)
    total, kills = 0, 0
    for statement, moment in PLACES:
        Leaf.objects.bulk_create(
            Leaf(**leaves.row("record", AT, {"n": n}, {}, b"s" * 16)) for n in range(total, total + 120)
        )
        total += 120
        kills += killed(statement, moment, sealers)
        wait_for_the_dead()
        connection.close()
        assert audited() == [], f"killed {moment} statement {statement}"
    sealing.seal_all()
    checkpoints.sign_due()
    sealing.seal_all()  # a key made just now has a leaf too
    assert kills >= len(PLACES) / 2
    assert Leaf.objects.count() == total + SigningKey.objects.count() == Sealed.objects.count()
    assert tiles.tree_size() == Sealed.objects.count()
    assert heads.recounted(tiles.tree_size()).root == heads.current().root
    assert audited() == []
