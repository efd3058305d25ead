"""What of a draw goes into the trail, and the file that holds all anyone needs to run it again."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import Any

from django.utils import timezone

from zhili.base import draw as method
from zhili.core.draws.models import Draw, Outcome, SeedValue
from zhili.core.people.actors import Actor
from zhili.core.streams.writing import emit
from zhili.core.trail import heads, leaves
from zhili.core.trail.leaves import timestamp
from zhili.core.trail.models import Leaf

FORMAT = "zhili-draw/1"
METHOD = "rfc3797-sha256"


def write(kind: str, actor: Actor, at: datetime, what: dict[str, Any]) -> int:
    """A leaf and an event, as ``doors.record`` writes them; the leaf's id, which a draw keeps."""
    leaf = leaves.append(
        "record", at, {"record": kind, "by": actor.kind, **what}, {}, secrets.token_bytes(16)
    )
    emit(f"record.{kind}", None, {"at": at.isoformat(), "by": actor.kind, **what})
    return int(leaf.pk)


def announcement(draw: Draw) -> dict[str, Any]:
    """The public facts of an announcement, as its leaf holds them."""
    return {
        "draw": draw.pk,
        "kind": draw.kind,
        "scope": draw.scope,
        "attempt": draw.attempt,
        "purpose": draw.purpose,
        "list_sha256": draw.digest,
        "size": draw.size,
        "count": draw.count,
        "sources": draw.sources,
        "draw_at": timestamp(draw.draw_at),
        "method": METHOD,
    }


def ending(draw: Draw, outcome: Outcome, key: str) -> dict[str, Any]:
    """The public facts of a result, as its leaf holds them."""
    return {"draw": draw.pk, "key": key, "result": outcome.drawn, "void": outcome.void}


def as_json(draw: Draw) -> dict[str, Any]:
    """Everything about a draw: what the page shows, what is downloaded, what ``checking.faults`` reads."""
    values = {v.source: v for v in draw.values.all()}
    outcome = Outcome.objects.filter(draw=draw).first()
    told = [values[i].value for i in range(len(draw.sources))] if len(values) == len(draw.sources) else None
    return {
        "format": FORMAT,
        **announcement(draw),
        "announced_at": timestamp(draw.announced_at),
        "list": bytes(draw.frozen).decode(),
        "values": [_value(values.get(i)) for i in range(len(draw.sources))],
        "key": method.key_string(told) if told is not None else None,
        "state": state(draw, outcome),
        "void": outcome.void if outcome else "",
        "result": outcome.drawn if outcome else None,
        "drawn_at": timestamp(outcome.at) if outcome else None,
        "announcement": _leaf(draw.leaf_id),
        "ending": _leaf(outcome.leaf_id) if outcome else None,
        "head": heads.current().as_json(),
        "made_at": timestamp(timezone.now()),
    }


def state(draw: Draw, outcome: Outcome | None) -> str:
    """announced, drawn or void."""
    if outcome is None:
        return "announced"
    return "void" if outcome.void else "drawn"


def _value(found: SeedValue | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"value": found.value, "said": found.said, "at": timestamp(found.at)}


def _leaf(leaf_id: int) -> dict[str, Any] | None:
    """A leaf as a stranger checks it: its bytes, its hash, and its number in the tree once it has one."""
    found = Leaf.objects.filter(pk=leaf_id).first()
    if found is None:
        return None
    return {
        "body": base64.b64encode(bytes(found.body)).decode(),
        "hash": bytes(found.hash).hex(),
        "index": heads.number_of(leaf_id),
    }
