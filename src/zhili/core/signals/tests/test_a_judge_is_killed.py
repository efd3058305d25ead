"""`kill -9` of a judge at any of its statements: no warning is lost, none comes twice; and two judges are as one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from zhili.core.notices.models import Notice
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Batch, RuleStand, SubjectState, Warning, WarningStep
from zhili.core.signals.tests.judged import Court, Gauge
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.tests.test_leaves_get_their_numbers import wait_for_the_dead

pytestmark = pytest.mark.django_db(transaction=True)
STATEMENTS = (2, 4, 7, 9, 11, 13, 15, 17, 19, 20)
if os.environ.get("ZHILI_TEST_LONG") == "1":
    STATEMENTS = tuple(range(1, 40))


# One process that has read the site and waits; for each number it is told it forks a judge that takes one turn and
# ends itself with SIGKILL just before that statement of it (COMMIT counts as one).
COURT = """
import os, signal, sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
import psycopg
from zhili.core.signals import registry
from zhili.core.signals.judge import judging_run
from zhili.core.signals.tests.judged import MEASURES, RULES
registry._own.clear()
registry.declare(*MEASURES, *RULES)
left = 0

def counted(call):
    def one(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    return one

for cls in {psycopg.Cursor, psycopg.ClientCursor}:
    cls.execute = counted(cls.execute)
psycopg.Connection.commit = counted(psycopg.Connection.commit)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        connection.ensure_connection()
        left = int(line)
        judging_run.run_once()
        os._exit(0)
    print(os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)
"""


class Judges:
    """Judges that are killed, one after another."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COURT, settings.DATABASES["default"]["NAME"]],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "zhili.conf.settings", "ZHILI_DB_POOL": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def until(self, statement: int) -> int:
        """The signal that ended it; 0 when it came to its end before."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{statement}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> None:
        self.process.communicate(timeout=20)


@pytest.fixture
def judges() -> Iterator[Judges]:
    made = Judges()
    yield made
    made.end()


def settled(court: Court, gauges: list[Gauge]) -> None:
    """One warning for each that was over the limit, each with its one step, message and event."""
    assert Batch.objects.count() == 0
    told = sorted(Warning.objects.values_list("subject_id", flat=True))
    assert told == sorted(one.source.pk for one in gauges)
    assert sorted(WarningStep.objects.values_list("warning_id", flat=True)) == sorted(
        Warning.objects.values_list("pk", flat=True)
    )
    assert Notice.objects.filter(kind="signals.test.water").count() == len(gauges)
    assert StreamEvent.objects.filter(type="signals.warning").count() == len(gauges)
    assert RuleStand.objects.get(name="test.water").fired == len(gauges)


def test_killed_at_any_of_its_statements(court: Court, judges: Judges) -> None:
    gauges = [court.gauge(f"g-{n}") for n in range(len(STATEMENTS))]
    kills = 0
    for gauge, statement in zip(gauges, STATEMENTS, strict=True):
        gauge.says(water_level=0.2)
        gauge.says(water_level=0.9)
        kills += judges.until(statement) == signal.SIGKILL
        wait_for_the_dead()
    assert kills >= len(STATEMENTS) / 2
    court.judge()
    settled(court, gauges)
    # and each remembers that it is over the limit: no second warning for the same height of water
    for gauge in gauges:
        gauge.says(water_level=0.95)
    court.judge()
    settled(court, gauges)
    assert SubjectState.objects.filter(kind="device").count() == len(gauges)


def test_two_judges_at_once(court: Court) -> None:
    gauges = [court.gauge(f"g-{n}") for n in range(12)]
    stop = threading.Event()
    judges = [judging_run.Judge(), judging_run.Judge()]
    failed: list[BaseException] = []

    def work(judge: judging_run.Judge) -> None:
        try:
            while not stop.is_set():
                judge.once()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(one,)) for one in judges]
    for thread in threads:
        thread.start()
    for level in (0.2, 0.9, 0.95, 0.96):
        for gauge in gauges:
            gauge.says(water_level=level)
    patience = time.monotonic() + 60
    while Batch.objects.exists() and time.monotonic() < patience and not failed:
        stop.wait(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    settled(court, gauges)
