"""What a step of an instruction does beyond moving it. No input or output here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.people.offices import tree

INSTRUCTION = "command_centre.instruction"
MOST = "command_centre.most_offices"


def give(change: Change) -> None:
    """To an office below the giver's own, with the limit chosen."""
    office = change.actor.office_id
    _must_be_below(change, [change.values["office"]])
    if within := change.values.get("within"):
        change.limit = Duration.parse(within)
    _keep(change, office)


def referred(change: Change) -> None:
    """About a matter: the office was looked at when it was instructed."""
    _keep(change, change.actor.office_id)


def instruct(change: Change) -> None:
    """From a matter: one child for each office."""
    offices: list[int] = change.values["offices"]
    _must_be_below(change, offices)
    most = int(params.get(MOST).text)
    if len(offices) > most:
        raise Refused("too_many", _("一次最多给%(most)d个单位下达") % {"most": most})
    within = change.values.get("within")
    limit = Duration.parse(within) if within else None
    what = {"what": change.values["what"], "urgent": bool(change.values.get("urgent"))}
    for office in offices:
        change.refer(INSTRUCTION, {"office": office, **what}, limit=limit)


def receipt(change: Change) -> None:
    change.detail["receipted_at"] = change.at


def replied(change: Change) -> None:
    change.detail["replied_at"] = change.at


def returned(change: Change) -> None:
    """The reply was not enough: another one is owed."""
    change.detail["replied_at"] = None


def _keep(change: Change, giver: int | None) -> None:
    change.detail.update(
        giver_id=giver, target_id=change.values["office"], urgent=bool(change.values.get("urgent"))
    )
    if giver is not None:
        change.take_part("instructing", office_id=giver)


def _must_be_below(change: Change, offices: list[int]) -> None:
    known = tree()
    own = change.actor.office_id
    below = set(known.under(own)) - {own} if own is not None else set()
    for one in offices:
        node = known.nodes.get(one)
        if one not in below or node is None or not node.in_force:
            raise Refused("not_below", _("只能给本单位以下的单位下达指令，请重新选择"), 422)
