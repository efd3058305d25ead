"""Soft claims: "a clerk in this post is looking at it", so that two do not open the same. They bind nobody.

Only a post is named. Which holder of it sits there is told apart by a random word of the session and kept nowhere else;
a claim is gone when the case is acted on, when its seat takes the next one, or after a few minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from zhili.core.cases.models import Case, Claim
from zhili.core.people.actors import Actor

LASTS = timedelta(minutes=5)
TRIED = 20
"""So many matters are tried for one that nobody looks at; beyond them the first is given to two."""

_TAKE = """
INSERT INTO cases_claim (case_id, post_id, seat, until) VALUES (%(case)s, %(post)s, %(seat)s, %(until)s)
ON CONFLICT (case_id) DO UPDATE SET post_id = EXCLUDED.post_id, seat = EXCLUDED.seat, until = EXCLUDED.until
WHERE cases_claim.until < %(now)s OR cases_claim.seat = EXCLUDED.seat
RETURNING case_id"""


def take(case: int, actor: Actor, seat: str) -> bool:
    """Say that this seat looks at the case; False while another's claim stands. One statement: two never both win."""
    now = timezone.now()
    asked = {"case": case, "post": actor.id, "seat": seat, "until": now + LASTS, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, asked)
        return cursor.fetchone() is not None


def release(seat: str) -> None:
    """This seat looks at nothing any more; claims long over go too."""
    Claim.objects.filter(Q(seat=seat) | Q(until__lt=timezone.now())).delete()


def next_of(cases: Iterable[Case], actor: Actor, seat: str) -> Case | None:
    """The first of the cases that nobody else looks at, now this seat's; None when there is none at all.

    When others look at all those tried, the first is given without a claim: better two on one than one idle.
    """
    release(seat)
    spare: Case | None = None
    for case in cases:
        if take(case.pk, actor, seat):
            return case
        spare = spare or case
    return spare


def other_than(claim: Claim | None, seat: str) -> Claim | None:
    """The claim, if it stands and is somebody else's."""
    if claim is None or claim.until < timezone.now() or claim.seat == seat:
        return None
    return claim
