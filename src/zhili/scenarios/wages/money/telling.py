"""Figures of a project that somebody tells: what lies in the wage account, power and water of a day (articles 27,
38).

The bank tells the balance, whoever supplies power tells a day's use; an adapter calls ``tell`` as a machine account
does.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import Project, ProjectFact
from zhili.scenarios.wages.money import keeping
from zhili.scenarios.wages.money.words import FACTS

MOST: Final = {"balance": 10**13, "power": 10**7, "water": 10**6}


def tell(actor: Actor, project: Project, kind: str, value: int, on: date | None = None) -> ProjectFact:
    """Keep a figure: fen, kWh or cubic metres by ``kind``. Whether ``actor`` may is the caller's. Raises Refused."""
    day = on or timezone.localdate()
    if kind not in dict(FACTS) or not 0 <= value <= MOST[kind]:
        raise Refused("bad_value", _("这个数不在可能的范围内，请核对单位"), 422)
    if day > timezone.localdate():
        raise Refused("not_yet", _("这一天还没有到"), 422)
    row = ProjectFact(project=project, kind=kind, value=value, on=day, account_id=actor.account_id)
    with transaction.atomic():
        keeping.keep(keeping.TOLD, actor, project, [row], lambda one: facts(one, project.case.number))
        row.save(force_insert=True)
    return row


def facts(row: ProjectFact, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public: of which project what kind of figure was told. Committed to: the figure, of which day, by whom."""
    shown = {"project": number, "fact": row.kind}
    return shown, {"value": row.value, "on": row.on.isoformat(), "account": row.account_id}
