"""Phones and pads that sign taps: their public keys are enrolled and retired here, each with a leaf.

The private key is made in the browser, cannot be taken out of it, and never reaches us.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import DeviceKey, Project, Worker

ADDED: Final = "wages_key_added"
RETIRED: Final = "wages_key_retired"
MOST: Final = 5
"""Phones of one worker in use at once; and pads of one project (our own design)."""
MOST_PADS: Final = 50
POINT_BYTES: Final = 65


def enrol(
    actor: Actor, public: bytes, *, worker: Worker | None = None, project: Project | None = None
) -> DeviceKey:
    """Know a device from now on: a worker's phone, or a project's pad. ``public``: 65 bytes, uncompressed P-256.

    Whether ``actor`` may is the caller's. Told again, it is the same. Raises Refused.
    """
    _readable(public)
    sha256 = hashlib.sha256(public).hexdigest()
    kind = "phone" if worker is not None else "pad"
    with transaction.atomic():
        before = DeviceKey.objects.filter(sha256=sha256).first()
        if before is not None:
            same = (before.worker_id, before.project_id) == (
                worker.pk if worker else None,
                project.pk if project else None,
            )
            if before.retired_at is None and same:
                return before
            raise Refused("known_key", _("这把密钥已经停用或属于别人，请在这台设备上重新登记"), 409)
        if in_use(worker, project).select_for_update().count() >= (MOST if worker else MOST_PADS):
            raise Refused("many_keys", _("登记的设备太多，请先停用不用的"), 409)
        made = DeviceKey.objects.create(
            worker=worker, project=project, kind=kind, public=public, sha256=sha256, added_at=timezone.now()
        )
        _keep(ADDED, actor, made)
    return made


def in_use(worker: Worker | None, project: Project | None) -> QuerySet[DeviceKey]:
    """Devices of a worker, or pads of a project, oldest first."""
    mine = Q(worker=worker) if worker is not None else Q(project=project, kind="pad")
    return DeviceKey.objects.filter(mine, retired_at=None).order_by("id")


def retire(actor: Actor, device: DeviceKey) -> None:
    """What it signs from now on, or sends from now on, is not taken; what it sent before stays."""
    with transaction.atomic():
        gone = DeviceKey.objects.filter(pk=device.pk, retired_at=None).update(retired_at=timezone.now())
        if gone:
            _keep(RETIRED, actor, device)


def signer(sha256: str) -> DeviceKey:
    """The device of a fingerprint. Raises Refused for one that is not known, or retired."""
    found = DeviceKey.objects.select_related("worker").filter(sha256=sha256).first()
    if found is None:
        raise Refused("unknown_key", _("这台设备没有登记，没有收下；请重新登记这台设备"), 422)
    if found.retired_at is not None:
        raise Refused("retired_key", _("这台设备已经停用，没有收下；请让班组长记在日考勤里"), 422)
    return found


def signed(device: DeviceKey, text: bytes, signature: bytes) -> bool:
    """Whether the device signed this text. ``signature``: 64 bytes r ‖ s."""
    if len(signature) != 64:
        return False
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes(device.public))
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), text, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _readable(public: bytes) -> None:
    try:
        if len(public) != POINT_BYTES:
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        raise Refused("bad_key", _("这台设备给的公钥读不出来，没有登记"), 422) from None


def _keep(kind: str, actor: Actor, one: DeviceKey) -> None:
    said = {"worker": one.worker_id, "project": one.project_id, "sha256": one.sha256}
    doors.record(kind, actor, {"kind": one.kind}, said)
