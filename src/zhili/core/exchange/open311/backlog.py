"""How the exchange with each peer stands, for operators."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from zhili.core.exchange.models import Peer, PeerRequest, State, Submission, Way

LATE = timedelta(hours=1)


@dataclass
class Standing:
    """One peer. ``counts``: rows by (way, state); ``error``: what the last failure said, empty after a success."""

    name: str
    url: str
    active: bool
    pull: bool
    push: bool
    failures: int
    error: str
    heard_at: datetime | None
    pulled_until: datetime | None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    last_refusal: str = ""

    @property
    def troubled(self) -> bool:
        """Whether an operator has to look: it fails, or something was given up."""
        return self.active and (self.failures > 0 or self.failed > 0)

    @property
    def failed(self) -> int:
        return self.counts[Way.OUT, State.FAILED] + self.counts[Way.IN, State.FAILED]


def standings() -> list[Standing]:
    """Every peer. Three queries for any number."""
    found = {
        peer.pk: Standing(
            peer.name, peer.url, peer.active, peer.pull, peer.push, peer.failures, peer.error, peer.heard_at,
            peer.pulled_until,
        )
        for peer in Peer.objects.order_by("name")
    }  # fmt: skip
    for peer_id, way, state, count in PeerRequest.objects.values_list("peer_id", "way", "state").annotate(
        Count("pk")
    ):
        found[peer_id].counts[way, state] = count
    for peer_id, error in (
        PeerRequest.objects.filter(state=State.FAILED).order_by("pk").values_list("peer_id", "error")
    ):
        found[peer_id].last_refusal = error
    return list(found.values())


def waiting_submissions() -> tuple[int, bool]:
    """Requests taken in against a token and not yet opened, and whether one has waited too long."""
    waiting = Submission.objects.filter(secret_id__isnull=False)
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    return waiting.count(), oldest is not None and timezone.now() - oldest > LATE
