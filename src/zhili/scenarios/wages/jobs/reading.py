"""What the board shows: postings that stand, found by words, trade, place and pay; and a person's own answers."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.scenarios.wages.jobs.words import PAY, TRADES, UNITS
from zhili.scenarios.wages.models import Course, Reply, Vacancy
from zhili.scenarios.wages.money.pages.common import money
from zhili.scenarios.wages.pages.board import SHOWN

PAGE: Final = 20
TITLES: Final = dict(TRADES)
PAYS: Final = dict(PAY)
Posting = Vacancy | Course
ROWS: Final = ("case", "firm", "division", "project__case")


def vacancies() -> QuerySet[Vacancy]:
    """Those that stand today, the newest first."""
    rows = Vacancy.objects.filter(case__stage="open", closes__gte=timezone.localdate())
    return rows.select_related(*ROWS).order_by("-pk")


def courses() -> QuerySet[Course]:
    """Those one may enrol for, the next first."""
    rows = Course.objects.filter(case__stage="open", closes__gte=timezone.localdate())
    return rows.select_related(*ROWS).order_by("starts", "pk")


def found(rows: QuerySet[Any], asked: dict[str, str]) -> QuerySet[Any]:
    """The rows that fit what was asked for; what is no code or number asks for nothing."""
    course = rows.model is Course
    for word in asked["q"].split()[:5]:
        trades = [code for code, title in TRADES if word in title or word.lower() in gettext(title).lower()]
        fits = Q(work__icontains=word) | Q(firm__name__icontains=word) | Q(trade__in=trades)
        fits |= (
            Q(subject__icontains=word) | Q(place__icontains=word)
            if course
            else Q(project__name__icontains=word)
        )
        rows = rows.filter(fits)
    if asked["trade"] in TITLES:
        rows = rows.filter(trade=asked["trade"])
    if asked["pay"] in PAYS and not course:
        rows = rows.filter(pay=asked["pay"])
    if asked["pay"] == "free" and course:
        rows = rows.filter(fee_fen=0)
    if asked["place"].isascii() and asked["place"].isdigit() and len(asked["place"]) < 18:
        rows = rows.filter(division_id=int(asked["place"]))
    return rows


def places(rows: QuerySet[Any]) -> list[tuple[str, str]]:
    """Where something stands now: (id, name)."""
    said = rows.order_by("division__code").values_list("division_id", "division__name").distinct()
    return [(str(pk), name) for pk, name in said]


def posting(number: str) -> Posting:
    """A posting that was published, by its number. Raises Refused (404)."""
    try:
        parsed = parse_case_number(number)
    except CodeError:
        parsed = ""
    for model in (Vacancy, Course):
        one = model.objects.select_related(*ROWS).filter(case__number=parsed).first()
        if one is not None and one.case.stage not in ("checking", "declined"):
            return one
    raise Refused("no_posting", gettext("没有这条招聘或培训，或者还没有发布。"), 404)


def shown(one: Posting, free: int | None = None) -> dict[str, Any]:
    """A posting in plain words."""
    stands = one.case.stage == "open" and one.closes >= timezone.localdate()
    told = {
        "one": one,
        "number": one.case.number,
        "course": isinstance(one, Course),
        "trade": gettext(TITLES[one.trade]),
        "stage": present.stage_title(one.case, plain=True),
        "open": stands,
        "free": free,
        "who": one.firm.name if one.firm else present.office_name(one.case.office_id),
    }
    project = one.project
    if isinstance(one, Vacancy):
        told |= {"title": told["trade"], "amount": amount(one), "unit": gettext(UNITS[one.pay])}
        told["pay_words"] = gettext(PAYS[one.pay])
        told["url"] = f"/wages/jobs/{one.case.number}"
    else:
        told |= {"title": one.subject, "fee": money(one.fee_fen).removesuffix(".00")}
        told["url"] = f"/wages/training/{one.case.number}"
    if project is not None:
        told["project"] = project.name
        told["notice_board"] = f"/wages/{project.case.number}" if project.case.stage in SHOWN else ""
    return told


def amount(one: Vacancy) -> str:
    """300 or 300 – 350, in yuan."""
    least, most = (money(fen).removesuffix(".00") for fen in (one.from_fen, one.to_fen))
    return least if least == most else f"{least} – {most}"


def counts(cases: list[int]) -> dict[int, dict[str, int]]:
    """How many answers of each posting are at which stage. One query."""
    rows = (
        Reply.objects.filter(posting_id__in=cases)
        .values_list("posting_id", "case__stage")
        .annotate(n=Count("pk"))
    )
    told: dict[int, dict[str, int]] = {}
    for pk, stage, n in rows:
        told.setdefault(pk, {})[stage] = n
    return told


def answers_of(account_id: int | None) -> list[dict[str, Any]]:
    """What an account's person answered, newest first, each with where it stands."""
    if account_id is None:
        return []
    rows = Case.objects.filter(opener_id=account_id, procedure__in=("wages.application", "wages.enrolment"))
    return [
        {
            "case": case,
            "stage": present.stage_title(case, plain=True),
            "url": f"/wages/jobs/answer/{case.number}",
        }
        for case in rows.order_by("-pk")[:PAGE]
    ]
