"""A licence that ends soon: a rule with a date and no sensor. A problem is begun once for each licence and last day."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.rules import AutomatedRule
from zhili.core import params
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.registers.models import Premises
from zhili.scenarios.catering.models import OutletDetail, ProblemDetail

log = logging.getLogger("zhili.catering")
NAME: Final = "catering.licence"
MOST: Final = 50
RULE: Final = AutomatedRule(
    NAME,
    "许可证到期提醒",
    purpose="许可证到期前提醒经营者延续，免得无证经营",
    subject="premises",
    reads="登记簿里许可证的最后一天",
    does="开一件待告知的餐饮问题，不罚款、不停业",
    decides="辖区执法人员核实后告知经营者，或者写明不是问题",
    params=("catering.ahead",),
)


def run() -> int:
    """Begin what is due, at most fifty a turn; how many. Harmless when repeated: the key is the licence's last day."""
    if not params.in_force(NAME):
        return 0
    today = timezone.localdate()
    last = today + timedelta(days=params.duration("catering.ahead")[0].amount)
    filed = OutletDetail.objects.filter(premises=OuterRef("pk"), active=True)
    told = ProblemDetail.objects.filter(
        premises=OuterRef("pk"), way="licence", case__opened_at__gte=timezone.now() - timedelta(days=400)
    )
    due = Premises.objects.filter(
        Exists(filed), active=True, licence_until__lte=last, licence_until__gt=today - timedelta(days=400)
    )
    begun = 0
    for one in due.exclude(Exists(told)).order_by("licence_until", "pk")[:MOST]:
        until = str(one.licence_until)
        actor = Actor(kind="rule", label=_(RULE.title))
        try:
            doors.open_case(
                "catering.problem",
                "expire",
                actor,
                {"premises": one.pk, "until": until},
                key=f"licence/{one.pk}/{until}",
                channel="signals",
            )
        except Refused:
            log.exception("premises %s: the problem of its licence could not be begun", one.pk)
            continue
        begun += 1
    return begun
