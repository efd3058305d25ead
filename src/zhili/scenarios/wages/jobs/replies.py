"""What a step of an answer does: one for each person and posting, no more accepted than there are places."""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Participation
from zhili.core.people import secrets
from zhili.scenarios.wages.models import Course, Reply, Vacancy

TAKEN: Final = {"wages.vacancy": "accepted", "wages.course": "enrolled"}
"""The stage that takes a place of a posting."""
SEATED: Final = ("enrolled", "attended", "absent")


def apply(change: Change) -> None:
    """Raises Refused: no such vacancy, closed, full, or answered already."""
    case = open_posting(change, "wages.vacancy")
    one = Vacancy.objects.get(pk=case.pk)
    if taken(case) >= one.wanted:
        raise Refused("full", _("这条招聘已经招满，不再收应聘"), 409)
    _answer(change, case, "poster", "employer", one.closes >= timezone.localdate(change.at))


def enrol(change: Change) -> None:
    """A place in a course. Raises Refused("full") when there is none: then one may ``queue``."""
    case = open_posting(change, "wages.course")
    one = Course.objects.get(pk=case.pk)
    if taken(case) >= one.places:
        raise Refused("full", _("名额已满，可以排队等候"), 409)
    _answer(change, case, "organiser", "organiser", one.closes >= timezone.localdate(change.at))
    change.then.append(_not_overfull)


def queue(change: Change) -> None:
    case = open_posting(change, "wages.course")
    one = Course.objects.get(pk=case.pk)
    _answer(change, case, "organiser", "organiser", one.closes >= timezone.localdate(change.at))


def seat(change: Change) -> None:
    """Somebody accepted, or come up from the waiting list: no more than there are places. Raises Refused."""
    change.then.append(_not_overfull)


def withdrawn(change: Change) -> None:
    """Whoever withdraws may answer again later."""
    change.detail |= {"mark": None, "account_id": None}


def taken(case: Case) -> int:
    """Places taken of a posting. One query."""
    stages = SEATED if case.procedure == "wages.course" else ("accepted",)
    return Reply.objects.filter(posting=case, case__stage__in=stages).count()


def open_posting(change: Change, procedure: str) -> Case:
    """The posting with the number given, while it stands. Raises Refused (404, 409)."""
    try:
        number = parse_case_number(str(change.values["posting"]))
    except CodeError:
        number = ""
    found = Case.objects.filter(number=number, procedure=procedure).first()
    if found is None or found.stage == "checking":
        raise Refused("no_posting", _("没有这条招聘或培训，请核对编号"), 404)
    if found.stage != "open":
        raise Refused("over", _("已经截止，不再收应聘和报名；可以看看别的"), 409)
    return found


def _answer(change: Change, posting: Case, asked: str, party: str, in_time: bool) -> None:
    case, phone = change.case, change.cleaned.personal["phone"]
    if not in_time:
        raise Refused("over", _("已经截止，不再收应聘和报名；可以看看别的"), 409)
    mark = secrets.blind_index("phone", phone)
    account = change.actor.account_id if change.actor.kind == "account" else None
    rows = Reply.objects.filter(posting=posting)
    if rows.filter(mark=mark).exists() or (account and rows.filter(account=account).exists()):
        raise Refused("again", _("您已经报过这一条了，一人一次；请用上次的查询码或者登录后查看答复"), 409)
    if note := change.values.pop(
        "note", None
    ):  # what people write of themselves is as personal as their name
        change.cleaned.personal["note"], change.cleaned.kinds["note"] = note, "text"
    case.title = posting.title
    case.category = posting.category
    case.public, case.confidential = False, True
    first = Participation.objects.filter(case=posting, role=asked, account_id__isnull=False)
    for other in first.values_list("account_id", flat=True):
        change.take_part(party, account_id=other)
    course = Course.objects.filter(pk=posting.pk, firm=None).exists()
    if course:
        case.office_id = posting.office_id
    change.detail |= {"posting_id": posting.pk, "mark": mark, "account_id": account}


def _not_overfull(change: Change) -> None:
    """Counted once more with the posting's row locked: two at the same moment get one place."""
    posting = Reply.objects.values_list("posting_id", flat=True).get(pk=change.case.pk)
    case = Case.objects.get(pk=posting)
    if case.procedure == "wages.course":
        most = Course.objects.select_for_update().get(pk=posting).places
    else:
        most = Vacancy.objects.select_for_update().get(pk=posting).wanted
    if taken(case) > most:
        raise Refused("full", _("名额已满"), 409)
