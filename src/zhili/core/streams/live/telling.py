"""What screens are told: an event of the outbox in words, who may hear it, and who puts it so."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from django.db import DatabaseError

from zhili.core.streams.live.position import Position

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox."""

    id: int
    xid: int
    at: datetime
    type: str
    subject: int | None
    payload: Mapping[str, Any]

    @property
    def place(self) -> Position:
        return Position(self.xid, self.id)


class Audience(Protocol):
    """Who may hear something: decided from what it says of itself, without a query."""

    def admits(self, who: Any) -> bool: ...


@dataclass(frozen=True)
class Told:
    """One message. ``topics``: any of which a screen asked for. ``data``: JSON text by language code."""

    row: Row
    event: str
    topics: frozenset[str]
    audience: Audience
    data: Mapping[str, str]

    @cached_property
    def frames(self) -> dict[str, bytes]:
        """As sent, by language, without its `id:` line: that says how far the whole stream is."""
        return {lang: f"event: {self.event}\ndata: {text}\n".encode() for lang, text in self.data.items()}


@dataclass(frozen=True)
class Listener:
    """Whoever looks at a screen, as far as it decides what is shown there. Screens with equal ones are one group."""

    who: Any
    topics: frozenset[str]
    language: str = field(default="zh-hans")

    def hears(self, told: Told) -> bool:
        return not self.topics.isdisjoint(told.topics) and told.audience.admits(self.who)


Teller = Callable[[list[Row]], Iterable[Told]]
_tellers: dict[str, list[Teller]] = {}


def register(types: frozenset[str], teller: Teller) -> None:
    """Make a teller known for these types of event; called in an app's ready().

    A type may have several, each for listeners of its own: posts are told of a warning in one way, a television in
    another. Registered twice, one tells once.

    It is given many rows at once, in the thread of the process's one reader, and may ask the database for what it
    needs of all of them together. What it leaves out is not told.
    """
    for one in types:
        if teller not in (known := _tellers.setdefault(one, [])):
            known.append(teller)


def types() -> list[str]:
    """Every type of event somebody tells."""
    return sorted(_tellers)


def tell(rows: list[Row]) -> list[Told]:
    """The rows in words, in their order."""
    by_teller: dict[Teller, list[Row]] = {}
    for row in rows:
        for teller in _tellers.get(row.type, ()):
            by_teller.setdefault(teller, []).append(row)
    told = [one for teller, its in by_teller.items() for one in _told(teller, its)]
    return sorted(told, key=lambda one: one.row.id)


def _told(teller: Teller, rows: list[Row]) -> list[Told]:
    """An event that cannot be told is left out, and stops none of the others."""
    try:
        return list(teller(rows))
    except DatabaseError:
        raise  # no event's fault
    except Exception:
        if len(rows) == 1:
            log.exception("event %s cannot be told to screens", rows[0].id)
            return []
    return [told for row in rows for told in _told(teller, [row])]
