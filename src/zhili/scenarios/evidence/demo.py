"""Evidence's share of the demo city: a store room of an enforcement office, and items on their way through it."""

from __future__ import annotations


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    return {}
