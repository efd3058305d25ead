"""A finding of a visit becomes an order to put it right: what the visit knows need not be typed again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhili.core import params
from zhili.core.cases import doors
from zhili.core.people.actors import Actor
from zhili.core.visits import remedies, rights, sharing
from zhili.core.visits.models import Finding
from zhili.core.visits.remedies import Remedy

PROCEDURE: Final = "inspections.rectification"
WORKERS: Final = frozenset({"handler", "leader"})


def declare() -> None:
    """Make pages of visits offer the order. For the app's ``ready``."""
    page = "/desk/inspections/order?finding={}"
    title = gettext_lazy("责令改正")
    remedies.declare(Remedy("inspections", title, _begin, _may, lambda one: page.format(one.pk)))


def _may(actor: Actor) -> bool:
    return actor.kind == "post" and bool(actor.roles & WORKERS)


def _begin(finding: Finding, actor: Actor) -> int:
    made = doors.open_case(PROCEDURE, "order", actor, given(finding), key=f"visit-finding-{finding.pk}")
    return made.case_id


def found(number: int, actor: Actor) -> Finding | None:
    """A finding without a case that this actor sees."""
    rows = Finding.objects.filter(pk=number, case=None, visit__in=rights.visits(actor))
    return rows.select_related("item", "visit__premises__firm").first()


def given(finding: Finding) -> dict[str, Any]:
    """The order's form as the finding fills it in: fifteen days, or what the city has set."""
    premises, item = finding.visit.premises, finding.item
    until = timezone.localdate() + timedelta(days=params.duration("inspections.rectify")[0].amount)
    told: dict[str, Any] = {
        "name": premises.name[:100],
        "firm": premises.firm.code,
        "premises": premises.pk,
        "item": sharing.key(item.code),
        "what": finding.what[:1000],
        "demand": _("按%(basis)s改正，并拍照上传。") % {"basis": item.basis},
        "until": until.isoformat(),
        "visit": finding.visit_id,
        "finding": finding.pk,
    }
    if premises.lon is not None:
        told["place"] = {"lon": premises.lon, "lat": premises.lat, "address": premises.address}
    elif premises.address:
        told["place"] = {"address": premises.address}
    return told
