"""Other systems of an office: an account of its own in a post, with tokens shown once. Each change a leaf.

A machine never sits in a post that signs, administers or commands: those decisions are people's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people import managing, posts, tokens
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused, not_over
from zhili.core.people.models import Account, AccountKind, ApiToken, Post
from zhili.core.people.offices import tree
from zhili.core.trail import changes

MACHINE: Final = "machine"
FOR_MACHINES: Final = frozenset({"handler", "grid"})
LONGEST_DAYS: Final = 366


@transaction.atomic
def create(post_id: int, username: str, name: str, actor: Actor) -> Account:
    """A machine's account in a post. Raises AdminRefused, PermissionDenied."""
    post = Post.objects.filter(pk=post_id).first()
    managing.check(actor, post.office_id if post else None)
    if post is None or set(post.roles) - FOR_MACHINES:
        raise AdminRefused("post", _("接入系统只能用只有经办或网格职责的岗位。"))
    username = username.strip().lower()
    changes.begin("account", username)
    if Account.objects.filter(username=username).exists():
        raise AdminRefused("username", _("这个用户名已有人用，请换一个。"))
    machine = Account(username=username, display_name=name, kind=AccountKind.MACHINE)
    machine.set_unusable_password()
    machine.save()
    _keep("machine_added", machine, post.office_id, actor, name=name, after={"account": machine.pk})
    posts.give_post(post_id, machine, timezone.localdate(), None, actor)
    return machine


@transaction.atomic
def new_token(
    account_id: int, label: str, scopes: list[str], days: int, actor: Actor, seen: int | None
) -> str:
    """The text of a new token, shown once. Raises AdminRefused, PermissionDenied, Overtaken."""
    machine = _taken(account_id, actor, seen)
    if not machine.is_active:
        raise AdminRefused("", _("这个接入系统已经停用。"))
    if not 1 <= days <= LONGEST_DAYS:
        raise AdminRefused("days", _("有效期为1到366天。"))
    text, row = tokens.issue(machine, label, scopes, timezone.now() + timedelta(days=days))
    after = {"label": label, "scopes": row.scopes, "token": row.pk, "days": days}
    _keep("token_added", machine, office_of(machine), actor, name=machine.display_name, after=after)
    return text


@transaction.atomic
def revoke(token_id: int, actor: Actor, seen: int | None) -> ApiToken:
    """End a token now. Raises AdminRefused, PermissionDenied, Overtaken."""
    token = ApiToken.objects.select_related("account").filter(pk=token_id).first()
    if token is None:
        raise AdminRefused("", _("没有这个令牌。"))
    machine = _taken(token.account_id, actor, seen)
    token = ApiToken.objects.select_for_update().get(pk=token_id)
    if token.revoked_at is not None:
        raise AdminRefused("", _("这个令牌已经吊销。"))
    tokens.revoke(token)
    before = {"label": token.label, "scopes": token.scopes, "token": token.pk}
    _keep("token_revoked", machine, office_of(machine), actor, name=machine.display_name, before=before)
    return token


def of_offices(offices: list[int] | tuple[int, ...]) -> list[Account]:
    """Machines that hold a post in one of these offices, with their tokens."""
    today = timezone.localdate()
    rows = Account.objects.filter(kind=AccountKind.MACHINE, holdings__post__office__in=offices)
    rows = (
        rows.filter(Q(holdings__valid_to=None) | Q(holdings__valid_to__gt=today))
        .distinct()
        .order_by("username")
    )
    return list(rows.prefetch_related("tokens", "holdings__post"))


def office_of(machine: Account) -> int | None:
    """The office of the post it sits in."""
    held = machine.holdings.filter(not_over(timezone.localdate())).order_by("id")
    return held.values_list("post__office_id", flat=True).first()


def _taken(account_id: int, actor: Actor, seen: int | None) -> Account:
    machine = Account.objects.filter(pk=account_id, kind=AccountKind.MACHINE).first()
    if machine is None:
        raise AdminRefused("", _("没有这个接入系统。"))
    managing.check_account(actor, machine)
    changes.begin(MACHINE, account_id, seen)
    return machine


def _keep(done: str, machine: Account, office: int | None, actor: Actor, **told: Any) -> None:
    node = tree().nodes.get(office or 0)
    facts = {"office": node.code if node else ""}
    changes.record(MACHINE, done, actor, key=machine.pk, office=office, facts=facts, **told)
