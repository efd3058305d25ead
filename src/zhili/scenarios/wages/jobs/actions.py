"""What a step of a posting does: its columns, who may speak for it, how long it stands."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.base.codes import CodeError, parse_case_number
from zhili.base.text import redact
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.people.offices import tree as offices
from zhili.scenarios.wages import who
from zhili.scenarios.wages.jobs import honesty
from zhili.scenarios.wages.jobs.forms import fen
from zhili.scenarios.wages.jobs.words import TRADES
from zhili.scenarios.wages.models import Course, Project, Seat, Vacancy

VACANCY, COURSE = "W4", "W5"
LONGEST: Final = 180
"""Days a posting may stand: our own design, 待确认."""
HELD: Final = ("post_look", "edit_look", "announce_look")
"""Steps that bring a posting before an office first."""


def post(change: Change) -> None:
    """A vacancy's columns. Raises Refused: no such project under way, no seat on it, a day that cannot be."""
    values = change.values
    project = running(str(values["project"]))
    firm_id = _spoken_for(change, project, values["firm"])
    change.case.category, change.case.public = VACANCY, False
    change.detail |= {"project_id": project.pk, "firm_id": firm_id, "division_id": project.division_id}
    _placed(change, project)
    _seats(change, project, firm_id, "poster")
    _vacancy(change)


def announce(change: Change) -> None:
    """A course's columns. An office holds its own; a firm names the project it speaks for it on."""
    values, actor = change.values, change.actor
    change.case.category, change.case.public = COURSE, False
    if actor.kind == "post":
        node = offices().nodes[actor.office_id or 0]
        change.case.division_id = change.case.division_id or node.division_id
        change.case.office_id = actor.office_id
        change.detail |= {"firm_id": None, "project_id": None, "division_id": node.division_id}
    else:
        project = running(str(values.get("project") or ""))
        firm_id = _spoken_for(change, project, values.get("firm") or 0)
        change.detail |= {"firm_id": firm_id, "project_id": project.pk, "division_id": project.division_id}
        _placed(change, project)
        _seats(change, project, firm_id, "organiser")
    _course(change)


def edit(change: Change) -> None:
    still_speaks(change)
    _vacancy(change)


def edit_course(change: Change) -> None:
    still_speaks(change)
    _course(change)


def still_speaks(change: Change) -> None:
    """Whoever left the project since speaks for it no more. Raises Refused."""
    if change.actor.kind != "account":
        return
    one = (
        Vacancy.objects.filter(pk=change.case.pk).first() or Course.objects.filter(pk=change.case.pk).first()
    )
    if one is None or one.project is None or one.firm_id not in who.hands(change.actor, one.project).firms:
        raise Refused("no_seat", _("您已经不是这个项目的劳资员，这条发布由单位现在的人员处理"), 403)


def released(change: Change) -> None:
    """It stands from now on, until its own day; past that day it ends within the day."""
    one = (
        Vacancy.objects.filter(pk=change.case.pk).first() or Course.objects.filter(pk=change.case.pk).first()
    )
    if one is not None:
        _stands(change, max(one.closes, timezone.localdate(change.at)))


def running(number: str) -> Project:
    """The project under way with this number. Raises Refused (422)."""
    try:
        parsed = parse_case_number(number)
    except CodeError:
        parsed = ""
    found = Project.objects.select_related("case").filter(case__number=parsed, case__stage="running").first()
    if found is None:
        raise Refused("no_project", _("没有这个施工中的项目，请核对项目编号"), 422)
    return found


def _spoken_for(change: Change, project: Project, firm_id: int) -> int:
    if firm_id not in who.hands(change.actor, project).firms:
        raise Refused("no_seat", _("只有这个项目的劳资专管员、分包单位劳资员可以替本单位发布"), 403)
    return firm_id


def _placed(change: Change, project: Project) -> None:
    """Where the project is, before the office that accepted it: that one may take the posting down."""
    case = change.case
    case.division_id, case.lon, case.lat = project.division_id, project.lon, project.lat
    case.office_id = project.case.office_id


def _seats(change: Change, project: Project, firm_id: int, party: str) -> None:
    """All who speak for the firm on this project now."""
    accounts = set(
        Seat.objects.filter(project=project, firm_id=firm_id, kind="clerk", until=None).values_list(
            "account_id", flat=True
        )
    )
    if project.contractor_id == firm_id and project.officer_id is not None:
        accounts.add(project.officer_id)
    for account in sorted({*accounts, change.actor.account_id or 0} - {0}):
        change.take_part(party, account_id=account)


def _vacancy(change: Change) -> None:
    values = change.values
    _honest(change, [values["work"], values["contact"]])
    trade = dict(TRADES)[values["trade"]]
    change.case.title = _("招聘：%(trade)s %(n)s 人") % {"trade": _(trade), "n": values["wanted"]}
    change.detail |= {
        "trade": values["trade"],
        "wanted": values["wanted"],
        "pay": values["pay"],
        "from_fen": fen(values["pay_from"]),
        "to_fen": fen(values["pay_to"]),
        "starts": date.fromisoformat(values["starts"]),
        "closes": _closes(change),
        "board": values["board"],
        "lodging": values["lodging"],
        **_said(values),
    }


def _course(change: Change) -> None:
    values = change.values
    _honest(change, [values["subject"], values["work"], values["contact"]], course=True)
    change.case.title = _("培训：%(what)s") % {"what": redact(values["subject"])}
    change.detail |= {
        "subject": redact(values["subject"]),
        "trade": values["trade"],
        "place": redact(values["place"]),
        "starts": date.fromisoformat(values["starts"]),
        "ends": date.fromisoformat(values["ends"]),
        "closes": _closes(change),
        "places": values["places"],
        "fee_fen": fen(values.get("fee") or "0"),
        "certificate": redact(values.get("certificate") or ""),
        **_said(values),
    }


def _said(values: dict[str, Any]) -> dict[str, str]:
    return {
        "work": redact(values["work"]),
        "contact": values["contact"],
        "phone": values["phone"],
    }


def _honest(change: Change, texts: list[str], *, course: bool = False) -> None:
    """What seems to ask what may not be asked comes before an office first. Raises Refused (422)."""
    if change.action.name not in HELD and (words := honesty.told(texts, course=course)):
        raise Refused("not_allowed", words, 422)


def _closes(change: Change) -> date:
    """The day given; the posting's clock runs until its end. Raises Refused for one that is past or far off."""
    on, today = date.fromisoformat(change.values["closes"]), timezone.localdate(change.at)
    if not today <= on or (on - today).days > LONGEST:
        words = _("截止日期应在今天到 %(days)s 天以内，请改正") % {"days": LONGEST}
        raise Refused("bad_day", words, 422)
    if change.action.name not in HELD:
        _stands(change, on)
    return on


def _stands(change: Change, until: date) -> None:
    change.stage_limit = Duration((until - timezone.localdate(change.at)).days, "d")
