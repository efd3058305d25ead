"""What the register shows of visits: those to one premises, and how often a firm was called on this year."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.registers.models import Firm, Premises
from zhili.core.registers.tabs import FIRM, PREMISES, Row, Tab
from zhili.core.visits import rights, yearly
from zhili.core.visits.models import Visit, VisitState

SHOWN = 50


def _of_premises(premises: Premises, actor: Actor) -> list[Row]:
    return _rows(rights.visits(actor).filter(premises=premises))


def _of_firm(firm: Firm, actor: Actor) -> list[Row]:
    """The year's load first, then the visits this actor may read."""
    year = timezone.localdate().year
    told = {"n": yearly.used(year, [firm.pk]).get(firm.pk, 0), "cap": yearly.cap(year)}
    load = Row(_("今年计入次数的上门 %(n)d 次，上限 %(cap)d 次") % told, icon="list-checks")
    return [load, *_rows(rights.visits(actor).filter(premises__firm=firm))]


def _rows(found: QuerySet[Visit]) -> list[Row]:
    rows = found.exclude(state=VisitState.DROPPED).select_related("premises").distinct()
    return [_row(one) for one in rows.order_by("-date", "-pk")[:SHOWN]]


def _row(one: Visit) -> Row:
    nodes = tree().nodes
    bodies = "、".join(nodes[body].name for body in one.bodies if body in nodes)
    words: tuple[Any, ...] = (one.premises.name, bodies)
    state = str(one.get_state_display())
    return Row(one.date.isoformat(), f"/desk/visits/{one.pk}", words, state)


def _reads(actor: Actor) -> bool:
    return bool(actor.roles & rights.READERS)


TABS = (
    Tab("visits", gettext_lazy("上门检查"), PREMISES, _of_premises, _reads, gettext_lazy("还没有安排上门。")),
    Tab("visits", gettext_lazy("上门检查"), FIRM, _of_firm, _reads),
)
