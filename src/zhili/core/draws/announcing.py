"""A draw is announced: its list frozen, the sources of its seed named, and both in the trail before any is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base import draw as method
from zhili.base.draw import Candidate, DrawError
from zhili.core.draws.kinds import Kind, Proposal
from zhili.core.draws.models import Draw, Outcome
from zhili.core.draws.telling import announcement, write
from zhili.core.people.actors import Actor
from zhili.core.trail.leaves import timestamp

MOST_CANDIDATES = 200_000
NEXT = "SELECT nextval(pg_get_serial_sequence('draws_draw', 'id'))"


def head_after(moment: datetime) -> dict[str, Any]:
    """A source: the root of the first head of the trail added after a moment."""
    return {"kind": "head", "after": timestamp(moment)}


def numbers(name: str, where: str) -> dict[str, Any]:
    """A source: numbers somebody else makes public, such as a lottery's, and where they can be looked up."""
    return {"kind": "numbers", "name": name, "where": where}


def announce(
    kind: str,
    scope: str,
    purpose: str,
    candidates: Sequence[Candidate],
    count: int,
    sources: Sequence[dict[str, Any]],
    draw_at: datetime,
    actor: Actor,
) -> Draw:
    """Freeze the list and say how it will be drawn from; row, leaf and event in one transaction.

    Raises DrawError for a list, count or source that will not do, and while an earlier attempt still stands.
    """
    now = timezone.now()
    _refuse_sources(sources, draw_at, now)
    if not 1 <= count <= min(len(candidates), method.MOST) or len(candidates) > MOST_CANDIDATES:
        raise DrawError(_("不能从 %(n)s 个中抽 %(k)s 个") % {"n": len(candidates), "k": count})
    frozen = method.canonical_list(candidates)
    with transaction.atomic():
        draw = Draw(
            id=_next_id(),
            kind=kind,
            scope=scope,
            attempt=_attempt(kind, scope),
            purpose=purpose,
            frozen=frozen,
            digest=method.list_digest(frozen),
            size=len(candidates),
            count=count,
            sources=list(sources),
            announced_at=now,
            draw_at=draw_at,
        )
        draw.leaf_id = write("draw.announced", actor, now, announcement(draw))
        draw.save(force_insert=True)
    return draw


def announce_proposed(kind: Kind, proposal: Proposal, actor: Actor) -> Draw:
    """Announce what a kind proposes, with its list as it is now. Raises DrawError."""
    return announce(
        kind.name,
        proposal.scope,
        proposal.purpose,
        kind.candidates(proposal.scope),
        proposal.count,
        proposal.sources,
        proposal.draw_at,
        actor,
    )


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        return int(cursor.fetchone()[0])


def _attempt(kind: str, scope: str) -> int:
    """The next attempt. Two at once meet the unique constraint. Raises DrawError unless the last one is void."""
    last = Draw.objects.filter(kind=kind, scope=scope).order_by("-attempt").first()
    if last is None:
        return 1
    ended = Outcome.objects.filter(draw=last).first()
    if ended is None or not ended.void:
        raise DrawError(_("这一次已经公布过抽签，只有作废后才能重新公布"))
    return last.attempt + 1


def _refuse_sources(sources: Sequence[dict[str, Any]], draw_at: datetime, now: datetime) -> None:
    if draw_at <= now:
        raise DrawError(_("抽签时间必须晚于公布时间"))
    if not sources:
        raise DrawError(_("至少要有一个种子来源"))
    for one in sources:
        match one:
            case {"kind": "head", "after": str(after)} if len(one) == 2:
                if datetime.fromisoformat(after) < draw_at:
                    raise DrawError(_("种子不得取自抽签时间以前"))
            case {"kind": "numbers", "name": str(name), "where": str(where)} if len(one) == 3:
                if not name.strip() or not where.strip():
                    raise DrawError(_("请写明公开号码的名称和查询处"))
            case _other:
                raise DrawError(_("不认识的种子来源"))
