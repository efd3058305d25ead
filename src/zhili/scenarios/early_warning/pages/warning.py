"""/desk/warnings/<id>: why it fired, on what data, by which thresholds; accepting it, giving it back, closing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST

from zhili.base.signals.conditions import Absence
from zhili.core.cases import query
from zhili.core.forms import Choice, Form, FormErrors, LongText
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes
from zhili.core.signals import registry
from zhili.core.signals.models import Source, Warning
from zhili.core.signals.warnings import giving_back, handling, wording
from zhili.core.web import words as spoken
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.early_warning import around, words
from zhili.scenarios.early_warning.pages.lines import line
from zhili.scenarios.early_warning.pages.who import acts, reads


class Closing(Form):
    feedback = Choice(
        "结果",
        required=True,
        choices=[("real", "属实"), ("false", "误报"), ("drill", "演练、测试")],
        help="每条反馈都算进这条规则准不准；演练不算。",
    )
    words = LongText("怎么处置的，为什么这样判断", max_length=300, help="不写姓名和电话。")


@dataclass(frozen=True)
class Moment:
    """A line of what happened. ``coming``: what will, if nobody does anything."""

    icon: str
    text: str
    at: datetime | None
    note: str = ""
    coming: bool = False


@dataclass(frozen=True)
class Held:
    """A threshold as it held: its value, since when, and who set it."""

    title: str
    value: str
    since: str
    by: str


def show(request: HttpRequest, actor: Actor, warning: int) -> HttpResponse:
    return _page(request, actor, _found(actor, warning))


@require_POST
def open_data(request: HttpRequest, actor: Actor, warning: int) -> HttpResponse:
    """What a wearer's device told: for whoever may act, with a purpose; the opening is a leaf."""
    found = _found(actor, warning)
    if not _may_open(actor, found):
        raise Http404
    purpose = " ".join(request.POST.get("purpose", "").split())[:100]
    if not purpose:
        messages.error(request, gettext("请写明为什么要看。"))
        return redirect("warning", warning)
    return _page(request, actor, found, purpose=purpose)


@require_POST
def accept(request: HttpRequest, actor: Actor, warning: int) -> HttpResponse:
    """Taken by the actor's office: nothing goes further up. Given back within a minute when it was a slip."""
    found = _acting(actor, warning)
    found = handling.accept(found, actor)
    return _after(request, actor, found, gettext("已接，不再往上级报。"), undo=giving_back.WITHIN)


@require_POST
def undo(request: HttpRequest, actor: Actor, warning: int) -> HttpResponse:
    found = giving_back.give_back(_acting(actor, warning), actor)
    return _after(request, actor, found, gettext("已退回，等人接手。"))


@require_POST
def close(request: HttpRequest, actor: Actor, warning: int) -> HttpResponse:
    """With what came of it: that is what a rule's precision is counted from."""
    found = _acting(actor, warning)
    sent = Submission(request, Closing, actor)
    try:
        values = Closing.validate(sent.data).values
    except FormErrors as error:
        return _page(request, actor, found, bound=Closing.bind(sent.data, error.errors), status=422)
    handling.close(found, actor, values["feedback"], values.get("words", ""))
    messages.success(request, gettext("已了结。反馈算进了这条规则的准确率。"))
    return redirect("warning", warning)


def _after(request: HttpRequest, actor: Actor, found: Warning, said: str, undo: float = 0) -> HttpResponse:
    """For a script the row alone; else back to where it was pressed."""
    if request.headers.get("HX-Request"):
        shown = line(found, actor, _thing(found))
        context = {"line": shown, "undo": int(undo), "here": request.POST.get("_next", "")}
        return render(request, "early_warning/parts/row.html", context)
    messages.success(request, said)
    back = request.POST.get("_next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"/desk/warnings/{found.pk}"
    return redirect(back)


def _found(actor: Actor, warning: int) -> Warning:
    found = handling.visible(actor).select_related("cell", "case").filter(pk=warning).first()
    if found is None:
        raise Http404
    return found


def _acting(actor: Actor, warning: int) -> Warning:
    found = _found(actor, warning)
    if not acts(actor):
        raise Http404
    return found


def _may_open(actor: Actor, found: Warning) -> bool:
    return acts(actor) and found.state != "closed"


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Warning,
    *,
    purpose: str = "",
    bound: Any = None,
    status: int = 200,
) -> HttpResponse:
    rule = registry.rules().get(found.rule)
    personal = rule is not None and around.of_wearer(rule, found)
    case = found.case if found.case and query.sees(actor, found.case) else None
    shown = line(found, actor, _thing(found), case.number if case else "")
    plot = None
    if rule is not None and (purpose or not personal):
        plot = around.plot(rule, found, around.readings(rule, found, actor, purpose))
    mine = acts(actor) and not shown.of_case
    context = {
        "line": shown,
        "said": words.condition(rule, found.tuning) if rule else "",
        "plot": plot,
        "personal": personal,
        "may_open": _may_open(actor, found),
        "tuned": tuned(rule, found) if rule else [],
        "course": course(found),
        "case": case,
        "facts": _facts(found, shown.thing),
        "absent": rule is not None and isinstance(rule.condition, Absence),
        "may_accept": mine and found.state == "raised",
        "may_close": mine and found.state != "closed",
        "undo": int(giving_back.seconds_left(found, actor)),
        "bound": bound or (Closing.bind(None) if mine and found.state != "closed" else None),
        "words": found.words,
        "closed_by": _closed_by(found),
        "here": request.path,
    }
    return render(request, "early_warning/warning.html", context, status=status)


