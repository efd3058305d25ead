"""/desk/admin/posts: a post is added, changed, closed, opened again, given to somebody and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.forms import Date, Form, MultiChoice, Text
from zhili.core.people import managing
from zhili.core.people import posts as kernel
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, AccountKind, Post, PostHolding, Role
from zhili.core.people.offices import tree
from zhili.core.web import words
from zhili.portal.pages.admin import frame, telling
from zhili.portal.pages.admin.frame import Task


class NewPost(Form):
    title = Text("岗位名称", max_length=64, required=True, help="如：经办人、值班长。")
    roles = MultiChoice(
        "职责", required=True, help="经办：受理和办理；审签：审核签发、登记代理；单位管理：管岗位和账号。"
    )
    first = Date("从哪天起", required=True)


class ChangedPost(Form):
    title = Text("岗位名称", max_length=64, required=True)
    roles = MultiChoice("职责", required=True)
    reason = Text("原因", max_length=300, required=True)


class Closing(Form):
    first = Date("从哪天起停用", required=True, help="当天起不再有效。")
    reason = Text("原因", max_length=300, required=True)


class Giving(Form):
    username = Text(
        "用户名", max_length=64, required=True, help="已有账号的用户名。还没有账号的，请用“新建账号”。"
    )
    first = Date("从哪天起", required=True)
    last = Date("到哪天止", help="当天仍有效；长期任职不填。")


class TakingBack(Form):
    first = Date("从哪天起不再任职", required=True)
    reason = Text("原因", max_length=300, required=True, help="如：调离、轮岗。不写个人情况。")


def add(request: HttpRequest, actor: Actor, office: int) -> HttpResponse:
    node = tree().nodes.get(office)
    if node is None:
        raise Http404
    managing.check(actor, office)
    task = Task(
        gettext("新设岗位"),
        f"/desk/admin/offices/{office}",
        gettext("设立"),
        form=NewPost,
        lead=node.name,
        choices={"roles": role_choices(office)},
        initial={"first": timezone.localdate().isoformat()},
        consequences=[gettext("新岗位还没有人，设好后再任职。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.add_post(office, values["title"], values["roles"], date.fromisoformat(values["first"]), actor)
        return gettext("岗位已设立。")

    return frame.run(request, actor, task, do)


def change(request: HttpRequest, actor: Actor, post: int) -> HttpResponse:
    found = _post(post, actor)
    task = Task(
        gettext("修改岗位"),
        f"/desk/admin/offices/{found.office_id}",
        gettext("保存"),
        kernel.POST,
        post,
        ChangedPost,
        lead=managing.post_name(found),
        choices={"roles": role_choices(found.office_id, found.roles)},
        initial={"title": found.title, "roles": found.roles},
        consequences=[
            gettext("改名只影响今后；以前的办理记录仍写当时的岗位。"),
            gettext("职责改了立即生效，在岗和代理的人都按新的职责办理。"),
        ],
        preview=lambda values: _role_effects(found, values),
        more={"history": frame.history(kernel.POST, post, actor), "post": found},
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.change_post(post, values["title"], values["roles"], actor, seen, values["reason"])
        return gettext("岗位已修改。")

    return frame.run(request, actor, task, do)


def close(request: HttpRequest, actor: Actor, post: int) -> HttpResponse:
    found = _post(post, actor)
    seats = PostHolding.objects.filter(managing.not_over(timezone.localdate()), post=found).select_related(
        "account"
    )
    names = "、".join(one.account.get_short_name() for one in seats)
    waiting = Case.objects.filter(query.served(), office=found.office_id, closed_at=None).count()
    said = [gettext("岗位停用后不再出现在名单里，以前的办理记录照旧可查；以后可以恢复。")]
    if names:
        said.append(gettext("在岗的%(names)s同日结束任职，代理一并结束。") % {"names": names})
    said.append(
        gettext("本单位在办的%(count)d件事仍在本单位，由其余岗位接着办。") % {"count": waiting}
        if waiting
        else gettext("本单位眼下没有在办的事。")
    )
    task = Task(
        gettext("停用岗位"),
        f"/desk/admin/offices/{found.office_id}",
        gettext("停用"),
        kernel.POST,
        post,
        Closing,
        lead=managing.post_name(found),
        consequences=said,
        initial={"first": timezone.localdate().isoformat()},
        danger=True,
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        first = date.fromisoformat(values["first"])
        kernel.close_post(post, first, actor, seen, values["reason"])
        return gettext("岗位自%(day)s起停用。") % {"day": words.day(first)}  # type: ignore[arg-type]

    return frame.run(request, actor, task, do)


def reopen(request: HttpRequest, actor: Actor, post: int) -> HttpResponse:
    found = _post(post, actor)
    task = Task(
        gettext("恢复岗位"),
        f"/desk/admin/offices/{found.office_id}",
        gettext("恢复"),
        kernel.POST,
        post,
        lead=managing.post_name(found),
        consequences=[gettext("恢复的是岗位；原来在岗的人要重新任职。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.reopen_post(post, actor, seen)
        return gettext("岗位已恢复。")

    return frame.run(request, actor, task, do)


def give(request: HttpRequest, actor: Actor, post: int) -> HttpResponse:
    found = _post(post, actor)
    task = Task(
        gettext("任职"),
        f"/desk/admin/offices/{found.office_id}",
        gettext("登记任职"),
        kernel.POST,
        post,
        Giving,
        lead=managing.post_name(found),
        facts=[(gettext("职责"), telling.roles(found.roles))],
        initial={"first": timezone.localdate().isoformat()},
        consequences=[gettext("从那天起，此人看到并能办这个岗位的全部待办。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        last = date.fromisoformat(values["last"]) if values.get("last") else None
        account = account_named(values["username"], "username")
        try:
            kernel.give_post(post, account, date.fromisoformat(values["first"]), last, actor, seen)
        except managing.AdminRefused as error:
            field = "username" if error.field == "account" else error.field
            raise managing.AdminRefused(field, error.message) from error
        return gettext("任职已登记。")

    return frame.run(request, actor, task, do)


def take_back(request: HttpRequest, actor: Actor, holding: int) -> HttpResponse:
    held = PostHolding.objects.select_related("post", "account").filter(pk=holding).first()
    if held is None:
        raise Http404
    found = _post(held.post_id, actor)
    others = [
        one.account.get_short_name()
        for one in PostHolding.objects.filter(managing.not_over(timezone.localdate()), post=found)
        .exclude(pk=holding)
        .select_related("account")
    ]
    name = held.account.get_short_name()
    waiting = Case.objects.filter(query.served(), office=found.office_id, closed_at=None).count()
    said = [gettext("那天起%(name)s不能再以这个岗位办理；办过的事照旧可查。") % {"name": name}]
    if others:
        said.append(gettext("岗位上还有%(names)s。") % {"names": "、".join(others)})
    else:
        said.append(
            gettext("岗位将空缺；本单位在办的%(count)d件事由其余岗位接着办，请尽快安排接任的人。")
            % {"count": waiting}
        )
    task = Task(
        gettext("结束任职"),
        f"/desk/admin/offices/{found.office_id}",
        gettext("结束任职"),
        kernel.POST,
        held.post_id,
        TakingBack,
        lead=f"{managing.post_name(found)} · {name}",
        initial={"first": timezone.localdate().isoformat()},
        consequences=said,
        danger=True,
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.take_back(holding, date.fromisoformat(values["first"]), actor, seen, values["reason"])
        return gettext("任职已结束。")

    return frame.run(request, actor, task, do)


def role_choices(office_id: int, had: list[str] | None = None) -> list[tuple[str, str]]:
    """The duties posts of this office may have, and those this one has already."""
    allowed = managing.roles_for(tree().nodes[office_id])
    known = dict(Role.choices)
    return [(one, str(known.get(one, one))) for one in dict.fromkeys([*allowed, *(had or [])])]


def account_named(username: str, field: str) -> Account:
    """A member of staff by user name. Raises AdminRefused at the field."""
    found = Account.objects.filter(
        username=username.strip().lower(), kind=AccountKind.STAFF, is_active=True
    ).first()
    if found is None:
        raise managing.AdminRefused(field, gettext("没有这个工作人员账号，或它已停用。"))
    return found


def _post(post: int, actor: Actor) -> Post:
    found = Post.objects.filter(pk=post).first()
    if found is None:
        raise Http404
    managing.check(actor, found.office_id)
    return found


def _role_effects(post: Post, values: dict[str, Any]) -> list[str]:
    """What changes for those who sit there."""
    gained, lost = set(values["roles"]) - set(post.roles), set(post.roles) - set(values["roles"])
    said = []
    if gained:
        said.append(gettext("增加职责：%(roles)s。") % {"roles": telling.roles(sorted(gained))})
    if lost:
        said.append(
            gettext("去掉职责：%(roles)s；需要它的事今后要由别的岗位办。")
            % {"roles": telling.roles(sorted(lost))}
        )
    if values["title"] != post.title:
        said.append(gettext("岗位改名为“%(title)s”。") % {"title": values["title"]})
    return said or [gettext("没有改动。")]
