"""Who sets up which office: the 单位管理 of an office for it and all below it, the city's for what is the whole city's.

Two things cannot be done by anybody here: giving oneself more rights, and leaving the city without an administrator.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, AccountKind, Deputy, Post, PostHolding, Role
from zhili.core.people.offices import Node, tree

ADMIN: Final = str(Role.ADMIN)
ROLES: Final[dict[str, tuple[str, ...]]] = {
    "grid": ("grid",),
    "village": ("handler", "leader"),
    "town": ("handler", "leader", "admin"),
    "county": ("handler", "leader", "commander", "admin"),
    "city": ("handler", "leader", "commander", "auditor", "admin"),
    "department": ("handler", "leader", "admin"),
    "hotline": ("hotline", "leader", "admin"),
    "arbiter": ("arbiter", "leader", "admin"),
}
"""What posts of an office may allow: general offices by level, others by kind. Answering the hotline opens personal
values all over the city, so no town can give that to itself."""


class AdminRefused(ValueError):
    """Why a change cannot be made, in words; ``field`` is where to mend it ("" for the whole)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def may_administer(actor: Actor, office_id: int | None) -> bool:
    """Whether an actor sets up an office: its own 单位管理, or that of an office above. No query."""
    if actor.kind != "post" or ADMIN not in actor.roles or office_id is None:
        return False
    return any(node.id == actor.office_id for node in tree().chain(office_id))


def city_wide(actor: Actor) -> bool:
    """Whether an actor sets up what is the whole city's: 单位管理 of its general office."""
    return ADMIN in actor.roles and _leads_city(actor)


def second_person(actor: Actor) -> bool:
    """Whether an actor may agree to what a city administrator proposed: 单位管理 or 审签 there."""
    return bool(actor.roles & {ADMIN, "leader"}) and _leads_city(actor)


def second_person_of(actor: Actor, office_id: int | None) -> bool:
    """Whether an actor may agree to what an office's administrator proposed for it: 单位管理 or 审签 there or above."""
    if actor.kind != "post" or not actor.roles & {ADMIN, "leader"} or office_id is None:
        return False
    return any(node.id == actor.office_id for node in tree().chain(office_id))


def check(actor: Actor, office_id: int | None) -> None:
    """Raises PermissionDenied, in words."""
    if not may_administer(actor, office_id):
        raise PermissionDenied(_("这项设置由本单位或上级单位的管理员办理。"))


def check_city(actor: Actor) -> None:
    """Raises PermissionDenied, in words."""
    if not city_wide(actor):
        raise PermissionDenied(_("这项设置由市级单位管理员办理。"))


def administered(actor: Actor) -> tuple[int, ...]:
    """Ids of the offices an actor sets up, its own first."""
    if actor.kind != "post" or ADMIN not in actor.roles or actor.office_id is None:
        return ()
    return tree().under(actor.office_id)


def roles_for(node: Node) -> tuple[str, ...]:
    """What posts of this office may allow."""
    return ROLES[node.level if node.kind == "general" else node.kind]


def runs(since: date, until: date | None, day: date) -> bool:
    """Whether a dated row holds on a day."""
    return since <= day and (until is None or until > day)


def not_over(day: date) -> Q:
    """Rows that hold on this day or begin later."""
    return Q(valid_to=None) | Q(valid_to__gt=day)


def may_administer_account(actor: Actor, account: Account) -> bool:
    """Whether an actor keeps an account: staff or machine, not its own, all whose posts are in offices it sets up.

    One that left its posts stays with whoever set up the last of them. Engineers' accounts are nobody's here.
    """
    if account.kind == AccountKind.RESIDENT or account.is_superuser or account.pk == actor.account_id:
        return False
    seats = PostHolding.objects.filter(account=account).order_by("-valid_from", "-id")
    now = seats.filter(not_over(timezone.localdate())).values_list("post__office_id", flat=True)
    offices = list(now) or list(seats.values_list("post__office_id", flat=True)[:1])
    return bool(offices) and all(may_administer(actor, one) for one in offices)


def check_account(actor: Actor, account: Account) -> None:
    """Raises PermissionDenied, in words."""
    if account.pk == actor.account_id:
        raise PermissionDenied(_("不能改自己的账号和任职，请由本单位另一位管理员或上级办理。"))
    if not may_administer_account(actor, account):
        raise PermissionDenied(_("这个账号在您不管理的单位有任职，由那里的上级管理员办理。"))


def sits_in(account_id: int | None, post_id: int) -> bool:
    """Whether an account holds a post or stands in for it, now or later."""
    today = timezone.localdate()
    return any(
        table.objects.filter(not_over(today), post=post_id, account=account_id).exists()
        for table in (PostHolding, Deputy)
    )


def one_at_a_time() -> None:
    """Changes that could take away an administrator wait for one another until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('zhili.administrators', 0))")


def keep_an_administrator(touched: Iterable[tuple[int, Iterable[str]]], day: date | None = None) -> None:
    """Refuse what has just been changed when nobody would be left who sets up the city.

    Call it after the change, in its transaction: ``touched`` are offices and the duties posts of theirs had, ``day``
    from when it holds. Raises AdminRefused.
    """
    if not any(ADMIN in roles and _is_city(office) for office, roles in touched):
        return
    today = timezone.localdate()
    if not all(administrators(one) for one in {today, max(today, day or today)}):
        raise AdminRefused("", _("这样一来全市就没有管理员了，没有保存。请先给另一个人任市级单位管理员。"))


def administrators(day: date) -> int:
    """How many people set up the city on a day."""
    on_the_day = {f"{part}valid_from__lte": day for part in ("", "post__", "post__office__")}
    seats = PostHolding.objects.filter(
        **on_the_day,
        account__is_active=True,
        account__kind=AccountKind.STAFF,
        post__roles__contains=[ADMIN],
        post__office__level="city",
        post__office__kind="general",
    )
    for part in ("", "post__", "post__office__"):
        seats = seats.filter(Q(**{f"{part}valid_to": None}) | Q(**{f"{part}valid_to__gt": day}))
    return seats.values("account").distinct().count()


def _leads_city(actor: Actor) -> bool:
    return actor.kind == "post" and _is_city(actor.office_id)


def _is_city(office_id: int | None) -> bool:
    node = tree().nodes.get(office_id or 0)
    return node is not None and node.level == "city" and node.kind == "general"


def post_name(post: Post) -> str:
    """Office and post, as a change is called."""
    node = tree().nodes.get(post.office_id)
    return f"{node.name if node else ''} {post.title}".strip()
