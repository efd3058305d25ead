"""/desk/wages/jobs/N: one's own posting: who answered (masked until opened with a purpose), answering, editing."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhili.base.codes import CodeError, parse_case_number
from zhili.base.sheets.harmless import harmless
from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret, Participation, Step
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission, key_of, new_key
from zhili.scenarios.wages import asked, who
from zhili.scenarios.wages.jobs import reading
from zhili.scenarios.wages.jobs.pages.desk import KINDS, ROLES, held
from zhili.scenarios.wages.models import Course, Reply, Vacancy

OWN_STEPS = ("close", "fill", "cancel", "lapse", "finish")
ANSWERS = ("invite", "accept", "decline", "place_taken", "came", "missed")
SPOKEN = {"invite": "note", "accept": "note", "decline": "reason"}
FIELDS = ("name", "phone", "note")
STAFF = frozenset({"handler", "leader"})


def manage(request: HttpRequest, number: str) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = _own(actor, number)
    opened: dict[UUID, str] = {}
    trouble = None
    if request.method == "POST":
        opened_now, trouble = attempt(lambda: _do(request, actor, one))
        if trouble is None and not opened_now:
            return redirect(f"/desk/wages/jobs/{one.case.number}")
        opened = opened_now or {}
        one.case.refresh_from_db()
    offers = {offer.name for offer in present.actions_for(one.case, actor)}
    context = {
        **reading.shown(one),
        "stage": present.stage_title(one.case),
        "base": f"/desk/wages/jobs/{one.case.number}",
        "rows": _rows(one, actor, opened),
        "offers": offers,
        "may_edit": bool(offers & {"edit", "edit_look"}),
        "may_end": "close" if "close" in offers else "cancel" if "cancel" in offers else "",
        "told": _last_word(one.case),
        "key": new_key(),
        "trouble": trouble,
    }
    return asked.quiet(
        render(request, "wages/jobs/manage.html", context, status=trouble.status if trouble else 200)
    )


def edit(request: HttpRequest, number: str) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = _own(actor, number)
    kind = "vacancy" if isinstance(one, Vacancy) else "course"
    form = KINDS[kind][0]
    sent, trouble = None, None
    if request.method == "POST":
        sent = Submission(request, form, actor)
        look = one.case.stage == "checking" or (actor.kind != "post" and held(kind, sent.data))
        step = "edit_look" if look else "edit"
        done, trouble = attempt(
            lambda: doors.act(one.case_id, step, actor, sent.data, key=sent.key, seen=sent.seen)
        )
        if done is not None:
            messages.success(request, _("改好了"))
            return redirect(f"/desk/wages/jobs/{one.case.number}")
    context = {
        "kind": kind,
        "editing": True,
        "bound": form.bind(sent.data if sent else _typed(one), trouble.errors if trouble else None),
        "key": sent.key if sent and trouble and trouble.errors else new_key(),
        "seen": one.case.seq,
        "trouble": trouble,
        "action": f"/desk/wages/jobs/{one.case.number}/edit",
        "back": f"/desk/wages/jobs/{one.case.number}",
    }
    return render(request, "wages/jobs/form.html", context, status=trouble.status if trouble else 200)


@require_POST
def names(request: HttpRequest, number: str) -> HttpResponse:
    """Everybody who answered, opened with a purpose, as a spreadsheet; a formula for a name stays text."""
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    one = _own(actor, number)
    plain = _open(actor, one, text_in(request.POST, "purpose"), None)
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow([_("编号"), _("姓名"), _("手机号"), _("状态"), _("说明")])
    for row in _rows(one, actor, plain):
        cells = (row["case"].number, row["name"], row["phone"], row["stage"], row["note"])
        lines.writerow([harmless(str(cell)) for cell in cells])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{one.case.number}.csv"'
    return asked.quiet(answer)


def _own(actor: Actor, number: str) -> Vacancy | Course:
    """A posting the actor speaks for today: a firm's by its seat, an office's own course. Raises Refused (404)."""
    try:
        parsed = parse_case_number(number)
    except CodeError:
        parsed = ""
    one: Vacancy | Course | None = None
    for model in (Vacancy, Course):
        one = one or model.objects.select_related(*reading.ROWS).filter(case__number=parsed).first()
    if one is None or not _speaks(actor, one):
        raise Refused("no_posting", _("没有找到这条发布，或您无权管理。"), 404)
    return one


def _speaks(actor: Actor, one: Vacancy | Course) -> bool:
    if actor.kind == "post":
        own = isinstance(one, Course) and one.firm_id is None and one.case.office_id == actor.office_id
        return own and bool(actor.roles & STAFF)
    part = Participation.objects.filter(case=one.case, account_id=actor.account_id, role__in=ROLES)
    project = one.project
    return project is not None and part.exists() and one.firm_id in who.hands(actor, project).firms


def _do(request: HttpRequest, actor: Actor, one: Vacancy | Course) -> dict[UUID, str]:
    """What a button asked. Values opened, to be shown once; nothing for a step."""
    wanted = text_in(request.POST, "do")
    words = " ".join(request.POST.get("words", "").replace("\x00", "").split())[:500]
    if wanted in OWN_STEPS:
        data = {"reason": words} if wanted in ("close", "cancel") else None
        doors.act(one.case_id, wanted, actor, data, key=key_of(request))
        return {}
    reply = Reply.objects.filter(posting=one.case, case__number=text_in(request.POST, "reply")).first()
    if reply is None:
        raise Refused("no_reply", _("没有找到这个人，请刷新页面"), 409)
    if wanted == "open":
        return _open(actor, one, text_in(request.POST, "purpose"), reply)
    if wanted not in ANSWERS:
        raise Refused("no_action", _("没有这一步"), 422)
    data = {SPOKEN[wanted]: words} if wanted in SPOKEN else None
    doors.act(reply.case_id, wanted, actor, data, key=key_of(request))
    return {}


def _open(actor: Actor, one: Vacancy | Course, purpose: str, only: Reply | None) -> dict[UUID, str]:
    """Open names and telephones, each opening recorded. Raises Refused without a purpose."""
    if len(purpose) < 2:
        raise Refused("no_purpose", _("请写明为什么要看姓名和电话，本人可以查到"), 422)
    replies = Reply.objects.filter(posting=one.case)
    ids = [only.pk] if only else list(replies.values_list("pk", flat=True))
    owners = dict(
        CaseSecret.objects.filter(case_id__in=ids, field__in=FIELDS).values_list("secret_id", "case_id")
    )
    plain = secrets.open_many(list(owners), actor, purpose, cases=owners)
    if not plain:
        raise Refused("erased", _("没有可以看的：信息已到期清除，或者还没有人应聘"), 409)
    return plain


def _rows(one: Vacancy | Course, actor: Actor, opened: dict[UUID, str]) -> list[dict[str, Any]]:
    """Who answered, in the order they came. Names masked, but for what was just opened. Three queries."""
    replies = list(Reply.objects.filter(posting=one.case).select_related("case").order_by("pk"))
    ids = [row.pk for row in replies]
    there = list(CaseSecret.objects.filter(case_id__in=ids, field__in=FIELDS))
    masked = secrets.masked(row.secret_id for row in there)
    values: dict[int, dict[str, str]] = {}
    for row in there:
        shown = opened.get(row.secret_id) or masked.get(row.secret_id, "")
        values.setdefault(row.case_id, {})[row.field] = shown
    known = {row.case_id for row in there if row.secret_id in opened}
    return [
        {
            "case": row.case,
            "stage": present.stage_title(row.case),
            "name": values.get(row.pk, {}).get("name", ""),
            "phone": values.get(row.pk, {}).get("phone", ""),
            "note": values.get(row.pk, {}).get("note", ""),
            "opened": row.pk in known,
            "open": row.case.closed_at is None,
            "queue": row.case.stage == "waiting",
        }
        for row in replies
    ]


def _last_word(case: Case) -> str:
    """The office's reason, when it took the posting down or did not publish it."""
    step = Step.objects.filter(case=case, action__in=("take_down", "decline")).order_by("-seq").first()
    return str(step.data.get("reason", "")) if step else ""


def _typed(one: Vacancy | Course) -> dict[str, Any]:
    """What stands, as the form asks it."""
    names = ("trade", "work", "contact", "phone")
    told: dict[str, Any] = {name: getattr(one, name) for name in names}
    told |= {"starts": one.starts.isoformat(), "closes": one.closes.isoformat()}
    if isinstance(one, Vacancy):
        return told | {
            "wanted": one.wanted,
            "pay": one.pay,
            "pay_from": f"{one.from_fen / 100:.2f}",
            "pay_to": f"{one.to_fen / 100:.2f}",
            "board": one.board,
            "lodging": one.lodging,
        }
    return told | {
        "subject": one.subject,
        "place": one.place,
        "ends": one.ends.isoformat(),
        "places": one.places,
        "fee": f"{one.fee_fen / 100:.2f}",
        "certificate": one.certificate,
    }


pages = (
    Page("desk/wages/jobs/<str:number>/edit", edit, "wages_desk_jobs_edit"),
    Page("desk/wages/jobs/<str:number>/names.csv", names, "wages_desk_jobs_names"),
    Page("desk/wages/jobs/<str:number>", manage, "wages_desk_job"),
)
