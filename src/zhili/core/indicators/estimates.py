"""Figures found by looking again at a sample: how many, how sure, and beside which reported figure they belong.

A scenario that has such samples registers where they come from; the statistics page and the API show them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zhili.base.margins import Share

SMALLEST: Final = 5
"""Fewer results than this are not shown by themselves."""


@dataclass(frozen=True, slots=True)
class OfficeCell:
    """One office's part of a sample; never a person's."""

    office_id: int
    name: str
    whole: int
    part: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """One sample. ``share`` is None while fewer than SMALLEST results tell anything."""

    title: str
    period: str
    draw_id: int
    population: int
    """How many the sample was drawn from; all of them reported as fixed."""
    drawn: int
    waiting: int
    not_placed: int
    """Drawn, but no office without a part in it could look."""
    unseen: int
    partly: int
    not_fixed: int
    fixed: int
    share: Share | None
    by_office: tuple[OfficeCell, ...] = ()
    hidden: int = 0
    """Results of offices whose own number is too small to show."""

    @property
    def conclusive(self) -> int:
        """Results that tell whether it was fixed."""
        return self.fixed + self.partly + self.not_fixed

    def as_json(self) -> dict[str, Any]:
        """As published."""
        share = self.share
        return {
            "title": self.title,
            "period": self.period,
            "draw": self.draw_id,
            "population": self.population,
            "drawn": self.drawn,
            "waiting": self.waiting,
            "not_placed": self.not_placed,
            "unseen": self.unseen,
            "conclusive": self.conclusive,
            "fixed": self.fixed if share else None,
            "partly": self.partly if share else None,
            "not_fixed": self.not_fixed if share else None,
            "reported_fixed_share": 1.0,
            "true_fixed_share": round(share.share, 4) if share else None,
            "low_95": round(share.low, 4) if share else None,
            "high_95": round(share.high, 4) if share else None,
            "by_office": [{"office": c.name, "results": c.whole, "fixed": c.part} for c in self.by_office],
            "hidden_results": self.hidden,
        }


def shown_cells(cells: Sequence[OfficeCell]) -> tuple[tuple[OfficeCell, ...], int]:
    """The offices whose number may stand by itself, and how many results are left out.

    One small office alone could be told from the total, so the next smallest is then left out with it.
    """
    ranked = sorted(cells, key=lambda c: (-c.whole, c.name))
    shown = [c for c in ranked if c.whole >= SMALLEST]
    if len(ranked) - len(shown) == 1 and shown:
        shown.pop()
    return tuple(shown), sum(c.whole for c in ranked) - sum(c.whole for c in shown)


Source = Callable[[], Sequence[Estimate]]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Make a scenario's samples known: the newest first, a few."""
    _sources[name] = source


def latest() -> list[Estimate]:
    """The newest samples of every scenario."""
    return [one for source in _sources.values() for one in source()]
