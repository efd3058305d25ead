"""What a consumer is, and which there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """An event as read from the outbox."""

    id: int
    xid: int
    at: datetime
    type: str
    subject: int | None
    payload: dict[str, Any]


class Consumer:
    """Reads the stream from its own position.

    `handle` runs in the transaction that stores the position, so what it writes to this database
    happens exactly once. It must do no other I/O: whatever leaves the database (mail, a call) is
    written as a row and sent by a loop of its own.
    """

    name: ClassVar[str]
    # Types of event it wants; None for all. The others are passed over.
    types: ClassVar[frozenset[str] | None] = None
    # Tries before an event is parked, and the waits between them.
    tries: ClassVar[int] = 6
    # A consumer added to a running site starts at the first event kept, or at today's end.
    from_start: ClassVar[bool] = True

    def handle(self, events: list[Event]) -> None:
        """Take these events, in order; raise to have them tried again."""
        raise NotImplementedError

    def wait(self, attempts: int) -> timedelta:
        """How long to wait after this many failed tries: 2, 4, 8 … seconds, at most five minutes."""
        return timedelta(seconds=min(2**attempts, 300))


_consumers: dict[str, Consumer] = {}


def register(consumer: Consumer) -> Consumer:
    """Make a consumer known to the worker; called in an app's ready()."""
    known = _consumers.get(consumer.name)
    if known is not None and type(known) is not type(consumer):
        raise ValueError(f"two consumers are named {consumer.name!r}")
    _consumers[consumer.name] = consumer
    return consumer


def consumers() -> dict[str, Consumer]:
    """All registered consumers by name."""
    return dict(_consumers)
