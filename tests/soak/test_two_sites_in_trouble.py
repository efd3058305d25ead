"""Two thousand matters between two sites, while either is killed, part by part, and the line between them fails."""

import os
import threading
import time
from pathlib import Path

import pytest

from tests.running import until
from tests.two_sites import judge
from tests.two_sites.sites import made_pair
from tests.two_sites.trouble import Trouble
from tests.two_sites.work import Officers

pytestmark = [pytest.mark.soak, pytest.mark.django_db]
EACH = int(os.environ.get("ZHILI_TWO_SITES_EACH", "1000"))
KINDS = ("web", "worker", "database", "backend", "supervisor")


def test_both_agree_on_every_one_of_two_thousand_matters(django_db_setup: None) -> None:
    with made_pair() as pair:
        officers, over = Officers(pair, EACH), threading.Event()
        trouble = Trouble(pair, rate=0.3)
        for line in pair.lines:
            line.longest_delay = 3.0
        began = time.monotonic()
        officers.start()
        plugs = trouble.beside(over, KINDS, pause=(3, 15))
        try:
            until(lambda: officers.done() or trouble.failure, 3600, "all matters to be worked on")
        finally:
            over.set()
            plugs.join(150)
            ledger = officers.stop()
            trouble.stop()
            told = f"{len(ledger.matters)} matters in {time.monotonic() - began:.0f} s\n{trouble.told()}"
            print(told, dict(ledger.heard))
            if kept := os.environ.get("ZHILI_TWO_SITES_TOLD"):
                Path(kept).write_text(told)
        assert trouble.failure is None, trouble.failure
        assert not ledger.wrong, ledger.wrong[:10]
        until(lambda: judge.settled(pair), 300, "both sites to have told one another everything")
        found = judge.faults_found(pair, ledger)
        assert not found, "\n".join(found[:30])
        assert not (audited := judge.audited(pair)), audited
