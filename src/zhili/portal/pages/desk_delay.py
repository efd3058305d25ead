"""/desk/c/<number>/delay: telling a person later who looked, where the law allows it; asking for longer, ending it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import Choice, Date, Form, FormErrors, LongText
from zhili.core.people.actors import Actor
from zhili.core.personal import delaying
from zhili.core.personal.models import Delay
from zhili.portal.pages.desk_case import find
from zhili.portal.submitted import Submission

GROUNDS = [(name, f"{one.title}（{delaying.LAW}{one.article}）") for name, one in delaying.GROUNDS.items()]
REASON = "期满后本人能看到这句话。不写姓名、电话等个人信息。"


class DelayForm(Form):
    ground = Choice("法律依据", choices=GROUNDS, required=True)
    reason = LongText("具体理由", required=True, max_length=300, help=REASON)
    until = Date("到哪天止", required=True, help="当天结束时自动解除，本人随即能看到。")


class LongerForm(Form):
    reason = LongText("为什么要延期", required=True, max_length=300, help=REASON)
    until = Date("延到哪天", required=True, help="须由另一位审签人批准。")


@require_http_methods(["GET", "POST"])
def manage(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    case = find(number, actor)
    if not delaying.may_ask(case, actor):
        raise Refused("forbidden", gettext("暂缓告知由承办单位办理。"), 403)
    if request.method == "GET":
        return _draw(request, case, actor)
    doing = request.POST.get("_do", "")
    try:
        done = _do(request, case, actor, doing)
    except FormErrors as error:
        return _draw(request, case, actor, doing, error.errors)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _draw(request, case, actor, doing, {"": [refused.message]}, refused.status)
    messages.success(request, done)
    return redirect("desk_delay", case.number)


def _do(request: HttpRequest, case: Case, actor: Actor, doing: str) -> str:
    match doing:
        case "begin":
            values = DelayForm.validate(Submission(request, DelayForm, actor).data).values
            delaying.begin(case, values["ground"], values["reason"], _end_of(values["until"]), actor)
            return gettext("从现在起的查看暂缓告知本人，到期自动解除。")
        case "longer":
            values = LongerForm.validate(Submission(request, LongerForm, actor).data).values
            delaying.ask_longer(case, values["reason"], _end_of(values["until"]), actor)
            return gettext("已提出延期，等另一位审签人批准。")
        case "agree" | "refuse":
            delaying.decide(case, doing == "agree", actor)
            return gettext("已批准延期。") if doing == "agree" else gettext("没有批准延期，到期照常告知。")
        case "end":
            delaying.end(case, actor)
            return gettext("已解除，本人现在能看到全部查看记录。")
    raise Refused("what", gettext("没有这项操作。"), 400)


def _end_of(day: str) -> datetime:
    """The midnight after a day named in a form."""
    after = datetime.fromisoformat(day).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(after, time()))


def _draw(
    request: HttpRequest,
    case: Case,
    actor: Actor,
    tried: str = "",
    errors: dict[str, list[str]] | None = None,
    status: int = 422,
) -> HttpResponse:
    running = delaying.current(case)
    asked = delaying.waiting(case)
    form: type[Form] = LongerForm if running else DelayForm
    sent: dict[str, Any] = {}
    if tried in ("begin", "longer"):
        sent = Submission(request, form, actor).data
    loose = (errors or {}).pop("", [])
    bound = form.bind(sent, errors or None)
    context = {
        "case": case,
        "eligible": delaying.eligible(case),
        "running": running,
        "asked": asked,
        "own": asked is not None and delaying.same_person(asked.asked_by, actor),
        "may_agree": delaying.may_agree(case, actor),
        "bound": bound,
        "loose": loose,
        "rows": [_line(one) for one in delaying.of_case(case)],
        "longest": delaying.longest().days,
        "most": delaying.most().days,
    }
    return render(request, "portal/desk_delay.html", context, status=status if (errors or loose) else 200)


def _line(one: Delay) -> dict[str, Any]:
    """A delay in words, for the list."""
    ground = delaying.GROUNDS.get(one.ground)
    law = f"{gettext(delaying.LAW)}{gettext(ground.article)}" if ground else ""
    ended = one.ended_at or (one.until if one.until <= timezone.now() else None)
    return {
        "delay": one,
        "ground": gettext(ground.title) if ground else one.ground,
        "law": law,
        "ended": ended,
    }
