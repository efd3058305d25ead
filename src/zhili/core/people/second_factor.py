"""The second factor: its secrets encrypted like personal values; asked of staff where the site says so."""

import base64
from collections.abc import Callable
from typing import Any, Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from zhili.core.people import keys
from zhili.core.people.models import Account, AccountKind

_BOUND: Final = b"second factor"
_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_SESSION_PROVED: Final = "second_factor"
# Where somebody without a second factor may still go: to set one up, to prove the password again, to leave.
_OPEN: Final = ("mfa_index", "account_reauthenticate", "account_logout")


def required(account: Any) -> bool:
    """Whether this account must have a second factor here."""
    return bool(
        settings.STAFF_MFA
        and isinstance(account, Account)
        and (account.is_staff or account.kind == AccountKind.STAFF)
    )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Stores one-time-code secrets as `<key id>:<base64 of nonce and ciphertext>`."""

    def encrypt(self, text: str) -> str:
        ring = keys.ring()
        sealed = ring.seal(text.encode(), _BOUND)
        return f"{ring.current}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        key_id, _, text = encrypted_text.partition(":")
        cipher = keys.ring().ciphers.get(key_id) or keys.ring(fresh=True).ciphers.get(key_id)
        if cipher is None:
            raise keys.KeyRingError(f"两步验证的密钥 {key_id} 不在密钥环中")
        sealed = base64.b64decode(text)
        try:
            return cipher.decrypt(sealed[: keys.NONCE_BYTES], sealed[keys.NONCE_BYTES :], _BOUND).decode()
        except InvalidTag as error:
            raise keys.KeyRingError("两步验证的密文可能被改动") from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Where one is required, the last one stays; add another first."""
        if authenticator.type not in _FACTORS or not required(authenticator.user):
            return True
        mine = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=_FACTORS)
        another: bool = mine.exclude(pk=authenticator.pk).exists()
        return another


class AskStaff:
    """Middleware: staff without a second factor can do nothing but set one up. Bearer tokens pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.STAFF_MFA:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.open = (*map(reverse, _OPEN), settings.STATIC_URL)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(self.open) or not required(request.user):
            return self.get_response(request)
        if not request.session.get(_SESSION_PROVED):
            if lacking(request):
                return _refused(request)
            request.session[_SESSION_PROVED] = True
        return self.get_response(request)


def lacking(request: HttpRequest) -> bool:
    """Whether the one who asks must have a second factor and has none. No query once it was proved."""
    if not required(request.user) or request.session.get(_SESSION_PROVED):
        return False
    return not Authenticator.objects.filter(user_id=request.user.pk, type__in=_FACTORS).exists()


def reencrypt(batch: int = 500) -> int:
    """Encrypt with the current key what another one wrote. Returns how many; safe to run again."""
    adapter = SecondFactorAdapter()
    current = keys.ring(fresh=True).current
    changed = 0
    for authenticator in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).iterator(batch):
        data = {name: _renewed(adapter, current, value) for name, value in authenticator.data.items()}
        if data != authenticator.data:
            changed += Authenticator.objects.filter(pk=authenticator.pk, data=authenticator.data).update(
                data=data
            )
    return changed


def uses(key_id: str) -> int:
    """How many second factors are still encrypted with this key."""
    stored = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    return sum(_sealed_with(key_id, data) for data in stored.values_list("data", flat=True).iterator())


def _sealed_with(key_id: str, value: Any) -> bool:
    """Anywhere in it: recovery codes that were moved here stand in a list."""
    if isinstance(value, dict):
        return any(_sealed_with(key_id, one) for one in value.values())
    if isinstance(value, list):
        return any(_sealed_with(key_id, one) for one in value)
    return isinstance(value, str) and value.startswith(f"{key_id}:")


def _renewed(adapter: SecondFactorAdapter, current: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_renewed(adapter, current, item) for item in value]
    key_id, colon, _ = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not colon or key_id == current or key_id not in keys.ring().ciphers:
        return value
    return adapter.encrypt(adapter.decrypt(value))


def _refused(request: HttpRequest) -> HttpResponse:
    words = gettext("本系统要求工作人员启用两步验证，请先完成设置")
    if request.path_info.startswith("/api/"):
        return JsonResponse(
            {"type": "about:blank", "title": words, "status": 403},
            status=403,
            content_type="application/problem+json",
        )
    return redirect("mfa_activate_totp")
