import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from zhili.core.signals.models import Measurement, Source
from zhili.core.signals.store import keeping, storing
from zhili.core.signals.store.storing import Message, Said, Verdict
from zhili.core.signals.tests.conftest import Sender

WAYS, READINGS = 6, 80


@pytest.mark.django_db(transaction=True)
def test_the_same_readings_by_many_ways_at_once_are_stored_and_judged_once(sender: Sender) -> None:
    """Each way delivers everything, in an order and in batches of its own, as brokers do after a broken line."""
    keeping.forget()
    sources = [sender(f"w{n}", per_minute=0)[0] for n in range(4)]
    now = datetime.now(UTC)
    everything = [
        Message(one.number, "mqtt", (Said("battery", now - timedelta(minutes=n), 0.5),), b"", now)
        for n in range(READINGS)
        for one in sources
    ]

    def deliver(way: int) -> list[Verdict]:
        mine = random.Random(way).sample(everything, len(everything))
        try:
            return [
                verdict for at in range(0, len(mine), 37) for verdict in storing.accept(mine[at : at + 37])
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(WAYS) as pool:
        verdicts = [verdict for found in pool.map(deliver, range(WAYS)) for verdict in found]
    assert sum(one.accepted for one in verdicts) == len(everything), "each is accepted once"
    assert {one.why for one in verdicts} == {"", "replayed"}
    assert Measurement.objects.count() == len(everything)
    queued = [reading for batch in storing.unjudged(10_000) for reading in batch.readings]
    assert len(queued) == len({(one.source, one.at) for one in queued}) == len(everything)
    assert sum(one.readings for one in storing.statistics(5)) == len(everything)
    assert Source.objects.filter(last_seen_at=now).count() == len(sources)
    keeping.forget()
