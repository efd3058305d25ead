"""What comes in by the protocol: verified, put in order, applied, answered after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    """An answer as HTTP has it."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def receive(method: str, url: str, headers: Mapping[str, str], body: bytes, *, gate: bool = False) -> Reply:
    """One delivery, whatever it came by. ``url``: the target as signed. ``gate``: it came as a file.

    Never raises for what a stranger sent: every refusal is a Reply of the protocol.
    """
    raise NotImplementedError
