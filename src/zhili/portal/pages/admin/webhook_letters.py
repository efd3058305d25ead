"""Dead letters: read as they were sent, and sent again: one, all, or those since a day."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any, Final

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from zhili.core.exchange.models import Delivery, DeliveryState
from zhili.core.exchange.webhooks import replaying, standing, wording
from zhili.core.exchange.webhooks.catalogue import TYPES
from zhili.core.exchange.webhooks.subscribing import SUBJECT
from zhili.core.exchange.webhooks.taking import Letter, Receiver
from zhili.core.forms import Date, Form
from zhili.core.people.actors import Actor
from zhili.portal.pages.admin import frame, webhooks
from zhili.portal.pages.admin.frame import Task

PAGE: Final = 50
STATES: Final = {
    "dead": gettext_lazy("未送达"),
    "waiting": gettext_lazy("待送达"),
    "sent": gettext_lazy("已送达"),
    "all": gettext_lazy("全部"),
}


class Since(Form):
    since = Date("从哪天的事件起", help="不填就是全部未送达的。")


def listing(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    """The letters of a subscription; the dead ones unless asked otherwise."""
    row = webhooks.found(actor, webhook)
    state, wanted = request.GET.get("state", "dead"), request.GET.get("q", "").strip()[:80]
    rows = row.deliveries.select_related("event").order_by("-id")
    if state in DeliveryState.values:
        rows = rows.filter(state=state)
    if wanted:
        rows = rows.filter(Q(event__subject=wanted) | Q(event__type=wanted) | Q(error__icontains=wanted))
    last = request.GET.get("before", "")
    if last.isascii() and last.isdigit() and len(last) < 19:
        rows = rows.filter(pk__lt=int(last))
    page = list(rows[: PAGE + 1])
    rest = request.GET.copy()
    rest["before"] = str(page[PAGE - 1].pk) if len(page) > PAGE else ""
    context = {
        "row": row,
        "rows": page[:PAGE],
        "more": f"?{rest.urlencode()}" if len(page) > PAGE else "",
        "state": state,
        "states": STATES.items(),
        "wanted": wanted,
        "health": standing.health(row),
    }
    return frame.show(request, actor, "webhook_letters", context)


def show(request: HttpRequest, actor: Actor, webhook: int, letter: int) -> HttpResponse:
    """One letter with its body as it is sent; asked with POST, sent again."""
    row = webhooks.found(actor, webhook)
    one = row.deliveries.select_related("event").filter(pk=letter).first()
    if one is None:
        raise Http404
    task = Task(
        gettext("一条推送"),
        f"{webhooks.HOME}/{webhook}/letters/{letter}",
        gettext("再发一次"),
        SUBJECT,
        webhook,
        facts=_facts(one),
        more={"letter": one, "row": row, "body": _body(one)},
        template="webhook_letter",
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        count = replaying.replay(row, actor, one=one.pk)
        return gettext("已重新排队。") if count else gettext("这一条不在未送达之列，没有重发。")

    return frame.run(request, actor, task, do)


def replay(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    row = webhooks.found(actor, webhook)
    dead = standing.health(row).dead
    task = Task(
        gettext("补发未送达的事件"),
        f"{webhooks.HOME}/{webhook}",
        gettext("补发"),
        SUBJECT,
        webhook,
        Since,
        lead=row.name,
        consequences=[
            ngettext("现在有%(n)d条未送达。", "现在有%(n)d条未送达。", dead) % {"n": dead},
            gettext("编号不变，接收方按编号去重；它们晚于已经送到的事件，先后按 sequence 分辨。"),
        ],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        day = values.get("since")
        since = (
            timezone.make_aware(datetime.combine(datetime.fromisoformat(str(day)), time.min)) if day else None
        )
        count = replaying.replay(row, actor, since=since)
        return ngettext("%(n)d条已重新排队。", "%(n)d条已重新排队。", count) % {"n": count}

    return frame.run(request, actor, task, do)


def _facts(one: Delivery) -> frame.Facts:
    known = TYPES.get(one.event.type)
    shown = [
        (gettext("事件"), gettext(known.title) if known else gettext("测试")),
        (gettext("类型"), one.event.type),
        (gettext("编号"), str(one.event_id)),
        (gettext("关于"), one.event.subject),
        (gettext("状态"), one.get_state_display()),
        (gettext("试过几次"), str(one.attempts)),
        (gettext("最近一次的原因"), one.error),
        (gettext("对方的回答"), one.answer),
    ]
    return [(term, text) for term, text in shown if text]


def _body(one: Delivery) -> str:
    sub = one.subscription
    receiver = Receiver(sub.pk, sub.name, sub.url, sub.mode, 0, False, None, 0)
    event = one.event
    letter = Letter(
        one.pk, receiver, one.attempts, event.pk, event.type, event.subject, event.at, event.sequence,
        json.dumps(event.data),
    )  # fmt: skip
    try:
        source = wording.source()
    except Exception:  # without a key nothing is sent, and the body can be read all the same
        source = ""
    return json.dumps(wording.event(letter, source), ensure_ascii=False, indent=2)
