"""盘点: a store gone through shelf by shelf; what was seen against what should be there, kept on each item."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, parse_case_number
from zhili.core.cases import doors, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.trail import leaves
from zhili.scenarios.evidence.models import ItemDetail, Seen, Slot, Stocktake, Store

SHELVED = ("stored", "sealed", "proposed", "approved")
NUMBER = re.compile(r"[0-9][0-9 -]{9,18}[0-9]")
MOST = 500
"""Numbers in one sending."""
FOUND, ELSEWHERE, MISSING = "found", "elsewhere", "missing"


@dataclass(frozen=True)
class Line:
    """An item that should be in the store: where, where it was seen last, and so what the stock-taking says of it."""

    case: Case
    expected: Slot
    seen: Slot | None

    @property
    def result(self) -> str:
        if self.seen is None:
            return MISSING
        return FOUND if self.seen.pk == self.expected.pk else ELSEWHERE


def begin(actor: Actor, store: Store) -> Stocktake:
    """The one under way, or a new one."""
    running = Stocktake.objects.filter(store=store, finished_at=None).first()
    if running is not None:
        return running
    try:
        with transaction.atomic():
            return Stocktake.objects.create(store=store, started_at=timezone.now(), post_id=actor.id)
    except IntegrityError:  # somebody else began it at the same moment
        return Stocktake.objects.get(store=store, finished_at=None)


def see(actor: Actor, stocktake: Stocktake, slot: Slot, text: str) -> tuple[int, list[str]]:
    """What was scanned at a slot, in any order, as numbers or as the addresses on labels. (how many, what was none)."""
    refuse_finished(stocktake)
    numbers, strange = read(text)
    known = {
        c.number: c.pk
        for c in query.visible(actor).filter(number__in=numbers, office_id=actor.office_id or 0)
    }
    strange += [one for one in numbers if one not in known]
    at = timezone.now()
    Seen.objects.bulk_create(
        Seen(stocktake=stocktake, case_id=known[one], slot=slot, at=at, post_id=actor.id)
        for one in numbers
        if one in known
    )
    return len(known), strange


def read(text: str) -> tuple[list[str], list[str]]:
    """The case numbers in a scanner's output, each once, and the lines that hold none."""
    found: dict[str, None] = {}
    strange = []
    for line in [one.strip() for one in text.splitlines() if one.strip()][:MOST]:
        match = NUMBER.search(line.rsplit("/", 1)[-1])
        try:
            found[parse_case_number(match[0] if match else line)] = None
        except CodeError:
            strange.append(line[:60])
    return list(found), strange


def lines(actor: Actor, stocktake: Stocktake) -> list[Line]:
    """Every item that should lie in the store, by slot; on loan is not there and not missing. Three queries."""
    should = ItemDetail.objects.select_related("case", "slot").filter(
        slot__rack__room__store=stocktake.store_id, case__stage__in=SHELVED, case__in=query.visible(actor)
    )
    last = Seen.objects.filter(stocktake=stocktake).order_by("case_id", "-id").distinct("case_id")
    seen = {one.case_id: one.slot for one in last.select_related("slot")}
    found = [
        Line(one.case, one.slot, seen.get(one.pk))
        for one in should.order_by("slot__code", "case_id")
        if one.slot
    ]
    return found


def finish(actor: Actor, stocktake: Stocktake) -> Counter[str]:
    """Keep the result as a step of each item, then the sums. Repeated by the same post, no step comes twice."""
    refuse_finished(stocktake)
    told: Counter[str] = Counter()
    for line in lines(actor, stocktake):
        told[line.result] += 1
        data = {"result": line.result, "stocktake": stocktake.number}
        if line.seen is not None and line.result == ELSEWHERE:
            data["slot"] = line.seen.code
        doors.act(line.case.pk, "counted_here", actor, data, key=f"stocktake/{stocktake.pk}/{line.case.pk}")
    at, sums = timezone.now(), {one: told[one] for one in (FOUND, ELSEWHERE, MISSING)}
    with transaction.atomic():
        Stocktake.objects.filter(pk=stocktake.pk, finished_at=None).update(finished_at=at, **sums)
        what = {"record": "evidence.stocktake", "by": actor.kind, "stocktake": stocktake.number, **sums}
        leaves.append(
            "record", at, what, {"post": actor.id, "store": stocktake.store_id}, secrets.token_bytes(16)
        )
    return told


def refuse_finished(stocktake: Stocktake) -> None:
    if stocktake.finished_at is not None:
        raise Refused("finished", _("这次盘点已经结束，请另开一次"), 409)


def slots_of(store: Store) -> Iterable[Slot]:
    return Slot.objects.filter(rack__room__store=store).order_by("code")
