"""/desk/rules/<name>/tests/<id>: a rule tried on the past: asked for, under way (it may be left), and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.signals.rules import RuleRefused, SignalRule
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.signals import registry
from zhili.core.web import words as spoken
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.early_warning import backtesting, plots, standing, words
from zhili.scenarios.early_warning.models import BackTest, TestState
from zhili.scenarios.early_warning.pages.who import reads, switches
from zhili.scenarios.early_warning.plots import Plot

BACK = timedelta(days=7)
STATES = {
    TestState.WAITING: ("clock", ""),
    TestState.RUNNING: ("rotate-ccw", "lake"),
    TestState.DONE: ("check", "done"),
    TestState.FAILED: ("circle-x", "over"),
}


@dataclass(frozen=True)
class Shown:
    """A trial as a line, and as its page while it runs."""

    url: str
    period: str
    said: str
    state_title: str
    icon: str
    css: str
    running: bool
    failed: bool
    share: int
    trouble: str


def tests_of(rule: SignalRule) -> list[Shown]:
    """The latest five."""
    return [shown(one) for one in BackTest.objects.filter(rule=rule.name).order_by("-id")[:5]]


def shown(one: BackTest) -> Shown:
    icon, css = STATES[TestState(one.state)]
    running = one.state in (TestState.WAITING, TestState.RUNNING)
    done = one.result.get("firings")
    total = max(1, len(one.pieces))
    if one.state == TestState.DONE:
        said = gettext("报 %(n)s 次") % {"n": done}
    elif one.state == TestState.WAITING:
        said = gettext("排着队，马上开始算。")
    else:
        said = gettext("已算 %(done)s 份，共 %(total)s 份。") % {"done": one.done, "total": total}
    return Shown(
        url=f"/desk/rules/{one.rule}/tests/{one.pk}",
        period=_period(one),
        said=said,
        state_title=str(one.get_state_display()),
        icon=icon,
        css=css,
        running=running,
        failed=one.state == TestState.FAILED,
        share=round(100 * one.done / total),
        trouble=one.trouble,
    )


def form_of(rule: SignalRule, request: HttpRequest) -> dict[str, Any]:
    """The form of a trial: today's numbers, the last week, the main threshold swept."""
    today = timezone.localdate()
    held = registry.tuning(rule)
    sent = request.POST if request.method == "POST" else {}
    fields = [
        {
            "name": one.name,
            "title": gettext(one.title),
            "unit": gettext(one.unit) if one.unit else "",
            "value": sent.get(f"t.{one.name}") or f"{held[one.name]:.6g}",
        }
        for one in rule.tuned
    ]
    return {
        "since": sent.get("since") or (today - BACK).isoformat(),
        "until": sent.get("until") or today.isoformat(),
        "today": today.isoformat(),
        "fields": fields,
        "sweep": sent.get("sweep", rule.tuned[0].name if rule.tuned else ""),
    }


@require_POST
def begin(request: HttpRequest, actor: Actor, rule: str) -> HttpResponse:
    """Ask for it; the worker reckons. What cannot be is said beside the button, with all that was typed."""
    from zhili.scenarios.early_warning.pages.rule import rule_of, show

    found = rule_of(rule)
    try:
        since, until = _days(request.POST.get("since", ""), request.POST.get("until", ""))
        values = {one.name: _number(request.POST.get(f"t.{one.name}", ""), one.title) for one in found.tuned}
        made = backtesting.ask(found, since, until, values, text_in(request.POST, "sweep"), actor)
    except (RuleRefused, Refused) as error:
        said = error.message if isinstance(error, Refused) else gettext("门槛超出了允许的范围。")
        messages.error(request, said)
        return show(request, actor, rule, status=422)
    return redirect("rule_test", rule, made.pk)


def show_test(request: HttpRequest, actor: Actor, rule: str, test: int) -> HttpResponse:
    """The page; only its inside while it is fetched again and again."""
    found = registry.rules().get(rule)
    row = BackTest.objects.filter(rule=rule, pk=test).first()
    if found is None or row is None:
        raise Http404
    context = {
        "rule": standing.one_line(found),
        "test": shown(row),
        "period": _period(row),
        "asked": f"{row.label} {spoken.moment(row.asked_at)} · {words.condition(found, row.tuning)}",
        **(_found(found, row) if row.state == TestState.DONE else {}),
    }
    part = "parts/test.html" if text_in(request.GET, "part") == "now" else "test.html"
    return render(request, f"early_warning/{part}", context)


