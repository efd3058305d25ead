"""A worker's own six digits on a pad: wrong tries are counted, and too many of them lock the digits for a while.

A pad without signal cannot check digits and must not keep them readable: it seals them to us (ECDH P-256, HKDF and
AES-GCM), bound to the one tap they were typed for, and they are checked when the tap comes.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.scenarios.wages import registering
from zhili.scenarios.wages.models import Worker

INFO: Final = b"zhili-pad-pin-1"
POINT, NONCE = 65, 12
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (FIPS 186-5)."""


def fits(worker: Worker, typed: str, *, late: bool = False) -> bool:
    """Whether these are the worker's digits; a wrong try is counted. Raises Refused while they are locked.

    ``late``: they were typed without signal and come now; then the refusal asks to be tried again later.
    """
    now = timezone.now()
    with transaction.atomic():
        one = Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
        if one.pin_locked_until is None or one.pin_locked_until <= now:
            if registering.pin_fits(one, typed):
                if one.pin_wrong:
                    Worker.objects.filter(pk=one.pk).update(pin_wrong=0, pin_locked_until=None)
                return True
            one.pin_wrong += 1
            one.pin_locked_until = None
            if one.pin_wrong >= int(params.get("wages.pin_tries").text):
                one.pin_wrong = 0
                one.pin_locked_until = now + timedelta(minutes=params.duration("wages.pin_lock")[0].amount)
            Worker.objects.filter(pk=one.pk).update(
                pin_wrong=one.pin_wrong, pin_locked_until=one.pin_locked_until
            )
    if one.pin_locked_until is None:
        return False
    words = _("%(code)s 的密码输错太多次，%(time)s 以后才能再试。忘了密码，请班组长或劳资员换一个") % {
        "code": one.code,
        "time": f"{timezone.localtime(one.pin_locked_until):%H:%M}",
    }
    raise Refused("pin_locked", words, 429 if late else 423)


def check(worker: Worker, typed: str, *, late: bool = False) -> None:
    """Raises Refused for digits that are not the worker's."""
    if not fits(worker, typed, late=late):
        raise Refused(
            "wrong_pin", _("%(code)s 的密码不对，没有收下。请本人重新输入") % {"code": worker.code}, 422
        )


def public() -> str:
    """What a pad seals digits to: 65 bytes of a point, in hexadecimal."""
    return _ours().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()


def unsealed(box: bytes, key: str) -> str:
    """The digits typed for the tap of this key. Raises Refused when the pad's page was of another server key."""
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), box[:POINT])
        shared = _ours().exchange(ec.ECDH(), theirs)
        secret = HKDF(SHA256(), 32, salt=b"", info=INFO).derive(shared)
        return AESGCM(secret).decrypt(box[POINT : POINT + NONCE], box[POINT + NONCE :], key.encode()).decode()
    except (ValueError, InvalidTag):
        raise Refused(
            "bad_box", _("平板上的这一页太旧，没有收下。请接上网络重新打开这一页，再打一次"), 422
        ) from None


def _ours() -> ec.EllipticCurvePrivateKey:
    seed = hmac.digest(settings.SECRET_KEY.encode(), b"wages-pad-pin", "sha512")
    return ec.derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, ec.SECP256R1())
