"""督办: an office above insists on a matter, and hears back. The supervision is a child of the matter, with a clock."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case

SUPERVISION = "referrals.supervision"


def supervise(change: Change) -> None:
    """Held by the office that has the matter; one at a time for each supervising office."""
    case = change.case
    if case.office_id is None:
        raise Refused("no_holder", _("此事项现在没有承办单位，不能督办"))
    same = Case.objects.filter(parent=case, procedure=SUPERVISION, closed_at=None)
    if same.filter(steps__seq=1, steps__actor_office_id=change.actor.office_id).exists():
        raise Refused("supervised", _("本单位对此事项的督办还没有销号，可在那一件上再次催办"), 409)
    change.refer(SUPERVISION, {"office": case.office_id, "ask": change.values["ask"]})
