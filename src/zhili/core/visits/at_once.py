"""A visit outside any plan: after a complaint, say. Who is sent, for what and why is one change with its leaf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.registers.models import Premises
from zhili.core.trail import changes
from zhili.core.visits import rights
from zhili.core.visits.answers import VISIT, VisitRefused
from zhili.core.visits.models import DueCheck, Inspector, Item, Officer, Visit, VisitState


@transaction.atomic
def send(
    premises: Premises, day: date, items: Sequence[Item], team: Sequence[Inspector], actor: Actor, reason: str
) -> Visit:
    """These officers go there on this day for these items of one body. Beyond the yearly cap.

    Raises VisitRefused for fewer than two officers or no reason, PermissionDenied.
    """
    bodies = sorted({one.body_id for one in items})
    rights.check_plan(actor, bodies)
    if len(bodies) != 1 or len(team) < 2:
        raise VisitRefused(_("每个单位应当有两名以上检查人员（行政处罚法第四十二条）"))
    if not reason.strip():
        raise VisitRefused(_("请写明原因"))
    visit = Visit.objects.create(premises=premises, date=day, bodies=bodies, counted=False)
    DueCheck.objects.bulk_create(
        DueCheck(
            item=one,
            premises=premises,
            body_id=one.body_id,
            due_from=day,
            due_to=day,
            beyond_cap=True,
            visit=visit,
        )
        for one in items
    )
    Officer.objects.bulk_create(Officer(visit=visit, inspector=one, body_id=bodies[0]) for one in team)
    after = {
        "state": str(VisitState.PLANNED),
        "premises": premises.pk,
        "date": day.isoformat(),
        "items": [one.pk for one in items],
        "officers": [[bodies[0], one.pk] for one in team],
    }
    changes.record(
        VISIT,
        "added",
        actor,
        key=visit.pk,
        office=bodies[0],
        after=after,
        reason=reason,
        facts={"visit": visit.pk},
    )
    return visit
