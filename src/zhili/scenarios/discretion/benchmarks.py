"""What the benchmark in force says of a case: the range, the rows that fired, and what the statute allows beside it.

A benchmark may not go beyond its clause: its range is cut to the statute's. Where none is in force, or none of its rows
holds, the range is the statute's own and the case says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.forms import FormErrors
from zhili.scenarios.discretion import kinds
from zhili.scenarios.discretion.law import Statute, yuan
from zhili.scenarios.discretion.provisions import Provision


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high`` fen, both in it. ``rows`` of ``table``; empty table: there was none in force."""

    low: int
    high: int
    statute: Statute
    table: str = ""
    number: int | None = None
    rows: tuple[int, ...] = ()
    citations: tuple[str, ...] = ()

    def holds(self, fine: int) -> bool:
        return self.low <= fine <= self.high

    @property
    def words(self) -> str:
        return f"{yuan(self.low)}–{yuan(self.high)} 元"


def judge(provision: Provision, facts: dict[str, Any], ended: date, today: date) -> Range:
    """The range for these facts; the statute's own as long as no benchmark is in force."""
    return Range(provision.low, provision.high, provision.statute)


def read_facts(text: str) -> dict[str, Any]:
    """The facts of a form's hidden answer. FormErrors when it is no JSON object."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise FormErrors({"facts": [_("裁量情节没有读懂，请在页面上重新填写。")]})
    return found


def refuse_beyond(statute: Statute, fine: int, mitigation: str) -> None:
    """A fine beyond what the clause allows is refused, with the article. Below it only by a lawful ground (30–32)."""
    shown = {"fine": yuan(fine), "low": yuan(statute.low), "high": yuan(statute.high), "where": statute.where}
    if fine > statute.high:
        words = _("罚款%(fine)s元超出法定幅度：%(where)s规定%(low)s元至%(high)s元，不能作出。")
        raise Refused("beyond_statute", words % shown)
    if fine < statute.low and mitigation in ("", kinds.MITIGATION_NONE):
        words = _(
            "罚款%(fine)s元低于法定幅度：%(where)s规定%(low)s元至%(high)s元。"
            "低于下限是减轻处罚，须有行政处罚法第三十条至第三十二条的情形。"
        )
        raise Refused("below_statute", words % shown)