def tuned(rule: Any, found: Warning) -> list[Held]:
    """The thresholds the warning went by, and who had set them by then. One query for the names."""
    held = registry.held(rule, found.at)
    labels = accounts(one.set_by_id for one in held.values())
    rows = []
    for one in rule.tuned:
        value = float(found.tuning.get(one.name, held[one.name].value))
        since = held[one.name].since
        rows.append(
            Held(
                gettext(one.title),
                words.number(value, one.unit),
                words.day(since) if since and since.year > 1950 else gettext("一直"),
                labels.get(held[one.name].set_by_id or 0, gettext("随规则声明")),
            )
        )
    return rows


def accounts(ids: Any) -> dict[int, str]:
    """Who set a threshold, by the name of the account's post: parameters are changed by posts of the city's office."""
    wanted = {one for one in ids if one}
    return dict(Account.objects.filter(pk__in=wanted).values_list("pk", "username")) if wanted else {}


STEPS = {
    "raised": ("triangle-alert", gettext_noop("规则触发")),
    "told": ("send", gettext_noop("通知")),
    "escalated": ("triangle-alert", gettext_noop("没有人接，往上报")),
    "accepted": ("hand", gettext_noop("接手")),
    "given_back": ("undo-2", gettext_noop("退回，等人接手")),
    "case_opened": ("file-text", gettext_noop("开出事项")),
    "closed": ("check", gettext_noop("了结了")),
}


def course(found: Warning) -> list[Moment]:
    """What happened to it, oldest first, and what comes next by itself. One query."""
    known = tree().nodes
    rows = []
    for step in found.steps.order_by("id"):
        icon, title = STEPS.get(step.kind, ("circle", step.kind))
        office = known.get(int(step.facts.get("office") or step.office_id or 0))
        text = gettext(title)
        if office:
            text = gettext("%(what)s：%(where)s") % {"what": text, "where": office.name}
        rows.append(Moment(icon, text, step.at, step.words))
    if found.merged:
        rows.append(
            Moment(
                "layers",
                gettext("又触发 %(n)s 次，并在这一条里") % {"n": found.merged},
                found.last_at,
                gettext("最近一次"),
            )
        )
    coming = handling.next_up(found) if found.state == "raised" else None
    if coming is not None and coming[0] > timezone.now():
        rows.append(Moment("alarm-clock", gettext("没有人接，就往上级报"), coming[0], coming=True))
    if found.tell_at and found.state == "raised":
        rows.append(Moment("clock", gettext("不打扰的时段过后再通知"), found.tell_at, coming=True))
    return rows


def _closed_by(found: Warning) -> str:
    node = tree().nodes.get(found.closed_office or 0)
    return f"{node.name if node else ''} {spoken.moment(found.closed_at)}".strip()


def _thing(found: Warning) -> str:
    if not found.source:
        return ""
    return str(Source.objects.filter(pk=found.source).values_list("title", flat=True).first() or "")


def _facts(found: Warning, thing: str) -> list[tuple[str, str]]:
    explained = wording.explain(found)
    ground = nodes().get(found.division_id or 0)
    rows = [
        (gettext("编号"), str(found.pk)),
        (gettext("物件或设备"), thing),
        (gettext("地点"), explained.place),
        (gettext("区划"), ground.name if ground else ""),
        (gettext("发生"), spoken.moment(found.at)),
        (gettext("判出"), spoken.moment(found.raised_at)),
        (gettext("为什么给这个单位"), gettext("；").join(explained.why)),
        (gettext("谁来定"), explained.decides),
    ]
    return [(term, text) for term, text in rows if text]


pages = (
    Page("desk/warnings/<int:warning>", show, "warning", may=reads),
    Page("desk/warnings/<int:warning>/open", open_data, "warning_open", may=acts),
    Page("desk/warnings/<int:warning>/accept", accept, "warning_accept", may=acts),
    Page("desk/warnings/<int:warning>/undo", undo, "warning_undo", may=acts),
    Page("desk/warnings/<int:warning>/close", close, "warning_close", may=acts),
)
