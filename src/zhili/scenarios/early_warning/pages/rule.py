"""/desk/rules/<name>: a rule in words, when it fired, its thresholds, its switch, its trials on the past."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import TruncDay, TruncHour
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST

from zhili.base.signals.rules import SignalRule
from zhili.core.administration import parameters
from zhili.core.administration.models import Proposal, ProposalState
from zhili.core.cases.errors import Refused
from zhili.core.forms import Choice, Form, FormErrors, LongText
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.signals import registry
from zhili.core.signals.models import RuleStand, Warning
from zhili.core.signals.rules import quality, trying
from zhili.core.signals.warnings import fusing, wording
from zhili.core.trail.models import Change
from zhili.core.web import words as spoken
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.portal.pages.admin.frame import manages
from zhili.portal.submitted import Submission
from zhili.scenarios.early_warning import backtesting, plots, standing, words
from zhili.scenarios.early_warning.pages import testing
from zhili.scenarios.early_warning.pages.warning import accounts
from zhili.scenarios.early_warning.pages.who import reads, switches
from zhili.scenarios.early_warning.plots import Plot

SPANS = {"day": 30, "hour": 3}


class Switching(Form):
    state = Choice(
        "改成",
        required=True,
        choices=[
            ("on", "开：照规则通知、上报"),
            ("trial", "试运行：照样判，只在这里看得到，不通知任何人"),
            ("off", "关：不判"),
        ],
    )
    reason = LongText("原因", required=True, max_length=200, help="记在存证里。")


@dataclass(frozen=True)
class Threshold:
    """A number of the rule as it holds today, what is suggested instead, and what waits."""

    key: str
    title: str
    value: str
    since: str
    by: str
    suggestion: str
    adopt: str
    waiting: str


def show(
    request: HttpRequest, actor: Actor, rule: str, *, bound: Any = None, status: int = 200
) -> HttpResponse:
    found = rule_of(rule)
    line = standing.one_line(found)
    stand = RuleStand.objects.filter(name=rule).first()
    may = switches(actor) and fusing.may_switch(actor, rule)
    span = "hour" if text_in(request.GET, "by") == "hour" else "day"
    personal = wording.personal(found)
    context = {
        "rule": line,
        "purpose": gettext(found.about.purpose),
        "said": words.condition(found, registry.tuning(found)),
        "also": words.follows(found),
        "spans": _spans(rule, span),
        "fired": fired_plot(rule, span),
        "tuned": thresholds(found),
        "may_tune": managing.city_wide(actor),
        "may_read_params": manages(actor),
        "may_switch": may,
        "may_test": switches(actor),
        "bound": bound or (Switching.bind({"state": _present_state(line.state)}) if may else None),
        "fuse": _fuse(stand) if line.state == "cut" else "",
        "state_said": _state_said(found, line, stand),
        "personal": personal,
        "test": testing.form_of(found, request),
        "tests": testing.tests_of(found),
        "facts": _facts(found, line),
        "history": history(found),
    }
    return render(request, "early_warning/rule.html", context, status=status)


@require_POST
def switch(request: HttpRequest, actor: Actor, rule: str) -> HttpResponse:
    """On, on trial or off, with the reason. What starts switched off is tried on the past first."""
    found = rule_of(rule)
    if not switches(actor):
        raise PermissionDenied(gettext("由市级的总指挥、审签人或管理员开关。"))
    sent = Submission(request, Switching, actor)
    try:
        values = Switching.validate(sent.data).values
        if values["state"] == "on":
            backtesting.check_tried(found)
        trying.put(rule, values["state"], actor, values["reason"])
    except FormErrors as error:
        return show(request, actor, rule, bound=Switching.bind(sent.data, error.errors), status=422)
    except Refused as error:
        if error.status in (403, 404):
            raise
        bound = Switching.bind(sent.data, {"state": [error.message]})
        return show(request, actor, rule, bound=bound, status=error.status)
    messages.success(request, gettext("已改。改动和原因记在存证里。"))
    return redirect(f"/desk/rules/{rule}#switch")


@require_POST
def adopt(request: HttpRequest, actor: Actor, rule: str) -> HttpResponse:
    """The suggested value as a proposal for tomorrow, which a second person agrees to (core.administration)."""
    found = rule_of(rule)
    key, value = request.POST.get("key", "")[:100], request.POST.get("value", "")[:20]
    given = next((one for one in thresholds(found) if one.key == key and one.adopt == value), None)
    if given is None:
        messages.error(request, gettext("建议已经变了，请看过再定。"))
        return redirect(f"/desk/rules/{rule}#thresholds")
    first = timezone.localdate() + timedelta(days=1)
    try:
        parameters.propose(key, value, first, "", given.suggestion[:300], actor, None)
    except AdminRefused as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, gettext("提议已登记，等另一位负责人复核后，从%(day)s起用。") % {"day": words.day(first)}
        )
    return redirect(f"/desk/rules/{rule}#thresholds")


def rule_of(name: str) -> SignalRule:
    found = registry.rules().get(name)
    if found is None:
        raise Http404
    return found


def thresholds(rule: SignalRule) -> list[Threshold]:
    """Today's numbers, who set them, what the feedback suggests, what waits for a second person. Three queries."""
    held = registry.held(rule)
    labels = accounts(one.set_by_id for one in held.values())
    keys = [rule.key(one.name) for one in rule.tuned]
    waiting = {one.key: one for one in Proposal.objects.filter(key__in=keys, state=ProposalState.WAITING)}
    suggested = quality.suggested(rule.name)
    rows = []
    for one in rule.tuned:
        now, key = held[one.name], rule.key(one.name)
        since = now.since if now.since and now.since.year > 1950 else None
        better = suggested if suggested is not None and suggested.name == one.name else None
        proposal = waiting.get(key)
        rows.append(
            Threshold(
                key=key,
                title=gettext(one.title),
                value=words.number(now.value, one.unit),
                since=gettext("%(day)s起") % {"day": words.day(since)} if since else gettext("一直"),
                by=labels.get(now.set_by_id or 0, gettext("随规则声明")),
                suggestion=_better(better) if better else "",
                adopt=f"{better.better:.6g}" if better and proposal is None else "",
                waiting=gettext("已提议从%(day)s起改为 %(value)s，等复核")
                % {"day": words.day(proposal.valid_from), "value": proposal.value}
                if proposal
                else "",
            )
        )
    return rows


