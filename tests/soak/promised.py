"""The end of each test of kills: what was promised is there, once."""

from tests.running import until
from tests.soak.city import City
from tests.soak.clients import Ledger, promises


def all_is_as_promised(city: City, ledger: Ledger, least: int) -> dict[str, int]:
    """Once the streams have run dry: nothing strange was answered, nothing is lost, nothing is there twice."""
    assert not ledger.wrong, ledger.wrong[:20]
    until(city.settled, 90, "the streams to run dry")
    seen = city.inside("judge", list(promises(ledger)))
    assert not seen["wrong"], seen["wrong"][:20]
    assert len(ledger.reports) >= least, ledger.heard
    counts: dict[str, int] = seen["counts"]
    return counts
