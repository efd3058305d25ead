"""Two real sites, one matter: the line between is cut, delayed and repeated, and processes of both are killed.

The long form is tests/soak/test_two_sites_in_trouble.py.
"""

from collections.abc import Iterator

import pytest

from tests.running import until
from tests.two_sites import judge
from tests.two_sites.sites import Pair, made_pair
from tests.two_sites.trouble import Trouble
from tests.two_sites.work import Officers

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EACH = 30


@pytest.fixture(scope="module")
def pair(django_db_setup: None) -> Iterator[Pair]:
    with made_pair() as found:
        yield found


def test_both_agree_on_every_matter_after_cuts_repeats_and_kills(pair: Pair) -> None:
    officers = Officers(pair, EACH)
    trouble = Trouble(pair, rate=0.3)
    officers.start()
    try:
        for part, (side, kind) in enumerate(
            (("jinshan", "worker"), ("pinghu", "database"), ("jinshan", "web"), ("pinghu", "worker"))
        ):
            until(lambda: officers.done() or officers.progress() >= part * 8, 60, "matters to be worked on")  # noqa: B023
            trouble.kill(side, kind, wait=False)
        trouble.cut(1.5)
        until(officers.done, 90, "all matters to be worked on")
    finally:
        ledger = officers.stop()
        trouble.stop()
        print(trouble.told(), dict(ledger.heard))
    assert not ledger.wrong, ledger.wrong[:10]
    assert len(ledger.matters) == 2 * EACH
    until(lambda: judge.settled(pair), 60, "both sites to have told one another everything")
    found = judge.faults_found(pair, ledger)
    assert not found, "\n".join(found[:20])
    assert not (audited := judge.audited(pair)), audited
