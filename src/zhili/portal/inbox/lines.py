"""A matter as one line of the inbox, and the inbox as lines under the heading of their group.

A desk shows fifty, and drawing them was most of its time. What a line says of a matter changes only with a step, so it
is kept in the process, by matter, last step, reader's language and roles; how long is left is written each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from zhili.base.codes import show_case_number
from zhili.core.cases.claims import other_than
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.exchange.sites.showing import crossing
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes
from zhili.core.web import words
from zhili.core.web.templatetags.zhili import SOON, icon
from zhili.portal.inbox.lens import Lens
from zhili.portal.rows import row
from zhili.portal.templatetags.lists import joined_words

KEPT = 10_000
"""So many lines are kept, about a kilobyte each; then it begins anew."""

SIDE = '</div></div><div class="row-side">'
Key = tuple[object, ...]
_drawn: dict[Key, tuple[str, str]] = {}
_names: tuple[object, ...] = ()
"""What names were read from when the kept lines were drawn."""


@dataclass(frozen=True)
class Group:
    """Lines that belong together. ``title`` is empty for a list in another order."""

    name: str
    title: str
    lines: SafeString
    count: int | None = None


def groups(lens: Lens, cases: list[Case], seat: str, titles: dict[str, str]) -> list[Group]:
    """The page of a list, due first parted by when it is due; in any other order one group without a name."""
    draw = _Draw.of(lens, seat)
    if lens.sort != "due" or lens.view == "waiting":
        return [Group("", "", draw.all(cases))] if cases else []
    parted: dict[str, list[Case]] = {}
    for case in cases:
        parted.setdefault(lens.days.group(case.due_at), []).append(case)
    return [Group(name, titles[name], draw.all(some)) for name, some in parted.items()]


@dataclass(frozen=True)
class _Draw:
    """What all lines of one page share."""

    reader: Key
    roles: frozenset[str]
    office: int | None
    now: datetime
    seat: str
    pick: bool

    @classmethod
    def of(cls, lens: Lens, seat: str) -> _Draw:
        actor = lens.actor
        _forget_old_names()
        pick = lens.view == "todo"
        reader = (get_language(), actor.roles, actor.office_id, pick)
        return cls(reader, actor.roles, actor.office_id, lens.days.now, seat, pick)

    def all(self, cases: Iterable[Case]) -> SafeString:
        rows = list(cases)
        shared = crossing(rows)
        # each part is escaped where it is made
        return mark_safe("".join([self.one(case, case.pk in shared) for case in rows]))  # noqa: S308

    def one(self, case: Case, across: bool = False) -> str:
        key = (case.pk, case.seq, case.stage, self.reader)
        kept = _drawn.get(key)
        if kept is None:
            if len(_drawn) >= KEPT:
                _drawn.clear()
            kept = _drawn[key] = self._still(case)
        before, after = kept
        mark = _across() if across else ""
        return f"{before}{mark}{_joined(case)}{self._looked_at(case)}{SIDE}{self._clock(case)}{after}"

    def _still(self, case: Case) -> tuple[str, str]:
        """What stays the same until the next step: up to the facts, and from the next step on."""
        line = row(case, desk=True, roles=self.roles, own_office=self.office)
        title = escape(line.title)
        facts = [f'<span class="pill pill-open">{icon("circle-dot")}{escape(line.stage)}</span>']
        if line.place:
            facts.append(f"<span>{icon('map-pin')}{escape(line.place)}</span>")
        facts += [f"<span>{escape(text)}</span>" for text in (line.category, line.office) if text]
        facts.append(f'<span class="number">{show_case_number(line.number)}</span>')
        box = ""
        if self.pick:
            label = escape(gettext("选中“%(title)s”") % {"title": line.title})
            box = (
                '<label class="row-pick"><input class="checkbox" type="checkbox" name="c"'
                f' value="{line.number}" aria-label="{label}"></label>'
            )
        picks = ' class="row-picks"' if self.pick else ""
        begin = (
            f'<li{picks} data-matter="{line.number}">{box}<div class="stack-tight">'
            f'<a class="row-title" href="{line.url}">{title}</a><div class="row-meta">{"".join(facts)}'
        )
        step = ""
        if line.next_title:
            step = (
                f'<span class="row-next"><a class="btn btn-quiet" href="{line.next_url}">'
                f"{escape(gettext(line.next_title))}{icon('chevron-right')}</a></span>"
            )
        return begin, f"{step}</div></li>"

    def _looked_at(self, case: Case) -> str:
        claim = other_than(getattr(case, "claim", None), self.seat)
        if claim is None:
            return ""
        said = gettext("%(post)s 正在看") % {"post": claim.post.title}
        return f'<span class="state state-lake">{icon("eye")}{escape(said)}</span>'

    def _clock(self, case: Case) -> str:
        if case.party:
            return _badge("wait", "pause", gettext("等对方回复"), _limit(case.due_at, self.reader[0]))
        if case.due_at is None:
            return _badge("none", "clock", gettext("不限时"), "")
        rest = case.due_at - self.now
        kind = "over" if case.due_at < self.now else "soon" if rest < SOON else "fine"
        drawing = {"over": "triangle-alert", "soon": "alarm-clock", "fine": "clock"}[kind]
        return _badge(
            kind, drawing, words.time_left(case.due_at, self.now), _limit(case.due_at, self.reader[0])
        )


def _forget_old_names() -> None:
    """Offices, divisions and duties that were read anew are other objects: their names may differ."""
    global _names
    now = (directory(), tree(), nodes())
    if len(_names) != len(now) or any(old is not new for old, new in zip(_names, now, strict=True)):
        _drawn.clear()
        _names = now


def _joined(case: Case) -> str:
    """Whoever joins takes no step, so this is no part of the line that is kept."""
    return f"<span>{escape(joined_words(case.joined))}</span>" if case.joined else ""


def _across() -> str:
    """Shared with another city: its child there may end without a step on this line's own matter."""
    return f'<span class="state state-lake">{icon("arrow-left-right")}{escape(gettext("跨域"))}</span>'


def _badge(kind: str, drawing: str, text: str, limit: str) -> str:
    told = f' title="{escape(limit)}"' if limit else ""
    return f'<span class="state state-{kind}"{told}>{icon(drawing)}{escape(text)}</span>'


@lru_cache(maxsize=4096)
def _limit(due: datetime | None, language: object) -> str:
    return f"{gettext('截止')} {words.deadline(due)}" if due else ""
