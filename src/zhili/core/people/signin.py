"""How people sign in and sign up, beyond allauth's own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from zhili.core.people.models import Account, AccountKind


class AccountAdapter(DefaultAccountAdapter):
    """Whoever signs up is a resident: staff and machines are made by an administrator, never by a form."""

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        user.kind = AccountKind.RESIDENT
        user.language = getattr(request, "LANGUAGE_CODE", "")
        saved: Account = super().save_user(request, user, form, commit)
        return saved
