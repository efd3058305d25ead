"""What two demo cities at a border are told of one another, by the commands an operator uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhili.commands.border import Side

SHOWN = ("resident", "grid", "county", "joint", "commander")
"""Those of the demo's accounts who have a part at the border."""
WAY = ()


def introduce(sides: Sequence[Side]) -> Iterator[str]:
    """Sentences as it goes on."""
    yield from ()
