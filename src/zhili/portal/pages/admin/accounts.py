"""/desk/admin/accounts: people's accounts: found, made with a post, opened by a link, protected, switched off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.codes import CodeError, check_phone
from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.forms import Choice, Date, Form, Text
from zhili.core.people import managing, staff
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused, not_over
from zhili.core.people.models import Account, AccountKind, Post, PostHolding
from zhili.core.people.offices import tree
from zhili.portal.asked import text_in
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.frame import Task
from zhili.portal.pages.admin.posts import account_named

SHOWN = 50


class NewAccount(Form):
    post = Choice("岗位", required=True)
    username = Text(
        "用户名",
        max_length=64,
        min_length=2,
        required=True,
        help="登录用，小写字母、数字或汉字；不用身份证号。",
    )
    name = Text("姓名", max_length=64, required=True, help="同事在岗位旁看到；不写进办理记录和存证。")
    phone = Text("手机号", max_length=20, help="只留下能核对的指纹，任何人都读不出号码。")
    first = Date("从哪天起", required=True)
    last = Date("到哪天止", help="当天仍有效；长期任职不填。")


class SwitchingOff(Form):
    successor = Text(
        "接任人的用户名", max_length=64, help="此人的岗位今天起交给接任人。岗位上还有别人的可不填。"
    )
    reason = Text("原因", max_length=300, required=True, help="如：调离、退休。不写个人情况。")


@dataclass(frozen=True)
class Seat:
    """A post somebody sits in, what its office has open, and who else is there."""

    held: PostHolding
    office: str
    open: int
    others: list[str]


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Staff with a post in the actor's offices, by name, user name or office."""
    offices = managing.administered(actor)
    if not offices:
        raise PermissionDenied(gettext("账号由单位管理员办理。"))
    wanted, state = text_in(request.GET, "q"), text_in(request.GET, "state")
    found = Account.objects.filter(kind=AccountKind.STAFF)
    if not managing.city_wide(actor):  # all who have a post are the city's
        found = found.filter(holdings__post__office__in=offices)
    else:
        found = found.exclude(holdings=None)
    if state == "off":
        found = found.filter(is_active=False)
    elif state != "all":
        found = found.filter(is_active=True)
    if wanted:
        named = [one for one in offices if wanted in tree().nodes[one].name]
        there = Q(holdings__post__office__in=named) if named else Q()
        found = found.filter(Q(username__icontains=wanted) | Q(display_name__icontains=wanted) | there)
    rows = list(found.distinct().order_by("username")[:1000])
    shown, more = frame.page_of(rows, request, SHOWN)
    seats: dict[int, list[str]] = {}
    held = PostHolding.objects.filter(not_over(timezone.localdate()), account__in=shown).select_related(
        "post"
    )
    for one in held.order_by("id"):
        seats.setdefault(one.account_id, []).append(managing.post_name(one.post))
    context = {
        "rows": [(one, seats.get(one.pk, [])) for one in shown],
        "more": more,
        "wanted": wanted,
        "state": state,
        "office": actor.office_id,
    }
    return frame.show(request, actor, "accounts", context)


def show(request: HttpRequest, actor: Actor, account: int) -> HttpResponse:
    """One account: its posts, its protection, what may be done with it."""
    found = _account(account)
    if not (found.pk == actor.account_id or managing.may_administer_account(actor, found)):
        managing.check_account(actor, found)
    context = {
        "account": found,
        "seats": seats_of(found),
        "factors": Authenticator.objects.filter(user=found).count(),
        "may": managing.may_administer_account(actor, found),
        "own": found.pk == actor.account_id,
        "history": frame.history(staff.ACCOUNT, found.pk, actor, 10),
        "back": staff.home_of(found),
    }
    return frame.show(request, actor, "account", context)


def new(request: HttpRequest, actor: Actor, office: int) -> HttpResponse:
    node = tree().nodes.get(office)
    if node is None:
        raise Http404
    managing.check(actor, office)
    posts = Post.objects.filter(not_over(timezone.localdate()), office=office).order_by("id")
    task = Task(
        gettext("新建账号"),
        f"/desk/admin/offices/{office}",
        gettext("建立账号"),
        form=NewAccount,
        lead=node.name,
        choices={"post": [(str(one.pk), one.title) for one in posts]},
        initial={"first": timezone.localdate().isoformat()},
        consequences=[
            gettext(
                "不设初始密码：建好后给您一个只能用一次的链接，3天内有效，请当面或用内部渠道交给本人，由本人设密码。"
            )
        ],
    )

    def do(values: dict[str, Any], seen: int | None) -> HttpResponse:
        try:
            phone = check_phone(values["phone"]) if values.get("phone") else ""
        except CodeError as error:
            raise AdminRefused("phone", gettext("手机号不对，请核对。")) from error
        last = date.fromisoformat(values["last"]) if values.get("last") else None
        made, path = staff.create(
            int(values["post"]), values["username"], values["name"], phone, date.fromisoformat(values["first"]),
            last, actor,
        )  # fmt: skip
        return _link(request, actor, made, path)

    return frame.run(request, actor, task, do)


