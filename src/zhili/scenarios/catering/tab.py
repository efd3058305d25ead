"""What the register's page of premises shows of catering: its file, and problems the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhili.core.cases import present, query
from zhili.core.people.actors import Actor
from zhili.core.registers.models import PremisesKind
from zhili.core.registers.tabs import PREMISES, Row, Tab
from zhili.scenarios.catering import outlets
from zhili.scenarios.catering.kinds import FORMS, KINDS
from zhili.scenarios.catering.models import ProblemDetail

MOST = 20


def rows_of(premises: Any, actor: Actor) -> Sequence[Row]:
    """The file first, then problems, the newest first."""
    if premises.kind != PremisesKind.RESTAURANT:
        return ()
    rows, file = [], outlets.of(premises.pk)
    page = f"/desk/catering/{premises.pk}"
    if file is None:
        rows.append(Row(gettext("还没有餐饮档案"), page, (), gettext("可以建档"), "plus"))
    else:
        last = file.checked_on
        words = (
            gettext(FORMS.get(file.form, file.form)),
            gettext("最近自查 %s") % last if last else gettext("还没有自查"),
        )
        rows.append(Row(gettext("餐饮档案和自查台账"), page, words, gettext("自查中"), "list-checks"))
    seen = query.visible(actor).filter(procedure="catering.problem")
    found = ProblemDetail.objects.filter(premises=premises, case__in=seen).select_related("case")
    for one in found.order_by("-pk")[:MOST]:
        title = gettext(KINDS[one.kind].title) if one.kind in KINDS else one.kind
        again = (gettext("一年内第 %d 次") % one.again,) if one.again > 1 else ()
        said = (one.case.number, *again)
        rows.append(Row(title, f"/desk/c/{one.case.number}", said, present.stage_title(one.case)))
    return rows


TAB = Tab("catering", _("餐饮"), PREMISES, rows_of, empty=_("这里不是餐饮店。"))
