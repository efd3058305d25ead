"""Posts and who holds them, changed from a day on; every change a leaf, in the transaction that makes it.

A closed post and an ended holding stay as they were: cases name the post that acted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused, not_over, post_name
from zhili.core.people.models import Account, AccountKind, Deputy, Post, PostHolding
from zhili.core.people.offices import tree
from zhili.core.trail import changes

POST: Final = "post"
LONGEST_AHEAD: Final = timedelta(days=366)


@transaction.atomic
def add_post(office_id: int, title: str, roles: Iterable[str], first: date, actor: Actor) -> Post:
    """A new post of an office. Raises AdminRefused, PermissionDenied, Overtaken."""
    managing.check(actor, office_id)
    wanted = _roles(office_id, roles, ())
    changes.begin("office", office_id)
    _check_title(office_id, title)
    check_day("first", first)
    post = Post.objects.create(office_id=office_id, title=title, roles=wanted, valid_from=first)
    _keep("added", post, actor, after=facts_of(post), since=first)
    return post


@transaction.atomic
def change_post(
    post_id: int, title: str, roles: Iterable[str], actor: Actor, seen: int | None, reason: str
) -> Post:
    """Another name or other duties, at once. Raises AdminRefused, PermissionDenied, Overtaken."""
    post = _taken(post_id, actor, seen)
    before = facts_of(post)
    wanted = _roles(post.office_id, roles, post.roles)
    if set(wanted) != set(post.roles) and managing.sits_in(actor.account_id, post.pk):
        raise PermissionDenied(_("您在这个岗位上，不能自己改它的职责，请由另一位管理员办理。"))
    if title != post.title:
        _check_title(post.office_id, title)
    post.title, post.roles = title, wanted
    if facts_of(post) == before:
        raise AdminRefused("title", _("没有改动。"))
    post.save(update_fields=["title", "roles"])
    managing.keep_an_administrator([(post.office_id, before["roles"])])
    _keep("changed", post, actor, before=before, after=facts_of(post), reason=reason)
    return post


@transaction.atomic
def close_post(post_id: int, first: date, actor: Actor, seen: int | None, reason: str) -> Post:
    """No longer from a day on; holdings and deputies end with it. Raises AdminRefused, PermissionDenied, Overtaken."""
    post = _taken(post_id, actor, seen)
    check_day("first", first)
    if first <= post.valid_from:
        raise AdminRefused("first", _("岗位从%(day)s才启用，停用日期应在其后。") % {"day": post.valid_from})
    before = facts_of(post)
    for seat in PostHolding.objects.filter(not_over(first), post=post):
        _end(seat, first)
    for stand_in in Deputy.objects.filter(post=post, valid_to__gt=first):
        _end(stand_in, first)
    post.valid_to = first
    post.save(update_fields=["valid_to"])
    managing.keep_an_administrator([(post.office_id, post.roles)], first)
    _keep("ended", post, actor, before=before, after=facts_of(post), since=first, reason=reason)
    return post


@transaction.atomic
def reopen_post(post_id: int, actor: Actor, seen: int | None) -> Post:
    """A closed post stands again, without its holders. Raises AdminRefused, PermissionDenied, Overtaken."""
    post = _taken(post_id, actor, seen, closed=True)
    _check_title(post.office_id, post.title)
    before = facts_of(post)
    post.valid_to = None
    post.save(update_fields=["valid_to"])
    _keep("reopened", post, actor, before=before, after=facts_of(post), since=timezone.localdate())
    return post


@transaction.atomic
def give_post(
    post_id: int, account: Account, first: date, last: date | None, actor: Actor, seen: int | None = None
) -> PostHolding:
    """Let an account sit in a post, from one day to another (or without end). Raises as the others."""
    post = _taken(post_id, actor, seen)
    if account.pk == actor.account_id:
        raise AdminRefused("account", _("不能给自己任职，请由另一位管理员办理。"))
    if account.kind == AccountKind.RESIDENT or not account.is_active:
        raise AdminRefused("account", _("没有这个工作人员账号，或它已停用。"))
    check_day("first", first)
    if last is not None and last < first:
        raise AdminRefused("last", _("最后一天不能早于第一天。"))
    return seat(post, account, first, last + timedelta(days=1) if last else None, actor)


def seat(post: Post, account: Account, first: date, until: date | None, actor: Actor) -> PostHolding:
    """The holding itself, with its leaf; what may be done has been asked. Raises AdminRefused."""
    others = PostHolding.objects.filter(not_over(first), post=post, account=account)
    if until is not None:
        others = others.filter(valid_from__lt=until)
    if others.exists():
        raise AdminRefused("account", _("这段日子里此人已任这个岗位。"))
    made = PostHolding.objects.create(post=post, account=account, valid_from=first, valid_to=until)
    _keep("given", post, actor, after=holding_facts(made), since=first)
    return made


@transaction.atomic
def take_back(holding_id: int, first: date, actor: Actor, seen: int | None, reason: str) -> PostHolding:
    """End a holding: from `first` on the account no longer sits there. Raises as the others."""
    found = PostHolding.objects.select_related("post").filter(pk=holding_id).first()
    if found is None:
        raise AdminRefused("", _("没有这项任职。"))
    post = _taken(found.post_id, actor, seen, closed=None)
    found = PostHolding.objects.select_for_update().get(pk=holding_id)
    today = timezone.localdate()
    if found.valid_to is not None and found.valid_to <= today:
        raise AdminRefused("", _("这项任职已经结束。"))
    if found.account_id == actor.account_id:
        raise AdminRefused("", _("不能结束自己的任职，请由另一位管理员办理。"))
    check_day("first", first)
    before = holding_facts(found)
    if found.valid_to is not None and found.valid_to <= first:
        raise AdminRefused("first", _("这项任职在那天之前已到期，不必再收回。"))
    _end(found, first)
    managing.keep_an_administrator([(post.office_id, post.roles)], first)
    _keep(
        "taken_back",
        post,
        actor,
        before=before,
        after={"account": found.account_id},
        since=first,
        reason=reason,
    )
    return found


def check_day(field: str, first: date) -> None:
    """Not in the past: what was done then was done. Not further off than a year. Raises AdminRefused."""
    today = timezone.localdate()
    if first < today:
        raise AdminRefused(field, _("不能从过去的日子开始：那天起办的事已经办了。"))
    if first - today > LONGEST_AHEAD:
        raise AdminRefused(field, _("最多提前一年登记。"))


def facts_of(post: Post) -> dict[str, Any]:
    """A post as the log shows it."""
    return {
        "title": post.title,
        "roles": sorted(post.roles),
        "to": post.valid_to.isoformat() if post.valid_to else None,
    }


def holding_facts(held: PostHolding) -> dict[str, Any]:
    """A holding as the log shows it; the person by the account's id."""
    return {
        "account": held.account_id,
        "from": held.valid_from.isoformat(),
        "to": held.valid_to.isoformat() if held.valid_to else None,
    }


