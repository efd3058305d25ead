"""What a step of a complaint does: where it is, its legal clock, and the wage ladder as a draft for a person to
decide.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.base.codes import CodeError, parse_case_number, show_case_number
from zhili.base.wages.bank import yuan
from zhili.base.wages.ladder import QUESTIONS, TITLES, Facts, Ladder, ladder
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.scenarios.wages.models import ComplaintDetail, Project, ProjectFact

TEMPLATE: Final = "wages.order"
CLOCK: Final = "looked_into"
MARKED: Final = (
    "employer_is_contractor",
    "unlawful",
    "name_lent",
    "passed_on",
    "developer_withheld",
    "cannot_pay",
    "fled",
)
AMOUNTS: Final = ("unsettled", "account", "deposit")
SETTLED: Final = {"yes": True, "no": False}


def complain(change: Change) -> None:
    """Find the project by its number, else the place as told. Raises Refused when there is neither."""
    values, case = change.values, change.case
    project = _project(str(values.get("project") or ""))
    if project is not None:
        case.division_id, case.lon, case.lat = project.division_id, project.lon, project.lat
        case.cell_id = None
    elif case.division_id is None:
        raise Refused("no_place", _("请填写告示牌上的项目编号，或者工地在哪里"), 422)
    since = values.get("since")
    _check_age(since, change)
    case.title = _("欠薪投诉：%(where)s") % {"where": project.name if project else _("未备案的工地")}
    case.category = case.category or "W3"
    case.public = False
    change.detail |= {
        "project_id": project.pk if project else None,
        "cause": values["cause"],
        "month_from": date.fromisoformat(since).replace(day=1) if since else None,
        "people": int(values.get("people") or 1),
        "claimed_fen": 100 * int(values.get("amount") or 0),
    }


def _check_age(since: str | None, change: Change) -> None:
    """劳动保障监察条例 20: older than two years and over is no longer looked into; what goes on counts from its
    end, so the
    reason is only noted for whoever decides."""
    if since and date.fromisoformat(since) > timezone.localdate(change.at):
        raise Refused("not_yet", _("开始欠薪的日期还没有到，请核对"), 422)
    if since and date.fromisoformat(since) < timezone.localdate(change.at) - timedelta(days=730):
        change.why.append(_("自述超过两年：是否连续或者继续，立案时核实（劳动保障监察条例第二十条）"))


def extend(change: Change) -> None:
    """30 working days more, once, from the end of the 60 (劳动保障监察条例 17)."""
    if Step.objects.filter(case_id=change.case.pk, action="extend").exists():
        raise Refused("extended", _("只能延长一次"), 409)
    filed = Step.objects.filter(case_id=change.case.pk, action="file").order_by("-seq").first()
    today, calendar = timezone.localdate(change.at), params.calendar()
    first = params.duration("wages.investigate")[0].amount
    end = calendar.add_working_days(timezone.localdate(filed.at if filed else change.at), first)
    left = calendar.working_days_between(today, end)
    more = params.duration("wages.investigate_more")[0].amount
    change.clock_limits[CLOCK] = Duration(left + more, "wd")


def reckon(change: Change) -> None:
    """Who pays first, as a draft: it stands in the step in words, and a document begins with it. Nobody is ordered."""
    detail = ComplaintDetail.objects.select_related("project").get(pk=change.case.pk)
    facts = facts_of(change.values, detail.project)
    found = ladder(facts)
    change.values["answer"] = in_words(found, detail.project)
    change.values["ladder"] = as_json(found)
    change.detail["arrears_fen"] = facts.arrears
    change.refer("documents.outgoing", {"template": TEMPLATE})


def facts_of(values: dict[str, Any], project: Project | None) -> Facts:
    """What the form says; the balance and the deposit the platform knows of are taken where the form says nothing."""
    known: dict[str, Any] = {name: SETTLED.get(str(values.get(name))) for name in MARKED}
    let = str(values.get("let_to_unqualified") or "unknown")
    known["let_to_unqualified"] = None if let == "unknown" else let
    for name in AMOUNTS:
        known[name] = 100 * int(values[name]) if values.get(name) is not None else None
    if project is not None:
        if known["account"] is None:
            told = ProjectFact.objects.filter(project=project, kind="balance").order_by("-id").first()
            known["account"] = told.value if told else None
        if known["deposit"] is None and project.deposit_kind != "none":
            known["deposit"] = project.deposit_fen
    return Facts(arrears=100 * int(values["arrears"]), **known)


def in_words(found: Ladder, project: Project | None) -> str:
    """The ladder as numbered lines, with firms by name where they are known, and what is still to be found out."""
    firms = {"developer": project.developer.name, "contractor": project.contractor.name} if project else {}
    lines = [
        _("查明拖欠工资共 %(yuan)s 元。清偿顺序（草稿，由承办人决定）：") % {"yuan": yuan(found.arrears)}
    ]
    for number, rung in enumerate(found.rungs, 1):
        who = TITLES[rung.who] + (f"（{firms[rung.who]}）" if rung.who in firms else "")
        amount = _("%(yuan)s 元") % {"yuan": yuan(rung.amount)} if rung.amount else ""
        articles = "、".join(rung.articles)
        lines.append(f"{number}. {who} {amount}：{rung.words}（《保障农民工工资支付条例》{articles}）。")
    if found.open:
        lines.append(_("还要查明：") + "；".join(QUESTIONS[name] for name in found.open) + "。")
    return "\n".join(lines)


def as_json(found: Ladder) -> list[dict[str, Any]]:
    """The rungs as kept with the step: figures and facts, no words."""
    return [
        {
            "who": one.who,
            "how": one.how,
            "fen": one.amount,
            "articles": list(one.articles),
            "rests_on": list(one.rests_on),
        }
        for one in found.rungs
    ]


def order(change: Change) -> None:
    """The decision; its limit is the day given. Raises Refused for a day that has passed."""
    until = date.fromisoformat(change.values["until"])
    days = (until - timezone.localdate(change.at)).days
    if days < 1:
        raise Refused("past", _("限期应在今天以后"), 422)
    change.stage_limit = Duration(days, "d")
    change.detail["arrears_fen"] = 100 * int(change.values["amount"])


def paid(change: Change) -> None:
    """Closed only when all that was ordered has come to the workers; a part is kept and the order stands."""
    detail = ComplaintDetail.objects.get(pk=change.case.pk)
    so_far = detail.paid_fen + 100 * int(change.values["amount"])
    change.detail["paid_fen"] = so_far
    if so_far < (detail.arrears_fen or 0):
        change.target = change.procedure.stages[change.from_stage]


def _project(typed: str) -> Project | None:
    if not typed.strip():
        return None
    try:
        number = parse_case_number(typed)
    except CodeError:
        number = ""
    found = Project.objects.filter(case__number=number).first()
    if found is None:
        raise Refused("no_project", _("没有这个项目编号，请核对告示牌；也可以不填，写明工地在哪里"), 422)
    return found


def shown(project: Project) -> str:
    """The project's number as people read it."""
    return show_case_number(project.case.number)
