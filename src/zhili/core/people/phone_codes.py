"""Six digits sent to a telephone: who can read them out has the telephone.

What is under way stands in the session: the number as ciphertext, the code as a keyed hash, an end and the tries
left. Known and unknown numbers are answered alike, for signing in and signing up are the same here.
"""

from __future__ import annotations

import base64
import os
import secrets as randomness
import time
import uuid
from dataclasses import asdict, dataclass
from typing import Any, Final

from allauth.core.internal import ratelimit
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext

from zhili.base.text import mask
from zhili.core.people import keys, secrets, sms

LIFE_S: Final = 600
TRIES: Final = 5
AGAIN_S: Final = 60
_SESSION: Final = "phone_code"
_BOUND: Final = b"telephone under way"
_NONCE: Final = 12


class CodeRefused(ValueError):
    """Why it cannot go on, in words. ``over``: a new code must be asked for."""

    def __init__(self, message: str, *, over: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.over = over


@dataclass
class UnderWay:
    """A code that was sent. ``purpose``: sign_in, change or confirm; ``onward``: where to go then."""

    sealed: str
    index: str
    masked: str
    code: str
    until: float
    sent: float
    tries: int
    purpose: str
    onward: str

    @property
    def wait(self) -> int:
        """Seconds until it may be sent again."""
        return max(0, round(self.sent + AGAIN_S - time.time()))


def send(request: HttpRequest, number: str, purpose: str, onward: str = "") -> None:
    """Send a code to an E.164 number and keep what is needed to check it. Raises CodeRefused."""
    index = secrets.blind_index("phone", number).hex()
    if not (_within(request, "send", index) and _within(request, "send_all", "all")):
        raise CodeRefused(gettext("发得太频繁了，请过几分钟再试。"))
    code = f"{randomness.randbelow(1_000_000):06d}"
    words = gettext("验证码 %(code)s，10 分钟内有效。任何人向您要这个码都不要给。") % {"code": code}
    text = sms.Text(number, settings.SMS_TEMPLATE, {"code": code, "minutes": "10"}, words, str(uuid.uuid4()))
    if sms.provider().send(text).status == sms.Status.FAILED:
        raise CodeRefused(gettext("短信没有发出去，请过几分钟再试。报事不用登录。"))
    now = time.time()
    request.session[_SESSION] = asdict(
        UnderWay(
            _seal(number),
            index,
            mask("phone", number),
            _hash(code, index),
            now + LIFE_S,
            now,
            TRIES,
            purpose,
            onward,
        )
    )


def under_way(request: HttpRequest) -> UnderWay | None:
    """What was sent and not yet used; None once it has ended."""
    kept: dict[str, Any] | None = request.session.get(_SESSION)
    found = UnderWay(**kept) if kept else None
    return found if found and found.until > time.time() else None


def again(request: HttpRequest) -> None:
    """Another code to the same number. Raises CodeRefused."""
    found = under_way(request)
    if found is None:
        raise CodeRefused(gettext("验证码已经过期，请重新获取。"), over=True)
    send(request, _open(found), found.purpose, found.onward)


def check(request: HttpRequest, typed: str) -> tuple[str, UnderWay]:
    """The number, once the code is right; it is used up then. Raises CodeRefused."""
    found = under_way(request)
    if found is None:
        raise CodeRefused(gettext("验证码已经过期，请重新获取。"), over=True)
    if found.tries <= 0 or not _within(request, "guess", found.index):
        forget(request)
        raise CodeRefused(gettext("输错太多次了，请过几分钟重新获取。"), over=True)
    digits = "".join(sign for sign in typed if sign.isdigit())
    if not (digits.isascii() and constant_time_compare(_hash(digits, found.index), found.code)):
        found.tries -= 1
        request.session[_SESSION] = asdict(found)
        raise CodeRefused(gettext("验证码不对，请再核对一下。"))
    forget(request)
    return _open(found), found


def forget(request: HttpRequest) -> None:
    request.session.pop(_SESSION, None)


def _within(request: HttpRequest, action: str, key: str) -> bool:
    """Whether the limits of this action (conf/auth.py) allow one more; counts it."""
    limits = settings.PHONE_LIMITS
    return bool(
        ratelimit.consume(
            request,
            app="people",
            action=f"phone_{action}",
            config={f"phone_{action}": limits[action]},
            key=key,
        )
    )


def _hash(code: str, index: str) -> str:
    return salted_hmac("zhili.people.phone_codes", f"{index}:{code}", algorithm="sha256").hexdigest()


def _seal(number: str) -> str:
    ring = keys.ring()
    nonce = os.urandom(_NONCE)
    sealed = nonce + ring.ciphers[ring.current].encrypt(nonce, number.encode(), _BOUND)
    return f"{ring.current}:{base64.b64encode(sealed).decode()}"


def _open(found: UnderWay) -> str:
    key, _, text = found.sealed.partition(":")
    ring = keys.ring()
    if key not in ring.ciphers:
        ring = keys.ring(fresh=True)
    sealed = base64.b64decode(text)
    try:
        return ring.ciphers[key].decrypt(sealed[:_NONCE], sealed[_NONCE:], _BOUND).decode()
    except (KeyError, InvalidTag) as error:  # its key was retired meanwhile: ten minutes are short
        raise CodeRefused(gettext("验证码已经过期，请重新获取。"), over=True) from error
