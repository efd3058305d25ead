"""/desk/admin/machines: other systems of an office and their tokens, shown once."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.forms import Choice, Form, Integer, MultiChoice, Text
from zhili.core.people import machines as kernel
from zhili.core.people import managing, tokens
from zhili.core.people.actors import Actor
from zhili.core.people.managing import not_over
from zhili.core.people.models import Account, AccountKind, ApiToken, Post
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.frame import Task

SCOPES = [(tokens.READ, "读"), (tokens.WRITE, "写"), (tokens.OPEN311, "Open311")]


class NewMachine(Form):
    post = Choice(
        "以哪个岗位办理", required=True, help="只列出只有经办或网格职责的岗位；审签、管理由人来做。"
    )
    username = Text("用户名", max_length=64, min_length=2, required=True)
    name = Text("系统名称", max_length=64, required=True, help="如：网格通、城管视频平台。")


class NewToken(Form):
    label = Text("用途", max_length=100, required=True, help="如：每日同步。")
    scopes = MultiChoice("权限范围", SCOPES, required=True)
    days = Integer("有效天数", min=1, max=366, required=True, help="最长366天；到期换新的。")


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    offices = managing.administered(actor)
    if not offices:
        raise PermissionDenied(gettext("接入系统由单位管理员办理。"))
    now = timezone.now()
    rows = [
        (
            one,
            "、".join(managing.post_name(held.post) for held in one.holdings.all()),
            [
                (token, token.revoked_at is None and (token.expires_at is None or token.expires_at > now))
                for token in one.tokens.all()
            ],
        )
        for one in kernel.of_offices(offices)
    ]
    return frame.show(request, actor, "machines", {"rows": rows})


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    offices = managing.administered(actor)
    if not offices:
        raise PermissionDenied(gettext("接入系统由单位管理员办理。"))
    posts = Post.objects.filter(
        not_over(timezone.localdate()), office__in=offices, roles__contained_by=sorted(kernel.FOR_MACHINES)
    )
    choices = [
        (str(one.pk), managing.post_name(one))
        for one in posts.exclude(roles=[]).order_by("office_id", "id")[:300]
    ]
    task = Task(
        gettext("新建接入系统"),
        "/desk/admin/machines",
        gettext("建立"),
        form=NewMachine,
        choices={"post": choices},
        consequences=[gettext("它能看到并办理这个岗位的事，每一步都记为这个岗位；建好后再发令牌。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.create(int(values["post"]), values["username"], values["name"], actor)
        return gettext("接入系统已建立，请发令牌。")

    return frame.run(request, actor, task, do)


def token(request: HttpRequest, actor: Actor, machine: int) -> HttpResponse:
    found = Account.objects.filter(pk=machine, kind=AccountKind.MACHINE).first()
    if found is None:
        raise Http404
    managing.check_account(actor, found)
    task = Task(
        gettext("发令牌"),
        "/desk/admin/machines",
        gettext("发令牌"),
        kernel.MACHINE,
        machine,
        NewToken,
        lead=found.get_short_name(),
        initial={"days": "90", "scopes": [tokens.READ]},
        consequences=[gettext("令牌只显示一次，这里不留底；谁拿到它，谁就能以这个系统的身份办理。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> HttpResponse:
        text = kernel.new_token(machine, values["label"], values["scopes"], values["days"], actor, seen)
        answer = frame.show(request, actor, "token", {"machine": found, "token": text})
        answer["Cache-Control"] = "no-store"
        return answer

    return frame.run(request, actor, task, do)


def revoke(request: HttpRequest, actor: Actor, issued: int) -> HttpResponse:
    found = ApiToken.objects.select_related("account").filter(pk=issued).first()
    if found is None or found.account.kind != AccountKind.MACHINE:
        raise Http404
    managing.check_account(actor, found.account)
    task = Task(
        gettext("吊销令牌"),
        "/desk/admin/machines",
        gettext("吊销"),
        kernel.MACHINE,
        found.account_id,
        lead=f"{found.account.get_short_name()} · {found.label}",
        consequences=[gettext("立即失效，用它的程序从此被拒绝；不能恢复，只能另发新的。")],
        danger=True,
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.revoke(issued, actor, seen)
        return gettext("令牌已吊销。")

    return frame.run(request, actor, task, do)
