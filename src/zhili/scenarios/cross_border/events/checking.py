"""The plan check: what a security plan lacks, each gap named plainly. Pure; it warns, a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Kind = Literal["no_posts", "no_shift", "hole", "overlap", "no_contact", "no_drill", "open_finding"]


@dataclass(frozen=True, slots=True)
class Post:
    """A post (岗位) of the plan: where somebody stands and what is done there. ``key``: its id."""

    key: int
    name: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A team at a post, from when to when. ``side`` and ``team`` say whose; no person is named."""

    post: int
    side: str
    team: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill held before the event; ``open``: it found something that is not mended."""

    held: datetime
    open: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing. ``words`` is a sentence in Chinese source, ``facts`` fill it."""

    kind: Kind
    words: Any
    facts: dict[str, Any]

    @property
    def text(self) -> str:
        return str(self.words) % self.facts


@dataclass(frozen=True, slots=True)
class Plan:
    """What is checked. ``large``: from so many people expected on, a drill must be held first."""

    starts: datetime
    ends: datetime
    expected: int
    posts: Sequence[Post]
    shifts: Sequence[Shift]
    contacts: int
    drills: Sequence[Drill]
    large: int


def gaps(plan: Plan) -> list[Gap]:
    """Everything the plan lacks, gravest first."""
    found: list[Gap] = []
    if not plan.posts:
        found.append(Gap("no_posts", _("还没有岗位"), {}))
    for post in plan.posts:
        found += _of_post(post, plan)
    found += _overlaps(plan.shifts, {one.key: one.name for one in plan.posts})
    if plan.contacts == 0:
        found.append(Gap("no_contact", _("没有写联络电话：出事时不知道打给谁"), {}))
    if plan.expected >= plan.large and not any(one.held < plan.starts for one in plan.drills):
        words = _("预计 %(n)d 人，达到 %(large)d 人，活动前没有演练")
        found.append(Gap("no_drill", words, {"n": plan.expected, "large": plan.large}))
    unmended = sum(one.open for one in plan.drills)
    if unmended:
        found.append(Gap("open_finding", _("演练发现的问题还有 %(n)d 处没有改好"), {"n": unmended}))
    return found


def _of_post(post: Post, plan: Plan) -> list[Gap]:
    """A post without a shift, or with a time in which nobody stands there."""
    shifts = sorted((one.starts, one.ends) for one in plan.shifts if one.post == post.key)
    if not shifts:
        return [Gap("no_shift", _("岗位“%(post)s”没有排班"), {"post": post.name})]
    covered = plan.starts
    for starts, ends in shifts:
        if starts > covered:
            break
        covered = max(covered, ends)
    if covered >= plan.ends:
        return []
    until = min((starts for starts, _ends in shifts if starts > covered), default=plan.ends)
    facts = {"post": post.name, "from": f"{covered:%H:%M}", "to": f"{min(until, plan.ends):%H:%M}"}
    return [Gap("hole", _("岗位“%(post)s”在 %(from)s 到 %(to)s 没有人"), facts)]


def _overlaps(shifts: Iterable[Shift], names: dict[int, str]) -> list[Gap]:
    """One team at two posts at the same time; told once for each pair of shifts."""
    by_team: dict[tuple[str, str], list[Shift]] = {}
    for one in shifts:
        by_team.setdefault((one.side, one.team), []).append(one)
    found = []
    for (_side, team), several in by_team.items():
        several.sort(key=lambda one: (one.starts, one.ends))
        for n, first in enumerate(several):
            for other in several[n + 1 :]:
                if other.starts >= first.ends:
                    break
                facts = {
                    "team": team,
                    "from": f"{other.starts:%m-%d %H:%M}",
                    "a": names.get(first.post, "?"),
                    "b": names.get(other.post, "?"),
                }
                words = _("“%(team)s”在 %(from)s 同时排在“%(a)s”和“%(b)s”")
                found.append(Gap("overlap", words, facts))
    return found
