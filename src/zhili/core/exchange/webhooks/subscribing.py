"""Subscriptions: made, changed, ended by whoever administers the machine account, or by the machine. Each a leaf.

What a subscription hears is what its account may see; so giving one to a machine gives nothing it could not ask for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import registry
from zhili.core.cases.routing import directory
from zhili.core.exchange.models import Mode, Subscription
from zhili.core.exchange.webhooks import posting, tokens
from zhili.core.exchange.webhooks.catalogue import TYPES
from zhili.core.people import machines, managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Account, AccountKind
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes
from zhili.core.trail import changes

SUBJECT: Final = "webhook"
MOST: Final = 20
"""Subscriptions of one account."""
RATE_MOST: Final = 60_000
WORDS_MOST: Final = 200
TOKEN_MOST: Final = 2_000


@dataclass(frozen=True)
class Given:
    """What somebody says of a subscription. ``divisions``, ``offices``: codes. ``token``: None leaves it as it is."""

    name: str
    url: str
    types: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    mode: str = Mode.STRUCTURED
    per_minute: int = 600
    private_allowed: bool = False
    token: str | None = None


def may(actor: Actor, account: Account) -> bool:
    """Whether an actor keeps the subscriptions of a machine account: its administrators, and the machine itself."""
    if account.kind != AccountKind.MACHINE:
        return False
    return actor.account_id == account.pk or managing.may_administer_account(actor, account)


def check(actor: Actor, account: Account) -> None:
    """Raises PermissionDenied, in words."""
    if not may(actor, account):
        raise PermissionDenied(_("事件推送由接入系统所在单位的管理员办理，或由系统自己通过接口办理。"))


@transaction.atomic
def add(account: Account, given: Given, actor: Actor) -> Subscription:
    """A new one, which is asked for its permission first. Raises AdminRefused, PermissionDenied."""
    check(actor, account)
    changes.begin(SUBJECT, f"account {account.pk}")
    if Subscription.objects.filter(account=account).count() >= MOST:
        raise AdminRefused("", _("一个接入系统最多%(most)s个推送。") % {"most": MOST})
    row = Subscription(account=account, created_by_id=actor.account_id)
    _set(row, given, actor)
    row.save(force_insert=True)
    _record("added", row, actor, after=facts(row))
    return row


@transaction.atomic
def change(row: Subscription, given: Given, actor: Actor, seen: int | None = None) -> Subscription:
    """Another address is asked for its permission first. Raises AdminRefused, PermissionDenied, Overtaken."""
    row = taken(row.pk, actor, seen)
    before, url = facts(row), row.url
    _set(row, given, actor)
    if row.url != url:
        row.ask_at, row.asked, row.gone_at = timezone.now(), 0, None
        row.failures, row.failing_since, row.next_at, row.error = 0, None, None, ""
    row.save()
    _record("changed", row, actor, before=before, after=facts(row))
    return row


@transaction.atomic
def pause(row: Subscription, actor: Actor, seen: int | None = None) -> Subscription:
    """Nothing is sent, and what happens meanwhile is not kept for it. Raises AdminRefused, PermissionDenied."""
    row = taken(row.pk, actor, seen)
    if not row.active:
        raise AdminRefused("", _("这个推送已经停了。"))
    row.active = False
    row.save(update_fields=["active"])
    _record("paused", row, actor)
    return row


@transaction.atomic
def resume(row: Subscription, actor: Actor, seen: int | None = None) -> Subscription:
    """On again; one that had gone away (410) or never agreed is asked anew. Raises AdminRefused, PermissionDenied."""
    row = taken(row.pk, actor, seen)
    if row.active and row.gone_at is None and row.agreed_at is not None:
        raise AdminRefused("", _("这个推送没有停。"))
    row.active, row.next_at = True, None
    if row.gone_at is not None or row.agreed_at is None:
        row.gone_at, row.ask_at, row.asked = None, timezone.now(), 0
    row.save()
    _record("resumed", row, actor)
    return row


@transaction.atomic
def delete(row: Subscription, actor: Actor, seen: int | None = None) -> None:
    """With all that waits for it and all its dead letters. Raises PermissionDenied, Overtaken."""
    row = taken(row.pk, actor, seen)
    _record("deleted", row, actor, before=facts(row))
    tokens.forget(row.token_secret)
    row.delete()


def taken(pk: int, actor: Actor, seen: int | None) -> Subscription:
    """Held until the transaction ends. Raises AdminRefused, PermissionDenied, Overtaken."""
    found = Subscription.objects.select_related("account").filter(pk=pk).first()
    if found is None:
        raise AdminRefused("", _("没有这个推送。"))
    check(actor, found.account)
    changes.begin(SUBJECT, pk, seen)
    return Subscription.objects.select_related("account").select_for_update(of=("self",)).get(pk=pk)


def of_actor(actor: Actor) -> list[Subscription]:
    """Those an actor keeps: a machine its own, an administrator those of the machines of its offices."""
    rows = Subscription.objects.select_related("account").order_by("account__username", "name")
    own = Account.objects.filter(pk=actor.account_id or 0, kind=AccountKind.MACHINE).exists()
    if own:
        return list(rows.filter(account=actor.account_id))
    accounts = [one.pk for one in machines.of_offices(managing.administered(actor))]
    return list(rows.filter(account__in=accounts))


def facts(row: Subscription) -> dict[str, Any]:
    """How it is set, for the record of changes: no token."""
    told = asdict(replace(given(row), token=None))
    del told["token"]
    told["rate"] = told.pop("per_minute")
    return {name: list(one) if isinstance(one, tuple) else one for name, one in told.items()}


def given(row: Subscription) -> Given:
    """As somebody would say it anew."""
    known, offices = nodes(), tree().nodes
    return Given(
        row.name,
        row.url,
        tuple(row.types),
        tuple(row.procedures),
        tuple(row.categories),
        tuple(known[one].code for one in row.divisions if one in known),
        tuple(offices[one].code for one in row.offices if one in offices),
        row.mode,
        row.per_minute,
        row.private_allowed,
    )


def _set(row: Subscription, given: Given, actor: Actor) -> None:
    """Raises AdminRefused beside the field at fault."""
    inside = given.private_allowed
    if inside and not row.private_allowed and not managing.city_wide(actor):
        raise AdminRefused("private_allowed", _("内网地址只能由市级单位管理员允许。"))
    if inside and given.url != row.url and not managing.city_wide(actor):
        raise AdminRefused("url", _("内网地址只能由市级单位管理员更改。"))
    row.name = _name(row, given.name)
    row.url = _url(given.url, inside)
    row.types = _known("types", given.types, TYPES)
    if not row.types:
        raise AdminRefused("types", _("请至少选一种事件。"))
    row.procedures = _known("procedures", given.procedures, registry.procedures())
    row.categories = _known("categories", given.categories, {code for _s, code in directory().names})
    places = {one.code: one.id for one in nodes().values() if one.valid_to is None}
    codes = [one.ljust(12, "0") for one in given.divisions]
    row.divisions = [places[one] for one in _known("divisions", codes, places)]
    offices = {one.code: one.id for one in tree().nodes.values()}
    row.offices = [offices[one] for one in _known("offices", given.offices, offices)]
    if given.mode not in Mode.values:
        raise AdminRefused("mode", _("没有这种发送方式。"))
    if not 1 <= given.per_minute <= RATE_MOST:
        raise AdminRefused("per_minute", _("每分钟1到%(most)s个请求。") % {"most": RATE_MOST})
    row.mode, row.per_minute, row.private_allowed = given.mode, given.per_minute, inside
    if given.token is not None:
        _set_token(row, given.token)


def _set_token(row: Subscription, text: str) -> None:
    if not text.isascii() or not text.isprintable() or " " in text or len(text) > TOKEN_MOST:
        raise AdminRefused("token", _("令牌只能是看得见的 ASCII 字符。"))
    tokens.forget(row.token_secret)
    row.token_secret = tokens.seal(text) if text else None


def _name(row: Subscription, text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 80:
        raise AdminRefused("name", _("名称为1到80个字。"))
    same = Subscription.objects.filter(account=row.account, name=name).exclude(pk=row.pk)
    if same.exists():
        raise AdminRefused("name", _("这个接入系统已有同名的推送。"))
    return name


def _url(text: str, inside: bool) -> str:
    url = text.strip()
    match posting.misfit(url, private_allowed=inside) if len(url) <= 500 else "shape":
        case "scheme":
            raise AdminRefused("url", _("接收地址应以 https:// 开头。"))
        case "inside":
            raise AdminRefused("url", _("接收地址不能在内网。"))
        case "shape":
            raise AdminRefused(
                "url", _("接收地址不是完整的网址；域名、路径请用 ASCII 字符，不带用户名和 #。")
            )
    return url


def _known(field: str, given: Iterable[str], known: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(given))
    there = set(known)
    strange = [one for one in found if one not in there]
    if strange:
        words = _("没有这一项：%(what)s。") % {"what": "、".join(one[:60] for one in strange[:5])}
        raise AdminRefused(field, words)
    if len(found) > WORDS_MOST:
        raise AdminRefused(field, _("最多%(most)s项。") % {"most": WORDS_MOST})
    return found


def _record(done: str, row: Subscription, actor: Actor, **told: Any) -> None:
    changes.record(
        SUBJECT, done, actor, key=row.pk, name=row.name, office=machines.office_of(row.account), **told
    )
