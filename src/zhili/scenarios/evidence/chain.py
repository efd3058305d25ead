"""The custody chain of an item: who, what, when, why and where of each event, read from its steps and their leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from zhili.core.cases import present
from zhili.core.cases.models import Case, Step
from zhili.core.people.actors import Actor
from zhili.core.people.models import Post
from zhili.core.trail.models import Leaf, Sealed

WHY = ("purpose", "reason", "why", "note", "remark", "result")
"""Fields of a step's form that say why, the first that is there."""


@dataclass(frozen=True)
class Event:
    """One link of the chain. ``index``: its leaf's number in the tree, None while the sealer has not come to it."""

    seq: int
    at: datetime
    who: str
    what: str
    why: str
    where: str
    stage: str
    entry: present.Entry
    leaf: str = ""
    """SHA-256 of the leaf, hex."""
    index: int | None = None


def of(case: Case, actor: Actor) -> list[Event]:
    """The whole chain as this reader may see it, oldest first. Seven queries for any length."""
    steps = {step.seq: step for step in Step.objects.filter(case=case).order_by("seq")}
    places = dict(_places(list(steps.values())))
    leaves = _leaves(case)
    posts = Post.objects.in_bulk(
        [s.actor_id for s in steps.values() if s.actor_kind == "post" and s.actor_id]
    )
    found = []
    for entry in present.timeline(case, actor):
        step = steps[entry.seq]
        hashed, index = leaves.get(entry.seq, ("", None))
        found.append(
            Event(
                entry.seq,
                entry.at,
                _who(entry.who, step, posts),
                entry.title,
                _why(step),
                places[entry.seq],
                entry.stage,
                entry,
                hashed,
                index,
            )
        )
    return found


def _who(office: str, step: Step, posts: Mapping[int, Post]) -> str:
    """The office and the post, never a person."""
    post = posts.get(step.actor_id or 0) if step.actor_kind == "post" else None
    return f"{office} {post.title}".strip() if post is not None else office


def _why(step: Step) -> str:
    for name in WHY:
        value = step.data.get(name)
        if isinstance(value, str) and value and not (name == "result" and step.action == "counted_here"):
            return value
    return str(step.data.get("document") or "")


def _places(steps: list[Step]) -> Iterator[tuple[int, str]]:
    """Where it was after each step, in words."""
    slot = ""
    for step in steps:
        slot = _slot(step.data, step.action, slot)
        keeper = present.office_name(step.office_id)
        if step.to_stage == "lent" and step.data.get("office"):
            yield step.seq, _("借在%(office)s") % {"office": present.office_name(int(step.data["office"]))}
        elif step.to_stage == "lent":
            yield step.seq, _("借出在外")
        elif step.to_stage in ("returned", "handed_over", "disposed"):
            yield step.seq, str(step.data.get("receiver") or "") or _("已离库")
        elif "sha256" in step.data or (step.seq > 1 and "sha256" in steps[0].data):
            yield step.seq, _("%(office)s电子库") % {"office": keeper}
        else:
            yield step.seq, f"{keeper} {slot}".strip()


def _slot(data: dict[str, Any], action: str, now: str) -> str:
    if action == "entrust":
        return ""
    given = data.get("slot")
    return given if isinstance(given, str) and given else now


def _leaves(case: Case) -> dict[int, tuple[str, int | None]]:
    """(hash in hex, number in the tree) of each step's leaf, by the step's place in the case."""
    rows = list(Leaf.objects.filter(subject=case.pk, kind="step"))
    numbers = dict(Sealed.objects.filter(leaf_id__in=[r.pk for r in rows]).values_list("leaf_id", "index"))
    found: dict[int, tuple[str, int | None]] = {}
    for one in rows:
        seq = json.loads(bytes(one.body))["what"].get("seq")
        found[seq] = (bytes(one.hash).hex(), numbers.get(one.pk))
    return found
