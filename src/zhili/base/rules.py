"""An automated rule, declared: what it does by itself, why, on what, and who decides. Every one is public.

A rule that is not declared cannot be found in the public register; what acts by itself on matters declares itself here.
Its subject is never a person: "matters, not persons" is refused at the moment of declaring, not promised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SUBJECTS: Final = frozenset(
    {
        "matter",
        "place",
        "premises",
        "thing",
        "device",
        "category",
        "office",
        "project",
        "firm",
        "deadline",
        "file",
        "data",
        "wearer",
    }
)
"""What a rule may be about. A natural person is not among them (a firm never means a sole trader), but for a wearer who
agreed and can take it back: only a ``SignalRule`` with ``consent`` may be about one, see
``core.signals.registry.faults``."""


@dataclass(frozen=True, slots=True)
class AutomatedRule:
    """``name``: unique in a site. The sentences are Chinese source texts.

    ``purpose``: what it is for. ``reads``: which data it looks at. ``does``: what follows by itself. ``decides``: who
    decides, and how a person undoes it. ``ground``: where it comes from. ``params``: keys of the parameters it goes by.
    ``until``: ISO date after which it must be renewed; it is the default of the parameter ``rules.NAME.until``.
    ``stops``: whether it does nothing any more once that day has passed; what the law or a promised time limit
    demands goes on and is only shown as due for review.
    """

    name: str
    title: str
    purpose: str
    subject: str
    reads: str
    does: str
    decides: str
    ground: str = "平台约定，城市可改"
    params: tuple[str, ...] = ()
    until: str = "2027-12-31"
    stops: bool = True

    def __post_init__(self) -> None:
        if self.subject not in SUBJECTS:
            raise ValueError(f"rule {self.name}: {self.subject!r} is nothing a rule may be about")
        if not all((self.name, self.title, self.purpose, self.reads, self.does, self.decides, self.ground)):
            raise ValueError(f"rule {self.name or '?'} must say what it is for, what it does and who decides")

    @property
    def param(self) -> str:
        """The parameter that holds its last day."""
        return f"rules.{self.name}.until"
