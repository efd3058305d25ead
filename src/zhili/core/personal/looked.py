"""谁看过我的信息: the openings of somebody's own values, as they may know them: offices and posts, never names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.models import Post
from zhili.core.people.offices import tree
from zhili.core.personal import delaying, mine
from zhili.core.personal.mine import Held, Original
from zhili.core.personal.models import Delay
from zhili.core.trail.models import Access

PAGE = 30


@dataclass(frozen=True)
class Told:
    """Why a person learns of an opening only now."""

    ground: str
    article: str
    reason: str
    until: datetime
    agreed: str


@dataclass(frozen=True)
class Look:
    """One opening of some of the person's values by one post, for one purpose."""

    at: datetime
    who: str
    kind: str
    """office, self, system or site."""
    purpose: str
    what: tuple[str, ...]
    number: str
    """The matter, when it is one of the person's own."""
    late: Told | None = None


@dataclass(frozen=True)
class Page:
    """``next``: where the following page begins, 0 at the end."""

    looks: list[Look]
    next: int


def page(actor: Actor, held: Sequence[Held | Original], before: int | None = None, size: int = PAGE) -> Page:
    """The newest first, ``size`` openings of single values or files at most. Four queries; nothing decrypted."""
    known = {one.id: one for one in held}
    rows = Access.objects.filter(secret_id__in=list(known)).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(delaying.shown(rows)[: size + 1]) if known else []
    more = found[size - 1].pk if len(found) > size else 0
    return Page(_looks(found[:size], known, actor), more)


def _looks(rows: list[Access], known: Mapping[UUID, Held | Original], actor: Actor) -> list[Look]:
    groups: dict[tuple, list[Access]] = defaultdict(list)
    for row in rows:
        own = actor.account_id is not None and row.account_id == actor.account_id
        within = None if own else row.case_id  # one's own copy opens many matters at once: one line
        groups[row.at, row.actor_kind, row.actor_id, row.account_id, within, row.purpose].append(row)
    titles = _posts(rows)
    cases = {row.case_id for row in rows if row.case_id}
    numbers = dict(Case.objects.filter(pk__in=cases & _own(known)).values_list("pk", "number"))
    late = defaultdict(list)
    for one in delaying.over(cases):
        late[one.case_id].append(one)
    return [_look(group, known, actor, titles, numbers, late) for group in groups.values()]


def _own(known: Mapping[UUID, Held | Original]) -> set[int]:
    return {one.case.pk for one in known.values() if one.case is not None}


def _look(
    group: list[Access],
    known: Mapping[UUID, Held | Original],
    actor: Actor,
    titles: Mapping[int, str],
    numbers: Mapping[int, str],
    late: Mapping[int, list[Delay]],
) -> Look:
    first = group[0]
    own = actor.account_id is not None and first.account_id == actor.account_id
    kind, who = _who(first, titles, own)
    what = tuple(dict.fromkeys(known[row.secret_id].title for row in group))
    within = {row.case_id for row in group}
    case = first.case_id or 0 if len(within) == 1 else 0
    return Look(
        first.at, who, kind, first.purpose, what, numbers.get(case, ""), _told(first, late.get(case, ()))
    )


def _who(row: Access, titles: Mapping[int, str], own: bool) -> tuple[str, str]:
    match row.actor_kind:
        case "post" if not own:
            node = tree().nodes.get(row.office_id or 0)
            office = node.name if node else _("承办单位")
            return "office", f"{office} {titles.get(row.actor_id or 0, '')}".strip()
        case "account" | "grant" | "post":
            return ("self", _("您本人")) if own or row.actor_kind == "grant" else ("office", _("另一个账号"))
        case "site":
            return "site", _("协作系统")
    return "system", _("系统自动")


def _told(row: Access, delays: Iterable[Delay]) -> Told | None:
    """The delay that covered the opening longest, when it is over."""
    covering = [one for one in delays if one.since <= row.at < (one.ended_at or one.until)]
    if not covering or row.actor_kind != "post":
        return None
    one = max(covering, key=lambda delay: delay.ended_at or delay.until)
    ground = delaying.GROUNDS.get(one.ground)
    return Told(
        _(ground.title) if ground else one.ground,
        f"{_(delaying.LAW)}{_(ground.article)}" if ground else "",
        one.reason,
        one.ended_at or one.until,
        one.decided_label,
    )


def _posts(rows: Iterable[Access]) -> dict[int, str]:
    ids = {row.actor_id for row in rows if row.actor_kind == "post" and row.actor_id}
    return dict(Post.objects.filter(pk__in=ids).values_list("pk", "title"))


def counted(held: list[Held]) -> dict[UUID, int]:
    """How often each value was opened, as far as the person may know. One query."""
    rows = delaying.shown(Access.objects.filter(secret_id__in=[one.id for one in held]))
    return dict(rows.order_by().values_list("secret_id").annotate(n=Count("pk")))


def all_of(actor: Actor) -> list[Look]:
    """Every opening, for the person's own copy."""
    held: list[Held | Original] = [*mine.held(actor), *mine.originals(actor)]
    return page(actor, held, size=100_000).looks
