"""A draw is run: as soon as its time has come and every source has its value; result and leaf in one transaction."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from zhili.base import draw as method
from zhili.base.draw import DrawError
from zhili.core.draws import announcing, checking, seeds
from zhili.core.draws.kinds import kind_of, kinds
from zhili.core.draws.models import Draw, Outcome
from zhili.core.draws.telling import as_json, ending, write
from zhili.core.people.actors import CLOCK, Actor

log = logging.getLogger("zhili.draws")
ALTERED = gettext_noop("公布的名单或说明与公布时的记录不符")
CHANGED = gettext_noop("种子公布后名单有变动")
AT_ONCE = 20
LOCK = 0x64726177


def run(draw: Draw, actor: Actor = CLOCK) -> Outcome | None:
    """The outcome, made now or before; None while its time or its seed has not come.

    Void when what is stored is not what was announced, or when the list its kind gives today is another one.
    """
    if timezone.now() < draw.draw_at:
        return None
    with transaction.atomic():
        _alone(draw)
        if ended := Outcome.objects.filter(draw=draw).first():
            return ended
        if seeds.missing(draw):
            return None
        void = _void(draw)
        told = [v.value for v in draw.values.order_by("source")]
        drawn = [] if void else [c.name for c in method.run_proven(bytes(draw.frozen), draw.count, told)]
        outcome = Outcome(draw=draw, drawn=drawn, void=void, at=timezone.now())
        outcome.leaf_id = write(
            "draw.ended", actor, outcome.at, ending(draw, outcome, method.key_string(told))
        )
        outcome.save(force_insert=True)
        kind = kind_of(draw)
        if kind is not None and not void:
            kind.drawn(draw, drawn)
    return outcome


def run_due() -> int:
    """Announce what kinds have due, and run what can be run; how many. For the worker."""
    done = 0
    for kind in kinds().values():
        proposal = kind.due(timezone.now())
        if proposal is not None:
            try:
                announcing.announce_proposed(kind, proposal, CLOCK)
                done += 1
            except DrawError as error:
                log.warning("draw %s %s not announced: %s", kind.name, proposal.scope, error)
    waiting = Draw.objects.filter(outcome=None, draw_at__lte=timezone.now()).order_by("id")[:AT_ONCE]
    return done + sum(_ran(draw) for draw in waiting)


def _ran(draw: Draw) -> bool:
    """Whether a draw ended now. One whose effect fails is tried again and does not hold up the others."""
    try:
        return run(draw) is not None
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        log.exception("draw %s could not be run", draw.pk)
        return False


def _alone(draw: Draw) -> None:
    """Until the end of the transaction nobody else runs this draw. (A row lock would need the right to change it.)"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, draw.pk])


def _void(draw: Draw) -> str:
    """Why the draw is void; "" when it is not. A list that is what its kind gives now is a sound one, and not read."""
    kind, frozen = kind_of(draw), bytes(draw.frozen)
    if kind is None:
        return ALTERED if checking.faults(as_json(draw)) else ""
    size: int | None = None
    try:
        listed = kind.candidates(draw.scope)
        if method.canonical_list(listed) == frozen:
            size = len(listed)
    except DrawError:
        log.warning("draw %s: no list today", draw.pk)
    if checking.faults(as_json(draw), proven=size):
        return ALTERED
    return CHANGED if size is None else ""
