"""Refusals, in words for the person who asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class Refused(Exception):
    """The action was not taken, and nothing was changed.

    ``status`` is the HTTP status that fits: 403 not yours to do, 404 no such matter (or not yours to see),
    409 the matter has moved on, 422 what was asked does not fit. ``code`` is a stable word for programs.
    """

    def __init__(self, code: str, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class Stale(Refused):
    """The case moved on since it was read. ``steps`` are those taken since, oldest first; ``case`` as it is now."""

    def __init__(self, message: str, steps: Sequence[Any] = (), case: Any = None) -> None:
        super().__init__("stale", message, 409)
        self.steps = list(steps)
        self.case = case


class KeptRefusal(Refused):
    """A refusal that is itself evidence: nothing of the step is kept, but that it was refused, and why, is.

    ``keep`` writes it; the door calls it once the step's own transaction is over.
    """

    def __init__(self, code: str, message: str, keep: Callable[[], None], status: int = 422) -> None:
        super().__init__(code, message, status)
        self.keep = keep
