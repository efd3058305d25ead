"""A store in memory, and a gateway in a thread of this process."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.db import OperationalError

from zhili.core.signals.gateway import gathering, running, trusted
from zhili.core.signals.gateway.listening import Surroundings
from zhili.core.signals.gateway.options import Options
from zhili.core.signals.store.storing import Message, Verdict


class Kept:
    """Takes every message once by number and sequence; away, broken or slow as it is told."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.odd: list[tuple[str, bytes, str]] = []
        self.batches: list[int] = []
        self.tries = 0
        self.away = False
        self.poison = b"\0"  # a message holding this breaks the transaction
        self.keys = {"A1": "key of A1"}
        self.whys: dict[str, str] = {}  # number → refused for
        self._seen: set[tuple[str, int]] = set()

    def accept(self, messages: Sequence[Message]) -> list[Verdict]:
        self.tries += 1
        if self.away:
            raise OperationalError("the server closed the connection")
        if any(self.poison in message.raw for message in messages):
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        self.batches.append(len(messages))
        return [self._one(message) for message in messages]

    def _one(self, message: Message) -> Verdict:
        if why := self.whys.get(message.number):
            return Verdict(False, why)
        if message.sequence is not None:
            if (message.number, message.sequence) in self._seen:
                return Verdict(False, "replayed")
            self._seen.add((message.number, message.sequence))
        self.messages.append(message)
        return Verdict(True)

    def undecoded(self, channel: str, raw: bytes, why: str) -> None:
        if self.away:
            raise OperationalError("the server closed the connection")
        self.odd.append((channel, raw, why))

    def admits(self, number: str, key: str) -> bool:
        return self.keys.get(number) == key

    def sequences(self) -> list[int | None]:
        return sorted(message.sequence or 0 for message in self.messages)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    one = Kept()
    monkeypatch.setattr(gathering, "accept", one.accept)
    monkeypatch.setattr(gathering, "undecoded", one.undecoded)
    monkeypatch.setattr(gathering, "close_old_connections", lambda: None)
    monkeypatch.setattr(gathering.connection, "close", lambda: None)
    monkeypatch.setattr(trusted, "admits", one.admits)
    return one


@contextmanager
def gateway(options: Options) -> Iterator[Surroundings]:
    """All its listeners, until the block ends; then stopped in good order."""
    started = threading.Event()
    held: dict[str, object] = {}

    async def main() -> None:
        held["loop"], held["task"] = asyncio.get_running_loop(), asyncio.current_task()

        def ready(around: Surroundings) -> None:
            held["around"] = around
            started.set()

        await running.serve(options, ready)

    def run() -> None:
        try:
            asyncio.run(main())
        except asyncio.CancelledError:
            pass
        finally:
            started.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield held["around"]  # type: ignore[misc]
    finally:
        held["loop"].call_soon_threadsafe(held["task"].cancel)  # type: ignore[attr-defined]
        thread.join(20)
        assert not thread.is_alive()
