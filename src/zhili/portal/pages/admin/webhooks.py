"""/desk/admin/webhooks: who is told of what happens here, how that fares, and subscriptions made, changed and ended."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhili.core.cases import registry
from zhili.core.exchange.models import DeliveryState, Mode, Subscription
from zhili.core.exchange.sites import keys
from zhili.core.exchange.webhooks import permission, replaying, standing, subscribing
from zhili.core.exchange.webhooks.catalogue import TYPES
from zhili.core.exchange.webhooks.standing import Health
from zhili.core.exchange.webhooks.subscribing import SUBJECT, Given
from zhili.core.forms import Bool, Choice, Form, Integer, MultiChoice, Text
from zhili.core.people import machines, managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Account, AccountKind
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.frame import Task

HOME: Final = "/desk/admin/webhooks"
PAGE: Final = 50
SHOWN: Final = 20
STATES: Final = {
    "": gettext_lazy("全部"),
    "troubled": gettext_lazy("要看一看的"),
    "dead": gettext_lazy("有未送达的"),
    "paused": gettext_lazy("已停"),
}
WORDS: Final = {
    "paused": (gettext_lazy("已停"), "pause", "quiet"),
    "gone": (gettext_lazy("对方不再接收"), "ban", "stop"),
    "refused": (gettext_lazy("对方没有同意"), "ban", "stop"),
    "asking": (gettext_lazy("等对方同意"), "clock", "wait"),
    "failing": (gettext_lazy("送不到"), "triangle-alert", "stop"),
    "late": (gettext_lazy("久等未送"), "triangle-alert", "soon"),
    "dead": (gettext_lazy("有未送达的"), "triangle-alert", "soon"),
    "well": (gettext_lazy("正常"), "check", "well"),
}
"""How a subscription fares: in words, with which sign, how loud."""


class Described(Form):
    account = Choice("接入系统", required=True, help="它能看到的事，才会推送给它。")
    name = Text("名称", max_length=80, required=True, help="如：数据平台、值班大屏。")
    url = Text(
        "接收地址", max_length=500, required=True, help="以 https:// 开头；先问对方是否同意，同意后才发送。"
    )
    types = MultiChoice(
        "推送哪些事件",
        [
            (title, [(one.name, one.title) for one in TYPES.values() if one.name.startswith(start)])
            for title, start in (
                ("事项", "zhili.case"),
                ("往来", "zhili.exchange"),
                ("预警", "zhili.warning"),
            )
        ],
        required=True,
    )
    procedures = MultiChoice("只推送这些流程", help="都不选就是全部。")
    categories = Text("只推送这些分类", max_length=400, help="分类代码，用逗号分开；不填就是全部。")
    divisions = Text("只推送这些区划", max_length=400, help="区划代码，用逗号分开，含下级；不填就是全部。")
    offices = Text("只推送这些单位手上的", max_length=400, help="单位代码，用逗号分开；不填就是全部。")
    mode = Choice("发送方式", list(Mode.choices), required=True, help="接收方没有特别要求就逐条发 JSON。")
    per_minute = Integer("每分钟最多请求", min=1, max=subscribing.RATE_MOST, required=True)
    token = Text(
        "访问令牌", max_length=subscribing.TOKEN_MOST, help="接收方要求 Bearer 令牌时填；加密保存，不再显示。"
    )
    private_allowed = Bool("接收方在内网", help="只有市级单位管理员可以允许。")


class Changed(Described):
    account = None  # type: ignore[assignment]


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    _check(actor)
    wanted, state = request.GET.get("q", "").strip()[:80], request.GET.get("state", "")
    found = [one for one in standing.healths(subscribing.of_actor(actor)) if _asked(one, wanted, state)]
    page, more = frame.page_of(found, request, PAGE)
    context = {
        "rows": [(one, *WORDS[one.state]) for one in page],
        "more": more,
        "wanted": wanted,
        "state": state,
        "states": STATES.items(),
        "filtered": bool(wanted or state),
        "machines": bool(machines.of_offices(managing.administered(actor))),
    }
    return frame.show(request, actor, "webhooks", context)


def show(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    row = found(actor, webhook)
    health = standing.health(row)
    words, sign, tone = WORDS[health.state]
    letters = row.deliveries.select_related("event").order_by("-id")
    context = {
        "row": row,
        "health": health,
        "state": (words, sign, tone),
        "facts": _facts(row),
        "dead": letters.filter(state=DeliveryState.DEAD)[:SHOWN],
        "newest": letters[:SHOWN],
        "history": frame.history(SUBJECT, webhook, actor),
        "may_test": row.active and row.gone_at is None and row.agreed_at is not None,
        "keys": f"{keys.public_url()}/exchange/v1",
    }
    return frame.show(request, actor, "webhook", context)


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    _check(actor)
    mine = machines.of_offices(managing.administered(actor))
    task = Task(
        gettext("新建推送"),
        HOME,
        gettext("建立"),
        form=Described,
        choices={
            "account": [(str(one.pk), one.get_short_name()) for one in mine],
            "procedures": _procedures(),
        },
        initial={
            "mode": Mode.STRUCTURED,
            "per_minute": "600",
            "account": str(mine[0].pk) if len(mine) == 1 else "",
        },
        consequences=[
            gettext("先问接收方是否同意；同意之后发生的事才推送，以前的不补。"),
            gettext(
                "只说发生了什么：编号、流程、环节、分类、区划、单位和时间，没有个人信息，也没有事项的文字。"
            ),
        ],
    )

    def do(values: dict[str, Any], seen: int | None) -> HttpResponse:
        account = Account.objects.filter(pk=int(values["account"]), kind=AccountKind.MACHINE).first()
        if account is None:
            raise AdminRefused("account", gettext("没有这个接入系统。"))
        row = subscribing.add(account, _given(values), actor)
        _asked_and_told(request, row)
        return redirect(f"{HOME}/{row.pk}")

    return frame.run(request, actor, task, do)


def edit(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    row = found(actor, webhook)
    said = subscribing.given(row)
    task = Task(
        gettext("修改推送"),
        f"{HOME}/{webhook}",
        gettext("保存"),
        SUBJECT,
        webhook,
        Changed,
        lead=row.name,
        choices={"procedures": _procedures()},
        initial={
            "name": said.name,
            "url": said.url,
            "types": list(said.types),
            "procedures": list(said.procedures),
            "categories": "，".join(said.categories),
            "divisions": "，".join(said.divisions),
            "offices": "，".join(said.offices),
            "mode": said.mode,
            "per_minute": str(said.per_minute),
            "private_allowed": said.private_allowed,
        },
        consequences=[gettext("换了地址要重新问对方是否同意；令牌不填就不变，填一个减号就去掉。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> HttpResponse:
        changed = subscribing.change(row, _given(values, keep=True), actor, seen)
        if changed.ask_at is not None:
            _asked_and_told(request, changed)
        else:
            messages.success(request, gettext("已保存。"))
        return redirect(f"{HOME}/{webhook}")

    return frame.run(request, actor, task, do)


def pause(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    row = found(actor, webhook)
    words = gettext("马上停止发送；停着的时候发生的事不为它保留，已经在等的会留着。")
    task = Task(gettext("停止推送"), f"{HOME}/{webhook}", gettext("停止"), SUBJECT, webhook, lead=row.name,
                consequences=[words], danger=True)  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        subscribing.pause(row, actor, seen)
        return gettext("推送已停止。")

    return frame.run(request, actor, task, do)


def remove(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    row = found(actor, webhook)
    counts = standing.health(row)
    words = gettext("推送和它的全部记录一起删除，包括等待的%(waiting)s条和未送达的%(dead)s条；不能恢复。")
    task = Task(gettext("删除推送"), HOME, gettext("删除"), SUBJECT, webhook, lead=row.name, danger=True,
                consequences=[words % {"waiting": counts.waiting, "dead": counts.dead}])  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        subscribing.delete(row, actor, seen)
        return gettext("推送已删除。")

    return frame.run(request, actor, task, do)


def resume(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    """On again; whoever went away or never agreed is asked anew."""
    row = found(actor, webhook)
    words = gettext("从现在起发生的事又推送给它；停着时发生的不补。对方拒绝过的，先再问它是否同意。")
    task = Task(gettext("恢复推送"), f"{HOME}/{webhook}", gettext("恢复"), SUBJECT, webhook, lead=row.name,
                consequences=[words])  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> HttpResponse:
        changed = subscribing.resume(row, actor, seen)
        if changed.ask_at is not None:
            _asked_and_told(request, changed)
        else:
            messages.success(request, gettext("推送已恢复。"))
        return redirect(f"{HOME}/{webhook}")

    return frame.run(request, actor, task, do)


@require_POST
def ask(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    """Ask the receiver now whether it wants to be told."""
    _asked_and_told(request, found(actor, webhook))
    return redirect(f"{HOME}/{webhook}")


@require_POST
def test(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    try:
        replaying.test(found(actor, webhook), actor)
        messages.success(request, gettext("测试事件已排队，结果几秒后显示在“最近的推送”里。"))
    except AdminRefused as error:
        messages.error(request, error.message)
    return redirect(f"{HOME}/{webhook}")


def found(actor: Actor, webhook: int) -> Subscription:
    """Raises Http404, PermissionDenied."""
    row = Subscription.objects.select_related("account", "created_by").filter(pk=webhook).first()
    if row is None:
        raise Http404
    subscribing.check(actor, row.account)
    return row


def _check(actor: Actor) -> None:
    if not managing.administered(actor):
        raise PermissionDenied(gettext("事件推送由单位管理员办理。"))


def _asked(one: Health, wanted: str, state: str) -> bool:
    text = f"{one.row.name} {one.row.url} {one.row.account.get_short_name()} {one.row.account.username}"
    if wanted.lower() not in text.lower():
        return False
    match state:
        case "troubled":
            return one.troubled
        case "dead":
            return one.dead > 0
        case "paused":
            return not one.row.active
    return True


def _asked_and_told(request: HttpRequest, row: Subscription) -> None:
    said = permission.ask(row)
    if said.given:
        rate = gettext("每分钟最多%(rate)s个请求。") % {"rate": said.rate} if said.rate else ""
        messages.success(request, gettext("对方同意接收。") + rate)
    else:
        messages.warning(request, gettext("对方还没有同意，稍后会再问：%(why)s") % {"why": said.why})


def _given(values: dict[str, Any], *, keep: bool = False) -> Given:
    """``keep``: of an edited one, whose token nobody typed again."""
    token = values.get("token") or ""
    return Given(
        values["name"],
        values["url"],
        tuple(values["types"]),
        tuple(values.get("procedures") or ()),
        _codes(values, "categories"),
        _codes(values, "divisions"),
        _codes(values, "offices"),
        values["mode"],
        values["per_minute"],
        bool(values.get("private_allowed")),
        (None if not token else "" if token == "-" else token) if keep else token,  # noqa: S105
    )


def _codes(values: dict[str, Any], name: str) -> tuple[str, ...]:
    text = str(values.get(name) or "")
    for sign in "，、；; \n\t":
        text = text.replace(sign, ",")
    return tuple(one for one in text.split(",") if one)


def _procedures() -> list[tuple[str, list[tuple[str, str]]]]:
    """Under their scenarios."""
    return [
        (_(one.title), [(procedure.full_name(), _(procedure.title)) for procedure in one.procedures])
        for _name, one in sorted(registry.scenarios().items())
        if one.procedures
    ]


def _facts(row: Subscription) -> frame.Facts:
    known, offices, procedures = nodes(), tree().nodes, registry.procedures()
    allowed = gettext("%(rate)s，对方允许%(allowed)s")
    rate = str(row.per_minute)
    if row.allowed_rate is not None:
        rate = allowed % {"rate": rate, "allowed": row.allowed_rate}
    shown = [
        (gettext("接入系统"), f"{row.account.get_short_name()}（{row.account.username}）"),
        (gettext("接收地址"), row.url),
        (gettext("推送哪些事件"), "、".join(_(TYPES[one].title) for one in row.types if one in TYPES)),
        (
            gettext("只推送这些流程"),
            "、".join(_(procedures[one].title) for one in row.procedures if one in procedures),
        ),
        (gettext("只推送这些分类"), "、".join(row.categories)),
        (gettext("只推送这些区划"), "、".join(known[one].name for one in row.divisions if one in known)),
        (
            gettext("只推送这些单位手上的"),
            "、".join(offices[one].name for one in row.offices if one in offices),
        ),
        (gettext("发送方式"), row.get_mode_display()),
        (gettext("每分钟最多请求"), rate),
        (gettext("访问令牌"), gettext("已设") if row.token_secret else ""),
        (gettext("接收方在内网"), gettext("是") if row.private_allowed else ""),
    ]
    return [(term, text) for term, text in shown if text]