def end_all(account: Account, first: date, actor: Actor, reason: str) -> list[Post]:
    """End every post an account holds or stands in for; the posts it held on that day."""
    left = []
    seats = PostHolding.objects.select_for_update().filter(not_over(first), account=account)
    for held in seats.select_related("post").order_by("id"):
        if held.valid_from <= first:
            left.append(held.post)
        before = holding_facts(held)
        _end(held, first)
        after = {"account": account.pk}
        _keep("taken_back", held.post, actor, before=before, after=after, since=first, reason=reason)
    for stand_in in Deputy.objects.filter(account=account, valid_to__gt=first):
        _end(stand_in, first)
    return left


def _taken(post_id: int, actor: Actor, seen: int | None, closed: bool | None = False) -> Post:
    """The post, held until the transaction ends, if the actor may change it and has seen its last change."""
    office = Post.objects.filter(pk=post_id).values_list("office_id", flat=True).first()
    managing.check(actor, office)
    managing.one_at_a_time()
    changes.begin(POST, post_id, seen)
    post = Post.objects.select_for_update().get(pk=post_id)
    over = post.valid_to is not None
    if closed is not None and over is not closed:
        raise AdminRefused("", _("这个岗位已经停用或定了停用日期。") if over else _("这个岗位正在使用。"))
    return post


def _roles(office_id: int, roles: Iterable[str], had: Iterable[str]) -> list[str]:
    """The duties asked for, if posts of such an office may have them; those it had already may stay."""
    node = tree().nodes[office_id]
    wanted = sorted(set(roles))
    if not wanted:
        raise AdminRefused("roles", _("请至少选一项职责。"))
    if set(wanted) - set(managing.roles_for(node)) - set(had):
        raise AdminRefused("roles", _("这类单位的岗位不能有所选的职责。"))
    return wanted


def _check_title(office_id: int, title: str) -> None:
    if Post.objects.filter(office=office_id, title=title, valid_to=None).exists():
        raise AdminRefused("title", _("本单位已有同名的岗位，请换一个名称。"))


def _end(row: PostHolding | Deputy, first: date) -> None:
    """What had not begun by then is gone; what was in force stays readable."""
    if row.valid_from >= first:
        row.delete()
    else:
        row.valid_to = first
        row.save(update_fields=["valid_to"])


def _keep(done: str, post: Post, actor: Actor, **told: Any) -> None:
    node = tree().nodes.get(post.office_id)
    facts = {"office": node.code if node else "", "post": post.title}
    changes.record(
        POST, done, actor, key=post.pk, name=post_name(post), office=post.office_id, facts=facts, **told
    )
