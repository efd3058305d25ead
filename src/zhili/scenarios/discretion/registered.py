"""The party in the register: which firm a case is about, and what the register's pages show of its penalty cases.

A sole trader is found by the code too, but the code stands in no step: the case keeps which row of the register it is,
and the register says who may see that. A tab shows a reader those cases alone which that reader may open anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy

from zhili.core.cases import present, query
from zhili.core.people.actors import Actor
from zhili.core.registers import firms
from zhili.core.registers.models import Firm, FirmKind, Premises
from zhili.core.registers.tabs import Row, Tab
from zhili.scenarios.discretion import law, provisions
from zhili.scenarios.discretion.models import PenaltyDetail

SHOWN: Final = 50
ICONS: Final = {True: "circle-check", False: "circle-dot"}


def of_code(code: str) -> Firm | None:
    """The firm of a code; None where the register does not know it."""
    try:
        return firms.get(code)
    except Firm.DoesNotExist:
        return None


def party_kind(firm: Firm) -> str:
    return law.SOLE_TRADER if firm.kind == FirmKind.SOLE_TRADER else law.ENTITY


def _of_firm(one: Any, actor: Actor) -> Sequence[Row]:
    """Penalty cases of a firm, the newest first; of premises, those of whoever runs them."""
    firm_id = one.firm_id if isinstance(one, Premises) else one.pk
    found = PenaltyDetail.objects.filter(firm=firm_id, case__in=query.visible(actor)).select_related("case")
    return [_row(detail) for detail in found.order_by("-pk")[:SHOWN]]


def _row(detail: PenaltyDetail) -> Row:
    case = detail.case
    ended = case.closed_at is not None
    told = [case.number]
    if (clause := provisions.known().get(detail.provision)) is not None:
        told.append(clause.where)
    if detail.decided_on is not None and detail.fine:
        told.append(gettext("%(day)s决定罚款%(fine)s元") % {
            "day": detail.decided_on.isoformat(), "fine": law.yuan(detail.fine)
        })  # fmt: skip
    state = gettext("已办结") if ended else present.stage_title(case, plain=False, own=True)
    return Row(case.title, f"/desk/c/{case.number}", tuple(told), state, ICONS[ended])


def _may(actor: Actor) -> bool:
    return actor.kind == "post"


_EMPTY: Final = gettext_lazy("没有您看得到的处罚案件。")
TABS: Final = (
    Tab("penalties", gettext_lazy("处罚案件"), "firm", _of_firm, may=_may, empty=_EMPTY),
    Tab("penalties", gettext_lazy("处罚案件"), "premises", _of_firm, may=_may, empty=_EMPTY),
)
