"""The seed of a draw: a head of the trail is read, a public number is typed in with where it can be looked up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.draw import DrawError
from zhili.core.draws.models import Draw, Outcome, SeedValue
from zhili.core.draws.telling import write
from zhili.core.people.actors import Actor
from zhili.core.trail import heads
from zhili.core.trail.leaves import timestamp

MOST_NUMBERS, LARGEST = 50, 10**12
DIVIDERS = re.compile(r"[\s,，、;；]+")


def read_numbers(text: str) -> list[int]:
    """Numbers as people type them: ``03 11 17，22``. Raises DrawError."""
    parts = [part for part in DIVIDERS.split(text.strip()) if part]
    if not parts or len(parts) > MOST_NUMBERS or any(not p.isascii() or not p.isdigit() for p in parts):
        raise DrawError(_("请只写数字，用空格或逗号隔开，例如 03 11 17"))
    found = [int(part) for part in parts if len(part) <= len(str(LARGEST))]
    if len(found) != len(parts) or any(n > LARGEST for n in found):
        raise DrawError(_("号码太大，请核对"))
    return found


def give(draw: Draw, source: int, numbers: Sequence[int], said: str, actor: Actor) -> SeedValue:
    """Keep the numbers of a source, once and for good. ``said``: where anyone can look them up.

    Raises DrawError: not such a source, too early, the draw has ended, or it has its numbers already.
    """
    now = timezone.now()
    if not 0 <= source < len(draw.sources) or draw.sources[source]["kind"] != "numbers":
        raise DrawError(_("没有这个种子来源"))
    if now < draw.draw_at:
        raise DrawError(_("还没有到抽签时间，号码不能早于该时间产生"))
    if not said.strip():
        raise DrawError(_("请写明号码的出处，让别人也能查到"))
    with transaction.atomic():
        if Outcome.objects.filter(draw=draw).exists():
            raise DrawError(_("抽签已经结束"))
        return _keep(draw, source, sorted(numbers), said.strip()[:300], now, actor)


def missing(draw: Draw) -> list[int]:
    """The sources that have no value yet, after reading the heads that have come meanwhile."""
    known = set(draw.values.values_list("source", flat=True))
    for i, source in enumerate(draw.sources):
        if i in known or source["kind"] != "head":
            continue
        head = heads.first_after(datetime.fromisoformat(source["after"]))
        if head is not None and head.at is not None:
            at = timestamp(head.at)
            said = f"trail head {head.size}, {at}"
            SeedValue.objects.get_or_create(
                draw=draw, source=i, defaults={"value": head.root, "said": said, "at": head.at}
            )
            known.add(i)
    return [i for i in range(len(draw.sources)) if i not in known]


def _keep(draw: Draw, source: int, numbers: list[int], said: str, now: datetime, actor: Actor) -> SeedValue:
    what = {"draw": draw.pk, "source": source, "numbers": numbers, "said": said, "office": actor.office_id}
    try:
        with transaction.atomic():
            return SeedValue.objects.create(
                draw=draw,
                source=source,
                value=numbers,
                said=said,
                at=now,
                office_id=actor.office_id,
                leaf_id=write("draw.seed", actor, now, what),
            )
    except IntegrityError as error:
        raise DrawError(_("这个来源已有号码，不能改动")) from error
