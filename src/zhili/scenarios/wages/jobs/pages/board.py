"""/wages/jobs and /wages/training: what stands now, for everybody; each posting with its facts and its form."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.core.internal import ratelimit
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhili.core.cases import doors
from zhili.core.cases.doors import Opened
from zhili.core.cases.errors import Refused
from zhili.core.people import secrets
from zhili.core.people.actors import Actor, of_request
from zhili.portal import receipts
from zhili.portal.asked import number_in, text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.wages import asked, who
from zhili.scenarios.wages.jobs import forms, reading, replies
from zhili.scenarios.wages.jobs.words import PAY, TRADES
from zhili.scenarios.wages.models import Course, Vacancy, Worker

TRIES = "30/m/ip"
"""A site's whole crew may share one address."""
PURPOSE = "本人应聘、报名"


def jobs(request: HttpRequest) -> HttpResponse:
    return _board(request, "jobs")


def training(request: HttpRequest) -> HttpResponse:
    return _board(request, "training")


def _board(request: HttpRequest, which: str) -> HttpResponse:
    course = which == "training"
    standing = reading.courses() if course else reading.vacancies()
    wanted = {name: text_in(request.GET, name) for name in ("q", "trade", "place", "pay")}
    found = reading.found(standing, wanted)
    start = min(number_in(request.GET, "from") or 0, 100_000)
    rows = list(found[start : start + reading.PAGE + 1])
    more = {**{name: text for name, text in wanted.items() if text}, "from": start + reading.PAGE}
    counts = reading.counts([one.pk for one in rows])
    context = {
        "which": which,
        "course": course,
        "rows": [reading.shown(one, _free(one, counts.get(one.pk, {}))) for one in rows[: reading.PAGE]],
        "wanted": wanted,
        "asked": any(wanted.values()),
        "trades": [(code, _(title)) for code, title in TRADES],
        "places": reading.places(standing),
        "pays": [("free", _("免费"))] if course else [(code, _(title)) for code, title in PAY],
        "next": f"?{urlencode(more)}" if len(rows) > reading.PAGE else "",
        "first": f"/wages/{which}" if start else "",
        "posts": _posts(of_request(request)),
    }
    return render(request, "wages/jobs/board.html", context)


def _posts(actor: Actor) -> bool:
    return (actor.kind == "post" and asked.works(actor)) or (
        actor.kind == "account" and who.projects(actor).filter(case__stage="running").exists()
    )


def _free(one: reading.Posting, counts: dict[str, int]) -> int:
    if isinstance(one, Course):
        return max(0, one.places - sum(counts.get(stage, 0) for stage in replies.SEATED))
    return max(0, one.wanted - counts.get("accepted", 0))


def vacancy(request: HttpRequest, number: str) -> HttpResponse:
    return _posting(request, number, Vacancy)


def course(request: HttpRequest, number: str) -> HttpResponse:
    return _posting(request, number, Course)


def _posting(request: HttpRequest, number: str, kind: type[Vacancy] | type[Course]) -> HttpResponse:
    one = reading.posting(number)
    if not isinstance(one, kind):
        return redirect(reading.shown(one)["url"])
    actor = of_request(request)
    worker = who.worker_of(actor)
    form = forms.Known if worker is not None and worker.phone_id else forms.Answerer
    sent, trouble = None, None
    if request.method == "POST":
        sent = Submission(request, form, actor)
        opened, trouble = attempt(lambda: _send(request, one, actor, worker, sent))
        if opened is not None:
            code = f"?g={opened.code}" if opened.code else ""
            return redirect(f"/wages/jobs/answer/{opened.number}{code}")
    free = _free(one, reading.counts([one.pk]).get(one.pk, {}))
    address = request.build_absolute_uri(request.path)
    context: dict[str, Any] = {
        **reading.shown(one, free),
        "bound": form.bind(sent.data if sent else None, trouble.errors if trouble else None),
        "masked": _masked(worker) if form is forms.Known and worker else None,
        "key": sent.key if sent and trouble and trouble.errors else new_key(),
        "trouble": trouble,
        "address": address,
        "picture": receipts.qr(address),
        "by_post": actor.kind == "post",
    }
    return render(request, "wages/jobs/posting.html", context, status=_status(trouble))


def _status(trouble: Trouble | None) -> int:
    return trouble.status if trouble else 200


def _masked(worker: Worker) -> dict[str, str]:
    ids = [one for one in (worker.name_id, worker.phone_id) if one is not None]
    shown = secrets.masked(ids)
    return {"name": shown.get(worker.name_id, ""), "phone": shown.get(worker.phone_id, "")}  # type: ignore[arg-type]


def _send(
    request: HttpRequest, one: reading.Posting, actor: Actor, worker: Worker | None, sent: Submission
) -> Opened:
    if actor.kind == "post":
        raise Refused(
            "by_post", _("工作岗位不能应聘、报名；请用本人的账号，或者退出登录后填姓名和手机号"), 409
        )
    if not ratelimit.consume(request, app="wages", action="reply", config={"reply": TRIES}, key="all"):
        raise Refused("too_fast", _("提交得太频繁，请过一分钟再试；填的内容还在"), 429)
    data = {**sent.data, "posting": one.case.number}
    if worker is not None and worker.phone_id:
        ids = [worker.name_id, worker.phone_id]
        plain = secrets.open_many(ids, actor, PURPOSE)
        data |= {"name": plain.get(worker.name_id, ""), "phone": plain.get(worker.phone_id, "")}
    try:
        if isinstance(one, Vacancy):
            return doors.open_case("wages.application", "apply", actor, data, key=sent.key)
        try:
            return doors.open_case("wages.enrolment", "enrol", actor, data, key=sent.key)
        except Refused as error:
            if error.code != "full":
                raise
            return doors.open_case("wages.enrolment", "queue", actor, data, key=sent.key)
    except IntegrityError:  # the same person twice at the same moment
        raise Refused("again", _("您已经报过这一条了，一人一次"), 409) from None


pages = (
    Page("wages/jobs", jobs, "wages_jobs"),
    Page("wages/training", training, "wages_training"),
    Page("wages/jobs/<str:number>", vacancy, "wages_job"),
    Page("wages/training/<str:number>", course, "wages_course"),
)
