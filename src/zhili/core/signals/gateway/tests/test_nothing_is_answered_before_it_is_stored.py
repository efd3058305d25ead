"""Many messages into few transactions, in order; while the database is away nobody is answered."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from zhili.core.signals.gateway import gathering
from zhili.core.signals.gateway.counting import Counts
from zhili.core.signals.gateway.gathering import Arrived, Gatherer
from zhili.core.signals.gateway.tests.doubles import Kept


def gathered(story: Callable[[Gatherer, Counts], Coroutine[None, None, None]], **given: int) -> None:
    async def run() -> None:
        counts = Counts()
        gatherer = Gatherer(counts, **given)  # type: ignore[arg-type]
        gatherer.start()
        await story(gatherer, counts)
        await gatherer.stop()

    asyncio.run(run())


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not what():
            await asyncio.sleep(0.005)


def said(number: int, told: list[int], raw: bytes | None = None) -> Arrived:
    body = raw if raw is not None else b'{"seq": %d, "steps": 5}' % number
    return Arrived("mqtt", body, lambda verdicts: told.append(number), "A1")


def test_a_thousand_messages_are_few_transactions_and_answered_in_order(kept: Kept) -> None:
    told: list[int] = []

    async def story(gatherer: Gatherer, counts: Counts) -> None:
        for number in range(1_000):
            gatherer.put(said(number, told))
        await until(lambda: len(told) == 1_000)
        assert counts.waiting == 0
        assert counts.accepted["mqtt"] == 1_000

    gathered(story, batch=400)
    assert kept.batches == [400, 400, 200]
    assert told == list(range(1_000))
    assert [message.sequence for message in kept.messages] == told


def test_while_the_database_is_away_nothing_is_answered_and_nothing_lost(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "FIRST_WAIT", 0.01)
    told: list[int] = []
    kept.away = True

    async def story(gatherer: Gatherer, counts: Counts) -> None:
        for number in range(5):
            gatherer.put(said(number, told))
        await until(lambda: kept.tries >= 3)
        assert told == []
        assert counts.away() > 0
        assert gatherer.full  # room for five only: listeners read no more
        kept.away = False
        await asyncio.wait_for(gatherer.has_room(), 5)
        assert told == [0, 1, 2, 3, 4]
        assert counts.away() == 0

    gathered(story, room=5)


def test_one_message_that_cannot_be_stored_does_not_keep_the_others(kept: Kept) -> None:
    told: list[int] = []
    kept.poison = b"666"

    async def story(gatherer: Gatherer, counts: Counts) -> None:
        for number in range(20):
            gatherer.put(said(number, told, b'{"seq": 7, "steps": 666}' if number == 7 else None))
        gatherer.put(said(20, told, b"no json at all"))
        late = said(21, told)
        late.dropped = True  # its sender has gone away
        gatherer.put(late)
        await until(lambda: len(told) == 21)
        assert counts.undecoded["mqtt"] == 2
        assert counts.accepted["mqtt"] == 19

    gathered(story)
    assert told == list(range(21))
    assert sorted(why for _, _, why in kept.odd)[0].startswith("ValueError: ")
    assert len(kept.odd) == 2
    assert 7 not in kept.sequences()
