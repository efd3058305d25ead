"""Which of our cases go to which peer: decided as their steps happen, written as rows for ``delivering``. No network.

Only what everybody may see leaves the site, and nothing that came from another machine: two sites that send each
other everything would otherwise never stop.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.exchange.models import Peer, PeerRequest, PeerService, State, Way
from zhili.core.exchange.open311 import catalogue
from zhili.core.places.tree import nodes
from zhili.core.streams import Consumer, Event


class Chooser(Consumer):
    """Queues a case for a peer when a step has made it fit."""

    name = "open311"
    types = frozenset({"step"})
    from_start = False

    def handle(self, events: list[Event]) -> None:
        if receivers := list(Peer.objects.filter(push=True, active=True)):
            choose(receivers, {event.payload["case"] for event in events})


def choose(receivers: Iterable[Peer], case_ids: Iterable[int]) -> int:
    """Queue those of these cases that fit, for each peer; how many rows were offered. Harmless to repeat."""
    open_ones = Case.objects.filter(pk__in=case_ids, closed_at=None, answered_at=None).exclude(
        opener__kind="machine"
    )
    cases = list(open_ones.filter(public=True, confidential=False, procedure__in=catalogue.open_procedures()))
    rows = [row for peer in receivers for row in _rows(peer, cases)] if cases else []
    PeerRequest.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _rows(peer: Peer, cases: list[Case]) -> list[PeerRequest]:
    codes: dict[str, str] = {}
    for category, code in (
        PeerService.objects.filter(peer=peer).order_by("-pk").values_list("category", "service_code")
    ):
        codes[category] = code
    now = timezone.now()
    return [
        PeerRequest(peer=peer, way=Way.OUT, state=State.QUEUED, case=case, service_code=code, next_at=now)
        for case in cases
        if (code := _code(peer, codes, case)) and _inside(peer, case)
    ]


def _code(peer: Peer, codes: dict[str, str], case: Case) -> str:
    """Their service for a case: that of its category, else of the nearest above it; empty when it does not go there."""
    line = list(directory().lineage(case.scenario, case.category))
    if peer.categories and not set(peer.categories) & set(line):
        return ""
    return next((codes[one] for one in line if one in codes), "")


def _inside(peer: Peer, case: Case) -> bool:
    if peer.division_id is None:
        return True
    place: Any = nodes().get(case.division_id or 0)
    return place is not None and peer.division_id in place.line


def choose_present(peer: Peer) -> int:
    """Queue the open matters of today, not only those that move: for a peer made a moment ago."""
    ids = Case.objects.filter(closed_at=None, public=True).values_list("pk", flat=True)
    return sum(choose([peer], batch) for batch in _batches(list(ids)))


def _batches(ids: list[int], size: int = 500) -> list[list[int]]:
    return [ids[begin : begin + size] for begin in range(0, len(ids), size)]
