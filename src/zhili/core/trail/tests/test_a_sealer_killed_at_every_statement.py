"""A sealer killed at any of its statements leaves whole batches or nothing: numbers, tiles, heads, signatures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
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

# The process ends itself with SIGKILL just before (and then just after) its nth statement, COPY and COMMIT among them.
SEALER = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
import psycopg
from zhili.core.trail import checkpoints, memory, sealing
memory.path = lambda: Path(sys.argv[4])
left = int(sys.argv[2])
after = sys.argv[3] == "after"

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
connection.ensure_connection()
left = int(sys.argv[2])
while sealing.seal(300, timedelta(0)):
    checkpoints.sign_due()
print("done", flush=True)
"""


def killed(statement: int, moment: str, file: Path) -> bool:
    """Run a sealer that is killed there; False when it came to its end before."""
    database = settings.DATABASES["default"]["NAME"]
    process = subprocess.run(
        [sys.executable, "-c", SEALER, database, str(statement), moment, str(file)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "zhili.conf.settings", "ZHILI_DB_POOL": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode in (0, -signal.SIGKILL), process.stderr
    return process.returncode != 0


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / memory.NAME
    monkeypatch.setattr(memory, "path", lambda: file)
    total, kills = 0, 0
    for statement, moment in PLACES:
        Leaf.objects.bulk_create(
            Leaf(**leaves.row("record", AT, {"n": n}, {}, b"s" * 16)) for n in range(total, total + 120)
        )
        total += 120
        kills += killed(statement, moment, file)
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
