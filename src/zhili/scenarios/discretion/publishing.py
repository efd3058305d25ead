"""Decisions made public: those of some social influence, once served, without a person in them; gone when changed (48).

Closed unless everything holds: a leader published it, it was not withdrawn, it still stands, nothing confidential. The
page reads columns made for it at publication and nothing of the case's own words.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.scenarios.discretion import kinds, law
from zhili.scenarios.discretion.actions import detail_of, local_day
from zhili.scenarios.discretion.models import PenaltyDetail

STANDS: Final = ("paying", "overdue_fine", "closed", "enforced", "spot")
PENALISED: Final = (kinds.FINE, kinds.WARNING)


def publish(change: Change) -> None:
    """What everybody may read from now on. Served first: before that it has no effect."""
    detail = detail_of(change)
    if detail.outcome not in PENALISED or detail.decided_on is None or detail.received_on is None:
        raise Refused("not_served", _("送达以后的处罚决定才能公开"), 409)
    if change.case.confidential:
        raise Refused("confidential", _("保密的事项不公开"), 409)
    if detail.published_on is not None and detail.withdrawn_on is None:
        raise Refused("published", _("这件决定已经公开"), 409)
    if any(until is None for _since, until in detail.stopped):
        raise Refused("challenged", _("复议或者诉讼还没有结束，等有了结果再公开"), 409)
    change.detail.update(
        published_on=local_day(change),
        published_as=shown_party(change, detail),
        published_for=change.values["ground"],
        withdrawn_on=None,
        withdrawn_for="",
    )


def shown_party(change: Change, detail: PenaltyDetail) -> str:
    """An entity's name; of a sole trader what the register may show, starred; of a person nothing."""
    if detail.party_kind == law.ENTITY:
        steps = Step.objects.filter(case=change.case, data__has_key="entity_name").order_by("-seq")
        named = steps.values_list("data__entity_name", flat=True).first()
        return str(named or "")[:120]
    if (
        detail.party_kind == law.SOLE_TRADER
        and detail.firm is not None
        and detail.firm.operator_id is not None
    ):
        return masked_shop(detail.firm.name)
    return ""


def masked_shop(name: str) -> str:
    """张*面馆 stays; where nothing is starred yet, all but the last two characters are."""
    return name if "*" in name else "*" * max(1, len(name) - 2) + name[-2:]


def unpublish(change: Change) -> None:
    detail = detail_of(change)
    if detail.published_on is None or detail.withdrawn_on is not None:
        raise Refused("not_published", _("这件决定没有公开"), 409)
    change.detail.update(withdrawn_on=local_day(change), withdrawn_for=change.values["why"])


def shown() -> QuerySet[PenaltyDetail]:
    """What everybody may read, the newest first: everything has to hold, or it is not there."""
    return _published().filter(
        withdrawn_on=None, case__stage__in=STANDS, outcome__in=PENALISED, received_on__isnull=False
    )


def withdrawn(since: date) -> QuerySet[PenaltyDetail]:
    """What was withdrawn from that day on: the reason is public, the content no longer is (48)."""
    return _published().filter(withdrawn_on__gte=since).order_by("-withdrawn_on", "-pk")


def _published() -> QuerySet[PenaltyDetail]:
    found = PenaltyDetail.objects.filter(published_on__isnull=False, case__confidential=False)
    return found.order_by("-published_on", "-pk").select_related("case")
