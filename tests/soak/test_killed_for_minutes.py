"""kill -9 of every process in turn, for minutes, while people report and offices act."""

import os
import time

import pytest

from tests.soak.city import made_city
from tests.soak.clients import Crowd
from tests.soak.faults import Faults
from tests.soak.promised import all_is_as_promised

pytestmark = [pytest.mark.soak, pytest.mark.slow]
EVERYTHING = ("web", "web worker", "worker", "extra worker", "database", "backend", "supervisor")


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
