"""A log that begins anew after a restore, so that a lawful restore and a rewritten record can be told apart.

A backup brings back fewer leaves than were signed. To go on under the same name would mean to sign other roots of
sizes already signed, which is what a forger does. So a restore is declared (``zhili restore`` does it by itself,
``zhili trail restored`` after any other way): a row and a leaf say from which size on the log goes on under which name,
and new keys sign. The former name signs nothing any more; what it signed up to that size must still hold, and what it
signed beyond is told as lost. Receipts of lost leaves still verify: they hold all they need.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from zhili.core.trail import checkpoints, keys, leaves
from zhili.core.trail.heads import recounted
from zhili.core.trail.models import Restoration, SignedHead, SigningKey

DATED: Final = re.compile(r"/\d{8}T\d{6}$")


def begin(reason: str, at: datetime | None = None) -> Restoration | None:
    """Declare that the log goes on from the last head signed here, under a name of its own. None where nothing was ever
    signed: then nothing is contradicted."""
    if not SigningKey.objects.exists():
        return None
    former = _last_name()
    now, salt = at or timezone.now(), secrets.token_bytes(16)
    # Not the size of the tree: leaves without a number at the backup got theirs here, perhaps in another order.
    size = SignedHead.objects.order_by("-size").values_list("size", flat=True).first() or 0
    fresh = next_name(former, now)
    root = bytes.fromhex(recounted(size).root)
    keys.rotate(timedelta(0), origin=fresh)
    with transaction.atomic():
        leaf = leaves.append("record", now, facts(size, root, former, fresh), {"reason": reason}, salt)
        made = Restoration.objects.create(
            at=now, size=size, root=root, former=former, origin=fresh, reason=reason[:300],
            leaf_id=leaf.pk, salt=salt,
        )  # fmt: skip
    checkpoints.publish_keys(reason="restore")
    return made


def next_name(origin: str, at: datetime) -> str:
    """``city.example/trail`` → ``city.example/trail/20261122T113000``: by the time, since a number might have
    been given by a restore that was itself lost."""
    return f"{DATED.sub('', origin)}/{at.astimezone(UTC):%Y%m%dT%H%M%S}"


def facts(size: int, root: bytes, former: str, origin: str) -> dict[str, Any]:
    """What the leaf of a restoration says."""
    return {"record": "trail.restored", "size": size, "root": root.hex(), "former": former, "origin": origin}


def _last_name() -> str:
    """The name that signed last: of the ring where it is still there and newer than the restored table."""
    if keys.FILE.exists():
        return keys.ring(fresh=True).origin
    last: tuple[str, datetime] | None = SigningKey.objects.order_by("-id").values_list("origin", "at").first()
    assert last is not None
    return last[0]