def _better(found: quality.Suggestion) -> str:
    told = {
        "value": words.number(found.better, found.unit),
        "kept": found.kept,
        "dropped": found.dropped,
        "false": found.false,
    }
    return (
        gettext(
            "按反馈，改为 %(value)s：属实的 %(kept)s 次都还会报，误报的 %(false)s 次里有 %(dropped)s 次不再报。"
        )
        % told
    )


def fired_plot(rule: str, span: str) -> Plot:
    """Warnings by day or by hour, as what came of them. One query."""
    now = timezone.now()
    zone = timezone.get_current_timezone()
    step = timedelta(days=1) if span == "day" else timedelta(hours=1)
    local = timezone.localtime(now)
    last = local.replace(minute=0, second=0, microsecond=0)
    last = last.replace(hour=0) if span == "day" else last
    count = SPANS[span] if span == "day" else SPANS[span] * 24
    since = last - step * (count - 1)
    cut = TruncDay("at", tzinfo=zone) if span == "day" else TruncHour("at", tzinfo=zone)
    rows = Warning.objects.filter(rule=rule, at__gte=since).annotate(slot=cut).order_by()
    counted: Counter[tuple[datetime, str]] = Counter()
    for slot, feedback in rows.values_list("slot", "feedback"):
        counted[slot, feedback] += 1
    slots = [since + step * n for n in range(count)]
    names = [plots.short(at.date()) if span == "day" else plots.clock(at) for at in slots]
    kinds = [
        ("real", gettext("属实"), "now"),
        ("false", gettext("误报"), "bad"),
        ("drill", gettext("演练"), "quiet"),
        ("", gettext("还没有反馈"), "soon"),
    ]
    drawn = [
        plots.line(title, role, [counted[at, name] for at in slots], bars=True, stacked=True)
        for name, title, role in kinds
    ]
    total = sum(counted.values())
    wrong = sum(n for (_at, feedback), n in counted.items() if feedback == "false")
    told = {"days": SPANS[span], "n": total, "wrong": wrong}
    said = gettext("最近 %(days)s 天报了 %(n)s 次，其中误报 %(wrong)s 次。") % told
    table = [
        [name, *(str(counted[at, kind]) for kind, _t, _r in kinds)]
        for at, name in zip(slots, names, strict=True)
        if any(counted[at, kind] for kind, _t, _r in kinds)
    ]
    return Plot(
        said, [gettext("时间"), *(title for _k, title, _r in kinds)], table, {"names": names, "lines": drawn}
    )