def link(request: HttpRequest, actor: Actor, account: int) -> HttpResponse:
    said = [
        gettext("原来的密码立即失效，已登录的设备全部退出。"),
        gettext("新链接只能用一次，3天内有效；请先核实是本人，再当面或用内部渠道交给本人。"),
    ]
    task = _task(account, actor, gettext("发一次性登录链接"), gettext("作废旧密码并发链接"), said)
    return frame.run(
        request,
        actor,
        task,
        lambda values, seen: _link(request, actor, _account(account), staff.new_link(account, actor, seen)),
    )


def second_factor(request: HttpRequest, actor: Actor, account: int) -> HttpResponse:
    said = [
        gettext("此人的验证码和安全密钥全部作废，已登录的设备全部退出；下次登录时重新设置。"),
        gettext("请先核实是本人丢了设备，而不是别人冒充。"),
    ]
    task = _task(account, actor, gettext("重置两步验证"), gettext("重置"), said)
    return frame.run(
        request, actor, task, _say(staff.reset_second_factor, account, actor, gettext("两步验证已重置。"))
    )


def sessions(request: HttpRequest, actor: Actor, account: int) -> HttpResponse:
    said = [gettext("此人在所有电脑和手机上都要重新登录；没有提交的内容会丢失。")]
    task = _task(account, actor, gettext("退出所有登录"), gettext("全部退出"), said)
    return frame.run(
        request, actor, task, _say(staff.end_sessions, account, actor, gettext("已退出所有登录。"))
    )


def on(request: HttpRequest, actor: Actor, account: int) -> HttpResponse:
    said = [gettext("此人又能登录；原来的岗位已经结束，要重新任职。")]
    task = _task(account, actor, gettext("启用账号"), gettext("启用"), said)
    return frame.run(
        request, actor, task, _say(staff.switch_on, account, actor, gettext("账号已启用，请重新任职。"))
    )


def off(request: HttpRequest, actor: Actor, account: int) -> HttpResponse:
    found = _account(account)
    managing.check_account(actor, found)
    seats = seats_of(found)
    said = [
        gettext("立即不能登录，已登录的设备全部退出，任职和代理今天结束，令牌全部吊销；办过的事照旧可查。")
    ]
    for one in seats:
        words = {"post": managing.post_name(one.held.post), "count": one.open, "names": "、".join(one.others)}
        said.append(
            gettext("%(post)s：单位在办%(count)d件，由岗位上的%(names)s接着办。") % words
            if one.others
            else gettext("%(post)s：单位在办%(count)d件，岗位上没有别人，由接任人接着办。") % words
        )
    task = _task(account, actor, gettext("停用账号"), gettext("停用账号"), said, SwitchingOff)
    task.danger = True

    def do(values: dict[str, Any], seen: int | None) -> str:
        heir = account_named(values["successor"], "successor") if values.get("successor") else None
        alone = [one for one in seats if not one.others and one.open]
        if heir is None and alone:
            raise AdminRefused(
                "successor",
                gettext("%(post)s没有别人，还有%(count)d件在办，请写接任人。")
                % {"post": managing.post_name(alone[0].held.post), "count": alone[0].open},
            )
        staff.switch_off(account, heir, actor, seen, values["reason"])
        return gettext("账号已停用。")

    return frame.run(request, actor, task, do)


def seats_of(account: Account) -> list[Seat]:
    """The posts of an account, now or later, with what is open there."""
    today = timezone.localdate()
    rows = PostHolding.objects.filter(not_over(today), account=account).select_related("post").order_by("id")
    found = []
    for held in rows:
        node = tree().nodes.get(held.post.office_id)
        others = PostHolding.objects.filter(
            not_over(today),
            post=held.post_id,
            valid_from__lte=today,
            account__is_active=True,
            account__kind=AccountKind.STAFF,
        )
        names = [
            one.account.get_short_name() for one in others.exclude(account=account).select_related("account")
        ]
        waiting = Case.objects.filter(query.served(), office=held.post.office_id, closed_at=None).count()
        found.append(Seat(held, node.name if node else "", waiting, names))
    return found


def _account(account: int) -> Account:
    found = Account.objects.filter(pk=account, kind=AccountKind.STAFF).first()
    if found is None:
        raise Http404
    return found


def _task(
    account: int, actor: Actor, title: str, button: str, said: list[str], form: type[Form] | None = None
) -> Task:
    found = _account(account)
    managing.check_account(actor, found)
    lead = f"{found.get_short_name()}（{found.username}）"
    return Task(
        title,
        f"/desk/admin/accounts/{account}",
        button,
        staff.ACCOUNT,
        account,
        form,
        lead=lead,
        consequences=said,
    )


def _say(what: Callable[..., Any], account: int, actor: Actor, words: str) -> frame.Doing:
    def do(values: dict[str, Any], seen: int | None) -> str:
        what(account, actor, seen)
        return words

    return do


def _link(request: HttpRequest, actor: Actor, account: Account, path: str) -> HttpResponse:
    """The one page that ever shows the link."""
    context = {"account": account, "link": request.build_absolute_uri(path)}
    answer = frame.show(request, actor, "link", context)
    answer["Cache-Control"] = "no-store"
    return answer