def _found(rule: SignalRule, row: BackTest) -> dict[str, Any]:
    result = row.result
    real, wrong = result.get("real", 0), result.get("false", 0)
    precision, interval = standing.precision_words(real, wrong)
    figures = [
        (gettext("会报几次"), str(result.get("firings", 0))),
        (gettext("几个对象报过"), str(len(result.get("subjects", [])))),
        (gettext("看了几个测量值"), str(result.get("readings", 0))),
        (gettext("和已有反馈对上的准确率"), words.within(precision, interval) if precision else "–"),
    ]
    name = row.sweep
    swept = next((one for one in rule.tuned if one.name == name), None)
    return {
        "figures": figures,
        "fired": fired_plot(result, row),
        "swept": sweep_plot(result, row, swept) if swept else None,
        "swept_title": gettext("“%(title)s”取别的值会怎样") % {"title": gettext(swept.title)}
        if swept
        else "",
        "subjects": [(one["name"], one["n"]) for one in result.get("subjects", [])[:20]],
    }


def fired_plot(result: dict[str, Any], row: BackTest) -> Plot:
    """Firings over the period, by day, or by hour when it is short."""
    zone = timezone.get_current_timezone()
    hours = row.until - row.since <= timedelta(days=3)
    step = timedelta(hours=1) if hours else timedelta(days=1)
    at = row.since.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    slots = []
    while at < row.until:
        slots.append(at)
        at += step
    counts = [0] * len(slots)
    for seconds in result.get("at", []):
        place = int((seconds - slots[0].timestamp()) // step.total_seconds())
        if 0 <= place < len(counts):
            counts[place] += 1
    names = [plots.clock(one) if hours else plots.short(one.date()) for one in slots]
    most = max(counts, default=0)
    told = {"n": sum(counts), "most": most, "day": names[counts.index(most)] if most else ""}
    said = gettext("这段时间一次也不会报。")
    if most:
        said = gettext("这段时间会报 %(n)s 次，最多的是%(day)s，%(most)s 次。") % told
    table = [[name, str(n)] for name, n in zip(names, counts, strict=True) if n]
    drawing = {"names": names, "lines": [plots.line(gettext("会报"), "now", counts, bars=True)]}
    return Plot(said, [gettext("时间"), gettext("次数")], table, drawing)


def sweep_plot(result: dict[str, Any], row: BackTest, swept: Any) -> Plot:
    """How often it would have fired at each value, and what share of what was judged was real."""
    lines = result.get("sweep", [])
    names = [words.number(one["value"], swept.unit) for one in lines]
    shares = [standing.precision_words(one["real"], one["false"]) for one in lines]
    drawing = {
        "names": names,
        "lines": [
            plots.line(gettext("会报几次"), "now", [one["firings"] for one in lines], bars=True),
            plots.line(
                gettext("准确率"),
                "good",
                [
                    round(one["real"] / (one["real"] + one["false"]), 3)
                    if one["real"] + one["false"]
                    else None
                    for one in lines
                ],
                right=True,
                dots=True,
            ),
        ],
        "right": gettext("准确率"),
        "most": 1,
        "marks": [{"name": gettext("这次取的值"), "at": words.number(row.tuning[swept.name], swept.unit)}],
    }
    told = (
        {"low": names[0], "high": names[-1], "few": lines[-1]["firings"], "many": lines[0]["firings"]}
        if lines
        else {}
    )
    said = (
        gettext(
            "取 %(low)s 会报 %(many)s 次，取 %(high)s 会报 %(few)s 次；准确率只按已有反馈的预警算，没有反馈的不算。"
        )
        % told
        if lines
        else ""
    )
    heads = [gettext("取值"), gettext("会报几次"), gettext("属实"), gettext("误报"), gettext("准确率")]
    table = [
        [
            name,
            str(one["firings"]),
            str(one["real"]),
            str(one["false"]),
            words.within(share, between) if share else "–",
        ]
        for name, one, (share, between) in zip(names, lines, shares, strict=True)
    ]
    return Plot(said, heads, table, drawing)


def _period(one: BackTest) -> str:
    first, last = timezone.localdate(one.since), timezone.localdate(one.until - timedelta(seconds=1))
    return f"{words.day(first)} – {words.day(last)}"


def _days(since: str, until: str) -> tuple[datetime, datetime]:
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError:
        raise Refused("days", gettext("请写明从哪天到哪天。"), 422) from None
    if last < first:
        raise Refused("days", gettext("日期前后颠倒了。"), 422)
    begin = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    return begin, min(end, timezone.now())


def _number(text: str, title: str) -> float:
    try:
        return float(text.strip()[:20])
    except ValueError:
        raise Refused("value", gettext("“%(title)s”应为数字。") % {"title": gettext(title)}, 422) from None


pages = (
    Page("desk/rules/<str:rule>/test", begin, "rule_test_begin", may=switches),
    Page("desk/rules/<str:rule>/tests/<int:test>", show_test, "rule_test", may=reads),
)