def _spans(rule: str, span: str) -> list[dict[str, Any]]:
    titles = {"day": gettext("30 天，按天"), "hour": gettext("3 天，按小时")}
    return [
        {"title": title, "url": f"/desk/rules/{rule}?by={name}", "count": None, "current": name == span}
        for name, title in titles.items()
    ]


def _present_state(state: str) -> str:
    """What the form of the switch shows as chosen: how the rule stands. Cut off by its fuse, it is off."""
    return {"cut": "off", "over": "on"}.get(state, state)


def _fuse(stand: RuleStand | None) -> str:
    if stand is None or stand.cut_at is None:
        return ""
    facts = stand.cut_facts
    told = {
        "at": spoken.moment(stand.cut_at),
        "fired": facts.get("fired", "?"),
        "subjects": facts.get("subjects", "?"),
        "within": words.length(float(facts.get("within", 0))),
        "held": stand.held_back,
    }
    return (
        gettext(
            "%(at)s，%(within)s之内 %(subjects)s 个对象里有 %(fired)s 个都报。切断后又触发 %(held)s 次，没有报。"
        )
        % told
    )


def _state_said(rule: SignalRule, line: standing.Line, stand: RuleStand | None) -> str:
    said = {
        "on": gettext("开着：触发就通知，没有人接就往上报。"),
        "trial": gettext("试运行：照样判，预警只在这里看得到，不通知任何人，不往上报，不上公共屏。"),
        "off": gettext("关着：不报。"),
        "cut": gettext("切断着：照样判，但不报。"),
        "over": gettext("过了最后一天，已停。续期以后再报。"),
    }[line.state]
    if stand is not None and line.state == "off" and stand.cut_facts.get("reason"):
        said += gettext("原因：%(reason)s") % {"reason": stand.cut_facts["reason"]}
    return said


def _facts(rule: SignalRule, line: standing.Line) -> list[tuple[str, str]]:
    about = rule.about
    precision = words.within(line.precision, line.interval) if line.precision else gettext("还没有反馈")
    rows = [
        (gettext("准确率"), precision),
        (gettext("看什么数据"), gettext(about.reads)),
        (gettext("自己会做什么"), gettext(about.does)),
        (gettext("谁来定"), gettext(about.decides)),
        (gettext("依据"), gettext(about.ground)),
        (gettext("最后一天"), words.day(line.until)),
        (gettext("名称"), rule.name),
    ]
    return [(term, text) for term, text in rows if text]


CHANGES = {
    fusing.CUT: ("pause", gettext_noop("关掉或切断")),
    fusing.ON: ("circle-check", gettext_noop("打开")),
    "tried": ("eye", gettext_noop("改为试运行")),
    "proposed": ("sliders-horizontal", gettext_noop("提议改门槛")),
    "approved": ("check", gettext_noop("同意改门槛")),
    "refused": ("circle-x", gettext_noop("不同意改门槛")),
    "withdrawn": ("undo-2", gettext_noop("撤回提议")),
}


def history(rule: SignalRule) -> list[dict[str, Any]]:
    """What was changed about it: switches, the fuse, thresholds. One query."""
    keys = [rule.key(one.name) for one in rule.tuned] + [rule.about.param]
    mine = Change.objects.filter(subject=fusing.SUBJECT, key=rule.name)
    theirs = Change.objects.filter(subject=parameters.PARAMETER, key__in=keys)
    rows = []
    for one in (mine | theirs).order_by("-id")[:12]:
        icon, title = CHANGES.get(one.done, ("circle", one.done))
        text = gettext(title)
        if one.subject == parameters.PARAMETER and one.name:
            text = gettext("%(what)s：%(where)s") % {"what": text, "where": one.name}
        note = " · ".join(part for part in (one.actor_label, one.reason) if part)
        rows.append({"icon": icon, "text": text, "at": one.at, "note": note})
    return rows


pages = (
    Page("desk/rules/<str:rule>", show, "rule", may=reads),
    Page("desk/rules/<str:rule>/switch", switch, "rule_switch", may=switches),
    Page("desk/rules/<str:rule>/adopt", adopt, "rule_adopt", may=switches),
)
