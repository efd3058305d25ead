"""A file turned away at the door: that it came, and both hashes, are kept although nothing else is."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from zhili.base.text import redact
from zhili.core.files.models import File
from zhili.core.people.actors import Actor
from zhili.core.trail import leaves
from zhili.core.trail.models import Leaf
from zhili.scenarios.evidence.models import DoorRefusal

RECORD = "evidence.refused"


@dataclass(frozen=True)
class Refusal:
    """What is known of it; ``keep`` writes row and leaf in one transaction."""

    actor: Actor
    matter: str
    what: str
    zone: str
    claimed: str
    file: File

    def keep(self) -> None:
        """The leaf shows both hashes; who brought it for which matter is only committed to."""
        at, salt, matter = timezone.now(), secrets.token_bytes(16), redact(self.matter)
        shown = {"record": RECORD, "claimed": self.claimed, "found": self.file.sha256, "by": self.actor.kind}
        hidden = {
            "office": self.actor.office_id,
            "post": self.actor.id if self.actor.kind == "post" else None,
            "matter": matter,
            "what": self.what,
            "size": self.file.size,
            "zone": self.zone,
        }
        with transaction.atomic():
            leaf = Leaf.objects.create(**leaves.row("record", at, shown, hidden, salt))
            DoorRefusal.objects.create(
                at=at,
                office_id=self.actor.office_id,
                post_id=self.actor.id if self.actor.kind == "post" else None,
                matter=matter,
                what=self.what,
                claimed=self.claimed,
                found=self.file.sha256,
                size=self.file.size,
                zone=self.zone,
                leaf_id=leaf.pk,
                salt=salt,
            )
