"""Who opens the pages of joint patrols."""

from __future__ import annotations

import time
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.scenarios.cross_border.patrols.models import Team

WALKERS = frozenset({"grid", "handler", "leader", "commander"})
PLANNERS = frozenset({"handler", "leader", "commander"})
KEEPERS = frozenset({"leader", "admin", "commander"})
FRESH = 30.0
SPARE, AHEAD = timedelta(days=1), timedelta(days=7)
LEVELS = ("town", "county", "city")


def walks(actor: Actor) -> bool:
    """Posts that go out or plan: each sees what their office takes part in, or what is of its ground."""
    return actor.kind == "post" and bool(actor.roles & WALKERS)


def on_team(actor: Actor) -> bool:
    """Posts of a village or a cell whose office walks a patrol these days: only they need it in their menu."""
    if not walks(actor) or actor.office_level not in ("grid", "village"):
        return False
    return actor.office_id in _teams.get()


def _offices() -> frozenset[int]:
    now = timezone.now()
    found = Team.objects.filter(patrol__ends__gt=now - SPARE, patrol__starts__lt=now + AHEAD)
    return frozenset(found.values_list("office_id", flat=True))


class _Teams:
    """The offices on patrol, asked again after half a minute: a menu is drawn on every page."""

    def __init__(self) -> None:
        self.known: frozenset[int] = frozenset()
        self.at = 0.0

    def get(self) -> frozenset[int]:
        if not self.at or time.monotonic() - self.at > FRESH:
            self.known, self.at = _offices(), time.monotonic()
        return self.known


_teams = _Teams()


def plans(actor: Actor) -> bool:
    return actor.kind == "post" and bool(actor.roles & PLANNERS)


def keeps(actor: Actor) -> bool:
    """Who names checkpoints and routes, prints their codes and changes them: who leads at a town or above."""
    return actor.kind == "post" and actor.office_level in LEVELS and bool(actor.roles & KEEPERS)


def own(actor: Actor, office_id: int) -> bool:
    """Whether something of that office is the actor's to keep: their own office's, or one's below it."""
    return keeps(actor) and office_id in tree().under(actor.office_id or 0)


def only_own(actor: Actor, office_id: int) -> None:
    """Raises PermissionDenied, in words."""
    if not own(actor, office_id):
        raise PermissionDenied(gettext("由登记它的单位或上级单位办理。"))
