"""The border's share of the demo city. Parts in folders of their own add their ``demo.load()`` at the end."""

from __future__ import annotations


def load() -> dict[str, int]:
    """Make it once. Returns how many there are of each."""
    return {}
