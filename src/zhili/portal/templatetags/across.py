"""The other city's side of a matter on its pages."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext

from zhili.core.cases import kin, permission
from zhili.core.cases.models import Case
from zhili.core.exchange.handover.offering import HANDOVER
from zhili.core.exchange.handover.procedure import Handover
from zhili.core.exchange.sites import showing
from zhili.core.people.actors import Actor
from zhili.portal.acting import View

register = template.Library()


@dataclass(frozen=True)
class ToConfirm:
    """A child of this matter that the other city has done and that waits for our word. ``may``: this reader's."""

    about: kin.Relative
    may: bool


def to_confirm(family: kin.Family, actor: Actor) -> list[ToConfirm]:
    """No query unless one waits."""
    waiting = [
        one for one in family.children if one.procedure == HANDOVER and one.at == Handover.delivered.name
    ]
    if not waiting:
        return []
    rows = Case.objects.in_bulk([one.number for one in waiting], field_name="number")
    return [
        ToConfirm(one, permission.may(Handover.agree, rows[one.number], actor))
        for one in waiting
        if one.number in rows
    ]


@register.inclusion_tag("portal/parts/across.html", takes_context=True)
def across_of(context: template.Context, page: View) -> dict[str, Any]:
    """On the desk: where it stands there, what they said and offer, what is on its way to them."""
    handed = any(child.procedure == HANDOVER for child in context["family"].children)
    return {
        "panels": showing.panels(page.case) if handed or showing.may_be_shared(page.case) else [],
        "page": page,
        "mine": context.get("mine"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("portal/parts/across_plain.html")
def across_told(page: View) -> dict[str, Any]:
    """For the resident and everybody: with whom it is handled, in plain words; what they said, for its reporter."""
    return {"told": [_told(one) for one in showing.panels(page.case)], "own": page.own}


def _told(one: showing.Panel) -> dict[str, Any]:
    return {"panel": one, "words": _plain(one) % {"site": one.site}}


def _plain(one: showing.Panel) -> str:
    if one.came:
        return gettext("这件事由%(site)s移交来，两地一起办理。")
    match one.was:
        case "accepted":
            return gettext("正与%(site)s一起办理，对方已经接受。")
        case "closed":
            return gettext("%(site)s已经办完，结果见下。")
        case "refused":
            return gettext("%(site)s没有受理，由本地继续办理。")
        case "returned":
            return gettext("%(site)s已经退回，由本地继续办理。")
        case "withdrawn":
            return gettext("不再请%(site)s办理，由本地继续办理。")
    return gettext("已请%(site)s一起办理，等对方接受。")
