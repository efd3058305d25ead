"""Accounts of staff: made with a post, first opened by a link used once, switched off with a successor. Each a leaf.

The log names an account by its id: who that is, is read from the account itself, for whoever may.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people import managing, posts, secrets
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused, not_over
from zhili.core.people.models import Account, AccountKind, ApiToken, Post, PostHolding
from zhili.core.people.offices import tree
from zhili.core.trail import changes

ACCOUNT: Final = "account"


@transaction.atomic
def create(
    post_id: int, username: str, name: str, phone: str, first: date, last: date | None, actor: Actor
) -> tuple[Account, str]:
    """A new account in a post, and the path of the link that opens it once. Raises AdminRefused, PermissionDenied.

    Its phone number is kept as a blind index only: enough to recognise it, of no use to a reader.
    """
    post = Post.objects.filter(pk=post_id).first()
    managing.check(actor, post.office_id if post else None)
    username = username.strip().lower()
    account = Account(username=username, display_name=name.strip(), kind=AccountKind.STAFF)
    account.set_unusable_password()
    if phone:
        account.phone_index = secrets.blind_index("phone", phone)
    try:
        account.full_clean(exclude=["password", "groups", "user_permissions"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise AdminRefused("username" if field == "username" else "name", " ".join(messages)) from error
    changes.begin(ACCOUNT, username)
    account.save()
    _keep("added", account, actor, office=post.office_id if post else None, after={"account": account.pk})
    posts.give_post(post_id, account, first, last, actor)
    return account, _link(account)


@transaction.atomic
def new_link(account_id: int, actor: Actor, seen: int | None) -> str:
    """The path of a link that sets a new password once, within three days. The old password and sessions end."""
    account = _taken(account_id, actor, seen)
    account.set_unusable_password()
    account.sessions_round += 1
    account.save(update_fields=["password", "sessions_round"])
    _keep("link_given", account, actor, after={"account": account.pk})
    return _link(account)


@transaction.atomic
def reset_second_factor(account_id: int, actor: Actor, seen: int | None) -> int:
    """Take away codes and keys of the second step; the person sets one up anew. How many there were."""
    account = _taken(account_id, actor, seen)
    gone: int = Authenticator.objects.filter(user=account).delete()[0]
    if not gone:
        raise AdminRefused("", _("这个账号没有设两步验证。"))
    _end_sessions(account)
    _keep("second_factor_reset", account, actor, before={"account": account.pk, "factors": gone})
    return gone


@transaction.atomic
def end_sessions(account_id: int, actor: Actor, seen: int | None) -> None:
    """Sign an account out everywhere."""
    account = _taken(account_id, actor, seen)
    _end_sessions(account)
    _keep("sessions_ended", account, actor, after={"account": account.pk})


@transaction.atomic
def switch_off(
    account_id: int, successor: Account | None, actor: Actor, seen: int | None, reason: str
) -> list[Post]:
    """No more sign-in, from now on; its posts end today and go to the successor, if one is named.

    Returns the posts it left. Raises AdminRefused, PermissionDenied, Overtaken.
    """
    account = _taken(account_id, actor, seen)
    if not account.is_active:
        raise AdminRefused("", _("这个账号已经停用。"))
    if successor is not None and successor.pk == actor.account_id:
        raise AdminRefused("successor", _("不能给自己任职，请由另一位管理员办理。"))
    if successor is not None and (successor.pk == account.pk or not _may_work(successor)):
        raise AdminRefused("successor", _("接任的人要是另一个启用的工作人员账号。"))
    managing.one_at_a_time()
    today = timezone.localdate()
    left = posts.end_all(account, today, actor, reason)
    for post in left:
        if successor is None:
            break
        if not PostHolding.objects.filter(not_over(today), post=post, account=successor).exists():
            posts.seat(post, successor, today, None, actor)
    ApiToken.objects.filter(account=account, revoked_at=None).update(revoked_at=timezone.now())
    account.is_active = False
    account.sessions_round += 1
    account.save(update_fields=["is_active", "sessions_round"])
    managing.keep_an_administrator([(post.office_id, post.roles) for post in left])
    after = {"account": account.pk, "active": False, "successor": successor.pk if successor else None}
    _keep("switched_off", account, actor, before={"active": True}, after=after, reason=reason)
    return left


@transaction.atomic
def switch_on(account_id: int, actor: Actor, seen: int | None) -> Account:
    """Sign-in again; posts are given anew."""
    account = _taken(account_id, actor, seen)
    if account.is_active:
        raise AdminRefused("", _("这个账号正在使用。"))
    account.is_active = True
    account.save(update_fields=["is_active"])
    _keep(
        "switched_on", account, actor, before={"active": False}, after={"account": account.pk, "active": True}
    )
    return account


def _taken(account_id: int, actor: Actor, seen: int | None) -> Account:
    """The account, held until the transaction ends, if the actor keeps it and has seen its last change."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise AdminRefused("", _("没有这个账号。"))
    managing.check_account(actor, account)
    changes.begin(ACCOUNT, account_id, seen)
    return Account.objects.select_for_update().get(pk=account_id)


def _may_work(account: Account) -> bool:
    return account.is_active and account.kind == AccountKind.STAFF


def _end_sessions(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(sessions_round=F("sessions_round") + 1)


def _link(account: Account) -> str:
    key = PASSWORD_RESET_TOKEN_GENERATOR().make_token(account)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(account), "key": key}
    )


def home_of(account: Account) -> int | None:
    """The office whose log a change of the account belongs to: of its present post, else of its last one."""
    seats = PostHolding.objects.filter(account=account).order_by(
        F("valid_to").desc(nulls_first=True), "-valid_from", "-id"
    )
    return seats.values_list("post__office_id", flat=True).first()


def _keep(done: str, account: Account, actor: Actor, office: int | None = None, **told: Any) -> None:
    office = office or home_of(account)
    node = tree().nodes.get(office or 0)
    facts = {"office": node.code if node else ""}
    changes.record(
        ACCOUNT,
        done,
        actor,
        key=account.pk,
        name=node.name if node else "",
        office=office,
        facts=facts,
        **told,
    )
