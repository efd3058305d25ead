"""Asking an outside register whether a name and an identity number belong together.

A site that is connected sets one with ``connect``; without it, every registration says honestly "not connected".
No face is compared anywhere: a document's photo is kept sealed for whoever has to look, and read by no program.
"""

from __future__ import annotations

from typing import Literal, Protocol

Answer = Literal["not_connected", "matched", "differs"]


class Verifier(Protocol):
    """``check`` must answer within a few seconds, and say "not_connected" when it has no answer."""

    def check(self, name: str, citizen_id: str) -> Answer: ...


class NotConnected:
    def check(self, name: str, citizen_id: str) -> Answer:
        return "not_connected"


_verifier: Verifier = NotConnected()


def connect(verifier: Verifier) -> None:
    """Use this one from now on; called in an app's ready()."""
    global _verifier
    _verifier = verifier


def verifier() -> Verifier:
    return _verifier
