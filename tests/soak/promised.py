"""The end of each test of kills: what was promised is there, once."""

from tests.running import until
from tests.soak.city import City
from tests.soak.clients import Ledger, promises


def all_is_as_promised(
    city: City, ledger: Ledger, least: int, there_before: frozenset[str] = frozenset()
) -> dict[str, int]:
    """Once the streams have run dry: nothing strange was answered, nothing is lost, nothing is there twice.

    ``there_before``: numbers promised by somebody else's ledger, such as those a backup brought.
    """
    assert not ledger.wrong, ledger.wrong[:20]
    until(city.settled, 90, "the streams to run dry")
    seen = city.inside("judge", list(promises(ledger)))
    others = {f"{number} was promised to nobody" for number in there_before}
    wrong = [sentence for sentence in seen["wrong"] if sentence not in others]
    assert not wrong, wrong[:20]
    assert len(ledger.reports) >= least, ledger.heard
    counts: dict[str, int] = seen["counts"]
    return counts
