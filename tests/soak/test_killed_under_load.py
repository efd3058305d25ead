"""kill -9 of web, worker, database and supervisor while people report: what was accepted is there, once."""

import os
import time

import pytest

from tests.running import until
from tests.soak.city import City, made_city
from tests.soak.clients import Crowd, Ledger, promises
from tests.soak.faults import Faults

pytestmark = [pytest.mark.xdist_group("soak"), pytest.mark.slow]
EVERYTHING = ("web", "web worker", "worker", "extra worker", "database", "backend", "supervisor")


def all_is_as_promised(city: City, ledger: Ledger, least: int) -> dict[str, int]:
    """Once the streams have run dry: nothing strange was answered, nothing is lost, nothing is there twice."""
    assert ledger.wrong == []
    until(city.settled, 90, "the streams to run dry")
    seen = city.inside("judge", list(promises(ledger)))
    assert seen["wrong"] == []
    assert len(ledger.reports) >= least, ledger.heard
    counts: dict[str, int] = seen["counts"]
    return counts


def test_what_was_accepted_is_there_once_after_two_kills(city: City) -> None:
    city.start_extra_worker()
    crowd = Crowd(f"http://127.0.0.1:{city.port}", city.inside("prepare"), residents=2, offices=1)
    faults = Faults(city)
    crowd.start()
    try:
        until(lambda: len(crowd.ledger.reports) >= 20, 30, "the load to begin")
        for kind in ("database", "web"):
            faults.one(kind)
            enough = len(crowd.ledger.reports) + 20
            until(lambda: len(crowd.ledger.reports) >= enough, 60, "reports to be taken again")  # noqa: B023
    finally:
        ledger = crowd.stop()
        city.stop_extra_worker()
    all_is_as_promised(city, ledger, least=60)
    assert faults.done == {"database": 1, "web": 1}
    assert city.stop() == 0
    assert city.belongings() == []


@pytest.mark.soak
def test_what_was_accepted_is_there_once_after_minutes_of_kills() -> None:
    seconds = float(os.environ.get("ZHILI_SOAK_SECONDS", "420"))
    with made_city() as city:
        city.start()
        city.start_extra_worker()
        crowd = Crowd(f"http://127.0.0.1:{city.port}", city.inside("prepare"), residents=3, offices=2)
        faults = Faults(city)
        crowd.start()
        try:
            faults.beside(time.monotonic() + seconds, EVERYTHING).join()
        finally:
            ledger = crowd.stop()
            city.stop_extra_worker()
        assert faults.failure is None, faults.failure
        counts = all_is_as_promised(city, ledger, least=int(seconds))
        print(f"\n{counts}; kills {dict(faults.done)}; slowest return {faults.slowest}; {dict(ledger.heard)}")
        assert set(faults.done) == set(EVERYTHING)
        assert city.stop() == 0
        assert city.belongings() == []
