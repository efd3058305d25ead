"""How people sign in and sign up, beyond allauth's own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse

from zhili.core.people.models import Account, AccountKind

_SECOND = "allauth.mfa.stages.AuthenticateStage"


class AccountAdapter(DefaultAccountAdapter):
    """Whoever signs up is a resident: staff and machines are made by an administrator, never by a form."""

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        user.kind = AccountKind.RESIDENT
        user.language = getattr(request, "LANGUAGE_CODE", "")
        saved: Account = super().save_user(request, user, form, commit)
        return saved

    def get_login_stages(self) -> list[str]:
        ours = f"{AskSecondFactor.__module__}.{AskSecondFactor.__name__}"
        return [ours if stage == _SECOND else stage for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A passkey first: recovery codes come with it, but are for the day it is lost."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return sorted(found, key=lambda one: not str(one["id"]).endswith("webauthn"))


class AskSecondFactor(AuthenticateStage):  # type: ignore[misc]
    """A resident's passkey is one way in among others: who has lost it still comes in by telephone.

    An authenticator app is a second factor for everybody, and staff are asked for whatever they have.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        account = self.login.user
        if isinstance(account, Account) and account.kind == AccountKind.RESIDENT:
            apps = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP)
            if not apps.exists():
                return False
        asked: bool = super()._should_handle(request)
        return asked


def sign_in(request: HttpRequest, account: Account, method: str, onward: str | None = None) -> HttpResponse:
    """Sign somebody in who has shown who they are by ``method`` ("code", "ticket", "passkey"); a second factor may
    still be asked for. ``onward``: an address of this site."""
    record_authentication(request, account, method=method)
    answer: HttpResponse = perform_login(request, Login(user=account, redirect_url=onward))
    return answer
