"""The telephone number of a resident's account: sealed like every personal value, recognised by its keyed index.

Signing in by telephone opens residents' accounts alone: a member of staff's own number opens the account they have
as a resident, never their post.
"""

from __future__ import annotations

import secrets as randomness

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from zhili.base.codes import CodeError, check_phone
from zhili.core.people import secrets
from zhili.core.people.models import Account, AccountKind
from zhili.core.people.models.accounts import MADE_UP

LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


def tidy(typed: str) -> str:
    """E.164. Raises CodeError for what cannot receive a message: no number, an extension, a landline of ours."""
    number = check_phone(typed)
    if ";" in number or (number.startswith("+86") and not number.startswith("+861")):
        raise CodeError(gettext("请填写能收短信的手机号"))
    return number


def account_of(number: str) -> Account | None:
    """The resident's account with this number. One query."""
    index = secrets.blind_index("phone", number)
    return Account.objects.filter(phone_index=index, kind=AccountKind.RESIDENT, is_active=True).first()


def join(number: str, language: str = "") -> Account:
    """The account with this number, made when there is none; of two at once both get the same one.

    Raises CodeError when its account was closed.
    """
    if found := account_of(number):
        return found
    try:
        with transaction.atomic():
            made = new_resident(language)
            _give(made, number)
    except IntegrityError:
        if found := account_of(number):
            return found
        raise CodeError(gettext("这个号码的账号已停用，请拨打 12345")) from None
    return made


def new_resident(language: str = "", pk: int | None = None) -> Account:
    """An account without a password and without a name anybody chose."""
    made = Account(pk=pk, username=made_up_name(), kind=AccountKind.RESIDENT, language=language)
    made.set_unusable_password()
    made.save(force_insert=True)
    return made


def made_up_name() -> str:
    """A user name nobody chose and nobody is told."""
    return MADE_UP + "".join(randomness.choice(LETTERS) for _ in range(12))


def change(account: Account, number: str) -> None:
    """Give an account another number; the former value is destroyed. Raises CodeError when another account has it."""
    former = account.phone_secret
    try:
        with transaction.atomic():
            _give(account, number)
            if former:
                secrets.erase([former], under="account")
    except IntegrityError:
        raise CodeError(gettext("这个号码已经用在另一个账号上")) from None


def masked(account: Account) -> str:
    """The number as its owner is shown it; "" for none."""
    return (
        secrets.masked([account.phone_secret]).get(account.phone_secret, "") if account.phone_secret else ""
    )


def _give(account: Account, number: str) -> None:
    row = secrets.prepare("phone", number, account.pk)
    secrets.save([row])
    account.phone_index, account.phone_secret = row.blind_index, row.id
    account.save(update_fields=["phone_index", "phone_secret"])
