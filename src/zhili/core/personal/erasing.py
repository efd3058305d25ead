"""删除 (个人信息保护法 47, 50): what can go goes at once and leaves a tombstone; why the rest cannot is told by item.

Closing an account takes with it all that is the account's own. What was given with matters follows the rule above: a
matter under way still needs it, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.core import params
from zhili.core.cases import doors, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Joined
from zhili.core.notices.models import Notice
from zhili.core.people import phones, secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, AccountKind, ApiToken, ShellAccount
from zhili.core.personal import mine
from zhili.core.personal.mine import Held
from zhili.core.personal.models import Wanted, Wish, WishState

UNDER: Final = "本人要求删除 个人信息保护法第四十七条"
CLOSED: Final = "本人注销账号 网络数据安全管理条例第二十四条"


@dataclass(frozen=True)
class Why:
    """Why a value must stay, and the article that says so."""

    text: str
    law: str


REASONS: Final = {
    "open": Why(
        gettext_noop("这件事还没有办结，要用它联系您、答复您；办结后可以删除"),
        gettext_noop("个人信息保护法第四十七条第一款第一项：处理目的已实现才删除"),
    ),
    "hold": Why(
        gettext_noop("这件事依法留存（诉讼、复议或者调查需要），解除后可以删除"),
        gettext_noop("个人信息保护法第四十四条：法律、行政法规另有规定的除外"),
    ),
    "kept": Why(
        gettext_noop("法律、行政法规规定的保存期限还没有到，在此之前只存储、不作他用"),
        gettext_noop("个人信息保护法第四十七条第二款"),
    ),
    "account": Why(
        gettext_noop("这是登录用的号码，换号码或者注销账号时删除"),
        gettext_noop("个人信息保护法第四十七条第一款第一项：处理目的已实现才删除"),
    ),
}


@dataclass(frozen=True)
class Item:
    """One value of the person: free to go, or why not. ``source``: the law that sets its least time, if one does."""

    held: Held
    code: str = ""
    source: str = ""

    @property
    def free(self) -> bool:
        return not self.code

    @property
    def why(self) -> str:
        return _(REASONS[self.code].text) if self.code else ""

    @property
    def law(self) -> str:
        if not self.code:
            return ""
        return "；".join(part for part in (_(REASONS[self.code].law), self.source) if part)


def plan(actor: Actor) -> list[Item]:
    """Every value still kept, with what would become of it now. Six queries, nothing decrypted."""
    there = [one for one in mine.held(actor) if not one.gone]
    held_cases = mine.held_by_law([one.case.pk for one in there if one.case is not None])
    return [_item(one, held_cases) for one in there]


def _item(one: Held, held_cases: set[int]) -> Item:
    case = one.case
    if case is None:
        return Item(one, "account")
    if case.closed_at is None:
        return Item(one, "open")
    if case.pk in held_cases:
        return Item(one, "hold")
    procedure = registry.procedure(case.procedure)
    if procedure is not None and procedure.kept_by_law:
        value = params.get(procedure.kept_by_law)
        least = timedelta(days=params.duration(procedure.kept_by_law)[0].amount)
        if case.closed_at + least > timezone.now():
            return Item(one, "kept", f"{value.source}{value.article}")
    return Item(one)


def erase(actor: Actor, only: Collection[UUID] | None = None) -> Wish:
    """Erase what may go (of these, or all), and keep what was asked for and why some stayed. Raises Refused."""
    if actor.account_id is None or actor.kind == "grant":
        raise Refused("no_account", _("请先登录。"), 403)
    with transaction.atomic():
        _lock(actor)
        items = [one for one in plan(actor) if only is None or one.held.id in only]
        gone = secrets.erase([one.held.id for one in items if one.free], under=UNDER)
        return _done(actor, Wanted.ERASE, items, gone)


def close(actor: Actor) -> Wish:
    """Close a resident's account for good: its own values, keys, messages and name go; matters stay without them.

    Raises Refused for accounts that are not a resident's: an office ends those.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=actor.account_id or 0).first()
        if account is None or account.kind != AccountKind.RESIDENT:
            raise Refused("no_resident", _("工作账号由单位管理员停用。"), 403)
        _lock(actor)
        items = plan(actor)
        gone = secrets.erase([one.held.id for one in items if one.free], under=UNDER)
        own = [one.held.id for one in items if one.held.case is None]
        gone += secrets.erase(own, under=CLOSED)
        wish = _done(actor, Wanted.CLOSE, [one for one in items if one.held.case is not None], gone)
        _empty(account)
        return wish


def _empty(account: Account) -> None:
    """Nothing that leads to the person stays in the account, and no key to it."""
    Authenticator.objects.filter(user_id=account.pk).delete()
    EmailAddress.objects.filter(user_id=account.pk).delete()
    ShellAccount.objects.filter(account=account).delete()
    ApiToken.objects.filter(account=account).delete()
    Notice.objects.filter(account_id=account.pk).delete()
    Joined.objects.filter(account_id=account.pk).update(account_id=None)
    Wish.objects.filter(account=account).update(sealed=None, key_id="", size=0)
    account.username = phones.made_up_name()
    account.display_name, account.email = "", ""
    account.phone_index, account.phone_secret = None, None
    account.set_unusable_password()
    account.is_active = False
    account.save()
    Account.objects.filter(pk=account.pk).update(sessions_round=F("sessions_round") + 1)


def _lock(actor: Actor) -> None:
    """The matters stay as they are until the end: none is reopened or put under a hold meanwhile."""
    list(Case.objects.filter(pk__in=mine.cases_of(actor)).order_by("pk").select_for_update(of=("self",)))


def _done(actor: Actor, wanted: str, items: list[Item], gone: int) -> Wish:
    kept = Counter(one.code for one in items if not one.free)
    told: dict[str, Any] = {"erased": gone, "kept": dict(kept)}
    told["items"] = [[str(one.held.id), one.code] for one in items]
    wish = Wish.objects.create(
        account_id=actor.account_id or 0,
        wanted=wanted,
        state=WishState.DONE,
        done_at=timezone.now(),
        outcome=told,
    )
    facts = {"wanted": wanted, "erased": gone, "kept": dict(kept)}
    doors.record("data_erased", actor, facts, {"account": actor.account_id, "wish": str(wish.pk)})
    return wish
