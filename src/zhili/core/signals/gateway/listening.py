"""What a listener is, and which there are.

A listener takes what devices say from somewhere, hands it to the `Gatherer` as `Arrived`, and answers the device when
it is told the verdicts, never before. One for JT/T 808 (TCP), or one that reads a JetStream consumer (its message
acknowledged as a PUBACK is here), is a class with `run`, a decoder, and one line with `register`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from zhili.core.signals.gateway.counting import Counts
from zhili.core.signals.gateway.gathering import Gatherer
from zhili.core.signals.gateway.options import Options


@dataclass(frozen=True)
class Surroundings:
    """What every listener is given."""

    options: Options
    gatherer: Gatherer
    counts: Counts


class Listener(Protocol):
    """Runs until it is cancelled. Whatever it raises is told, and it is started again after a pause."""

    name: str

    async def run(self) -> None: ...


Make = Callable[[Surroundings], list[Listener]]
_makers: dict[str, Make] = {}


def register(name: str, make: Make) -> None:
    """`make` gives the listeners its options ask for: none, one, or one for each broker."""
    _makers[name] = make


def listeners(around: Surroundings) -> list[Listener]:
    return [listener for make in _makers.values() for listener in make(around)]
