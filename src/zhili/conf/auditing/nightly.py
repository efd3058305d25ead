"""A part of the audit every night, one small batch at a time: all that is new, and a share of what is old.

What is new: leaves since the last night, the root going on from where it was counted then, with their rows. What is
old: of every phase so much that in ``MONTH`` nights all of it was looked at. The end of a round is a leaf. A fault
stays in the state, and in `zhili doctor`, until `zhili trail audit` has found everything sound.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from zhili.conf.models import Round
from zhili.core.cases.doors import record
from zhili.core.people.actors import Actor
from zhili.core.trail.audit.covering import covers
from zhili.core.trail.audit.faults import Fault, Part
from zhili.core.trail.audit.running import Phase, Report, snapshot
from zhili.core.trail.audit.signed import Outside, Signatures, Tiles, look_at_tiles
from zhili.core.trail.audit.tree import Tree, unrooted

NAME: Final = "audit"
NIGHT: Final = range(1, 6)  # o'clock, the city's own time
REST: Final = timedelta(hours=20)
LATEST: Final = timedelta(hours=36)
MONTH: Final = 30
MOST_KEPT: Final = 50
NEW: Final = "new"
AUDITOR: Final = Actor(kind="rule", label="核对存证")
log = logging.getLogger("zhili.trail")


class OldLeaves(Tree):
    """Leaves by number, each whole in itself and as its tile has it; no roots are counted."""

    def batch(self, after: Any) -> Part:
        part = super().batch(after or unrooted(0))
        if part.after is None and part.place is not None and part.place["size"] < self.size():
            part.after = part.place
        return part


def phases() -> list[Phase]:
    """What is gone through a share at a time."""
    there = covers()
    return [OldLeaves(there, look=look_at_tiles, name="old"), Tiles(), Signatures(), Outside(), *there]


def turn() -> int:
    """The worker's part: begin a round when it is time, or take one batch of the one begun; 0 when nothing is due."""
    if not Round.objects.filter(name=NAME).exists():
        Round.objects.get_or_create(name=NAME, defaults={"ended_at": timezone.now() - LATEST, "state": {}})
    with transaction.atomic():
        found = Round.objects.select_for_update(skip_locked=True).filter(name=NAME).first()
        if found is None or not (found.ended_at is None or _is_time(found)):
            return 0
        if found.ended_at is not None:
            found.ended_at, found.state = None, _begun(found.state)
            found.save()
    return int(_step(found.state))


def whole_night() -> dict[str, Any]:
    """A whole round now, whatever the hour; the state it leaves."""
    state = _begun(_kept())
    while _step(state):
        pass
    return state


def keep(report: Report) -> None:
    """What a whole audit by hand found: it stands for everything before, faults and all."""
    state = _kept() | {"faults": [one.as_json() for one in report.faults[:MOST_KEPT]]}
    state |= {"faults_at": timezone.now().isoformat(), "by_hand": True}
    Round.objects.update_or_create(name=NAME, defaults={"ended_at": timezone.now(), "state": state})
    _tell("whole", sum(report.seen.values()), len(report.faults) + report.more, state)


def standing() -> tuple[Any, dict[str, Any]]:
    """(when the last round ended, its state); (None, {}) of a site that never had one."""
    found = Round.objects.filter(name=NAME).first()
    return (found.ended_at, found.state) if found else (None, {})


def _kept() -> dict[str, Any]:
    return dict(Round.objects.filter(name=NAME).values_list("state", flat=True).first() or {})


def _is_time(found: Round) -> bool:
    assert found.ended_at is not None
    since = timezone.now() - found.ended_at
    return since > LATEST or (since > REST and timezone.localtime().hour in NIGHT)


def _begun(before: dict[str, Any]) -> dict[str, Any]:
    """A round's beginning: where the tree was, where each phase stopped, what was found and is not cleared."""
    return {
        "tree": before.get("tree"),
        "at": before.get("at", {}),
        "faults": before.get("faults", []),
        "faults_at": before.get("faults_at"),
        "doing": NEW,
        "seen": {},
        "new_faults": 0,
    }


def _step(state: dict[str, Any]) -> bool:
    """One batch, kept when it is done; whether there is more to do. Killed in between, the batch is done again."""
    names = [NEW, *(phase.name for phase in phases())]
    doing = state["doing"] if state["doing"] in names else NEW
    with snapshot():
        part, more = _new(state) if doing == NEW else _share(state, doing)
    state["seen"][doing] = state["seen"].get(doing, 0) + part.seen
    _add(state, part.faults)
    if not more:
        at = names.index(doing) + 1
        state["doing"] = names[at] if at < len(names) else None
    ended = state["doing"] is None
    with transaction.atomic():
        if ended:
            _tell("night", sum(state["seen"].values()), state["new_faults"], state)
        defaults = {"ended_at": timezone.now() if ended else None, "state": state}
        Round.objects.update_or_create(name=NAME, defaults=defaults)
    return not ended


def _new(state: dict[str, Any]) -> tuple[Part, bool]:
    part = Tree(covers(), thorough=True, look=look_at_tiles).batch(state["tree"])
    state["tree"] = part.place
    return part, part.after is not None


def _share(state: dict[str, Any], name: str) -> tuple[Part, bool]:
    """The next batch of a phase, from where the nights before left it, until its share of this night is done."""
    phase = next(one for one in phases() if one.name == name)
    part = phase.batch(state["at"].get(name))
    state["at"][name] = part.after
    done = state["seen"].get(name, 0) + part.seen
    return part, part.after is not None and done < -(-phase.size() // MONTH)


def _add(state: dict[str, Any], faults: list[Fault]) -> None:
    for one in faults:
        if one.as_json() in state["faults"]:
            continue
        log.error("trail: audit: %s", one.words())
        state["new_faults"] += 1
        state["faults_at"] = timezone.now().isoformat()
        if len(state["faults"]) < MOST_KEPT:
            state["faults"].append(one.as_json())


def _tell(how: str, rows: int, faults: int, state: dict[str, Any]) -> None:
    """What was looked at and how many faults were found is itself kept: numbers only."""
    size = (state.get("tree") or {}).get("size", 0)
    record("trail.audited", AUDITOR, {"how": how, "size": size, "rows": rows, "faults": faults})
