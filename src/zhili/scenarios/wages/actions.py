"""What a step does beyond moving the case: the project's columns, its dates, and when its account may be closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, check_uscc, show_phone
from zhili.base.text import redact
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.core.registers.models import Firm
from zhili.core.web.words import fault_of
from zhili.scenarios.wages.models import DayLine, Project

PROJECT, DISPUTE = "W1", "W2"
"""Categories, so that the duty list can send both straight to the labour office."""
CLOSING: Final[list[Callable[[Project], str]]] = []
"""What must be in order before an account is closed: each says in words what is not, "" when all is well."""


def file(change: Change) -> None:
    """The project's columns. Raises Refused for a firm that is not registered, or a place outside the city."""
    values, case = change.values, change.case
    if case.division_id is None or case.lon is None or case.lat is None:
        raise Refused("no_place", _("工地不在本市范围内，没有收下，请核对地图上的位置"), 422)
    developer, contractor = _firm(values["developer"]), _firm(values["contractor"])
    personal = change.cleaned.personal
    case.title, case.category = values["name"], PROJECT
    case.public = False
    change.detail |= {
        "name": values["name"],
        "division_id": case.division_id,
        "developer_id": developer.pk,
        "contractor_id": contractor.pk,
        "officer_id": change.actor.account_id if change.actor.kind == "account" else None,
        "bank": values["bank"],
        "deposit_kind": values["deposit_kind"],
        "deposit_fen": 100 * int(values.get("deposit_yuan") or 0),
        "payday": int(values["payday"]),
        "minimum_wage_fen": 100 * int(params.get("wages.minimum").text),
        "lon": case.lon,
        "lat": case.lat,
        "radius_m": int(values.get("radius") or 300),
        "started_on": date.fromisoformat(values["starts"]),
        "contacts": _contacts(values, personal),
        "code_round": 0,
    }
    change.then.append(_link_account)


def _link_account(change: Change) -> None:
    """The account number is sealed with the step; the project points to it."""
    Project.objects.filter(pk=change.case.pk).update(
        account_number_id=UUID(change.data["account_number"]["secret"])
    )


def _contacts(values: dict[str, Any], personal: dict[str, str]) -> dict[str, Any]:
    """What the board shows beside the columns. Article 34 has the officer named there; the step has hashes only."""
    return {
        "department": redact(values["department"]),
        "officer": {"name": personal["officer_name"], "phone": show_phone(personal["officer_phone"])},
        "industry": {"name": redact(values["industry"]), "phone": values["industry_phone"]},
    }


def started(change: Change) -> None:
    change.detail["started_on"] = min(_project(change).started_on, timezone.localdate(change.at))


def completed(change: Change) -> None:
    """Article 27: the account may be closed 30 days after the notice. Raises Refused for a day that cannot be."""
    on, project = date.fromisoformat(change.values["on"]), _project(change)
    if not project.started_on <= on <= timezone.localdate(change.at):
        raise Refused("bad_day", _("完工日期应在开工以后、今天以前，请改正"), 422)
    change.detail["completed_on"] = on


def close(change: Change) -> None:
    """Raises Refused before the notice of article 27 has run, or while anything is owed."""
    over = notice_over(change.case.pk, change.at)
    if timezone.localdate(change.at) < over:
        words = _("公示要满 %(days)s 日，%(day)s 起才能注销专用账户") % {
            "days": params.duration("wages.notice")[0].amount,
            "day": over.isoformat(),
        }
        raise Refused("notice_runs", words, 409)
    project = _project(change)
    faults = [fault for fault in (check(project) for check in CLOSING) if fault]
    if faults:
        raise Refused("owed", "；".join(faults), 409)


def notice_over(case: int, at: datetime) -> date:
    """From which day the account may be closed: the notice runs from when completion was told (else ``at``)."""
    told = Step.objects.filter(case_id=case, action="complete").order_by("-seq").first()
    return timezone.localdate(told.at if told else at) + timedelta(
        days=params.duration("wages.notice")[0].amount
    )


def raised(change: Change) -> None:
    """A day that somebody said no to: the case is where the project is, and its parties see it."""
    line = DayLine.objects.select_related("engagement__worker", "engagement__crew__project").get(
        pk=int(change.values["line"])
    )
    project, role = line.engagement.crew.project, change.values["role"]
    case = change.case
    case.category = DISPUTE
    case.title = _("考勤异议：%(project)s") % {"project": project.name}
    case.division_id, case.lon, case.lat = project.division_id, project.lon, project.lat
    change.detail |= {"project_id": project.pk, "line_id": line.pk, "role": role}
    worker = line.engagement.worker
    if worker.account_id is not None:
        change.take_part("worker", account_id=worker.account_id)
    if project.officer_id is not None:
        change.take_part("officer", account_id=project.officer_id)


def _project(change: Change) -> Project:
    found = Project.objects.filter(pk=change.case.pk).first()
    if found is None:
        raise Refused("no_project", _("这件事项没有备案的项目"), 409)
    return found


def _firm(code: str) -> Firm:
    try:
        found = Firm.objects.filter(code=check_uscc(code)).first()
    except CodeError as error:
        raise Refused("bad_code", fault_of(error), 422) from None
    if found is None:
        words = _("登记里没有统一社会信用代码 %(code)s 的单位，请先请所在地的办事机构登记") % {"code": code}
        raise Refused("no_firm", words, 422)
    return found
