"""The worker goes on whatever happens to one of its jobs."""

import pytest
from django.db import OperationalError

from zhili.conf.jobs import Job, jobs
from zhili.conf.models import Heartbeat
from zhili.conf.work import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_failing_job_waits_and_does_not_stop_the_others() -> None:
    calls: list[str] = []

    def bad() -> int:
        calls.append("bad")
        raise ValueError("no")

    def good() -> int:
        calls.append("good")
        return 1

    worker = Worker([Job("bad", bad), Job("good", good)], name="t")
    assert worker.round()
    assert worker.round()
    assert calls == ["bad", "good", "good"]


def test_a_database_that_is_away_is_not_held_against_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("zhili.conf.jobs.time.monotonic", lambda: clock[0])
    tries: list[float] = []

    def away() -> int:
        tries.append(clock[0])
        raise OperationalError("server closed the connection unexpectedly")

    job = Job("stream", away)
    for _ in range(60):
        job.turn()
        clock[0] += 0.5
    assert tries == [100.0 + second for second in range(30)]


def test_a_job_that_found_nothing_waits_its_time_and_one_that_found_something_goes_on() -> None:
    found = [3, 0, 9]
    job = Job("sweep", lambda: found.pop(0), every=60)
    assert [job.turn(), job.turn(), job.turn()] == [3, 0, 0]
    assert found == [9]


def test_it_leaves_a_sign_of_life_and_takes_it_away_when_it_ends() -> None:
    worker = Worker([], name="t")
    seen: list[int] = []

    def look() -> int:
        seen.append(Heartbeat.objects.filter(name="t").count())
        worker.stopping.set()
        return 0

    worker.duties = [Job("look", look)]
    worker.run()
    assert seen == [1]
    assert not Heartbeat.objects.filter(name="t").exists()


def test_told_to_stop_it_ends_after_the_job_in_hand() -> None:
    calls: list[str] = []
    worker = Worker([], name="t")

    def first() -> int:
        calls.append("first")
        worker.stopping.set()
        return 1

    worker.duties = [Job("first", first), Job("second", lambda: calls.append("second") or 1)]
    worker.run()
    assert calls == ["first"]


def test_the_outbox_is_read_by_the_worker() -> None:
    assert "streams" in {job.name for job in jobs()}
