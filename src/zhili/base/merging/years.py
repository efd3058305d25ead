"""A plan over New Year: each year has its own cap, so each year's days are merged by themselves, the earlier first.

What finds its place in the earlier year stays there; what is left and still due in the next is merged again with that
year's days. The bound is of all that is placed, over both years, so it holds whichever way the checks are shared out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zhili.base.merging.asked import Checks, Ints, Terms
from zhili.base.merging.bound import lower_bound
from zhili.base.merging.merged import NONE, Merged, Visit, Why
from zhili.base.merging.method import merge


def merge_years(checks: Checks, years: Sequence[Terms]) -> Merged:
    """One plan of checks whose days count on through all these terms. ``years``: terms of consecutive days, in order.

    Objects, bodies and bodies that may go together are the same in all; minutes and what a business has left are each
    year's own. With one year it is `merge`. Raises MergeError.
    """
    if len(years) == 1:
        return merge(checks, years[0])
    visits: list[Visit] = []
    visit = np.full(len(checks), NONE, dtype=np.int64)
    why = np.full(len(checks), int(Why.OUTSIDE), dtype=np.int64)
    begins = 0
    for terms in years:
        rows = np.flatnonzero(
            (visit == NONE) & (checks.last >= begins) & (checks.first < begins + terms.days)
        )
        part = checks.some(rows)
        found = merge(replace(part, first=part.first - begins, last=part.last - begins), terms)
        visit[rows] = np.where(found.visit >= 0, found.visit + len(visits), NONE)
        why[rows] = found.why
        visits += [_whole(one, rows, begins) for one in found.visits]
        begins += terms.days
    bound = lower_bound(checks.some(visit >= 0), years[0].compatible)
    return Merged(checks, years[0], visits, visit, why, bound)


def _whole(one: Visit, rows: Ints, begins: int) -> Visit:
    """A visit by the rows and days of the whole plan."""
    return replace(
        one,
        day=one.day + begins,
        checks=tuple(int(rows[c]) for c in one.checks),
        begins=one.begins + begins,
        ends=one.ends + begins,
        opened_by=int(rows[one.opened_by]),
        closed_by=int(rows[one.closed_by]),
    )
