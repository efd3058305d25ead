"""Measurements of the past, by what they are about; personal ones only with a purpose, each opening a leaf."""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from zhili.base.signals.measures import Measure, Reading
from zhili.base.signals.rules import WEARER
from zhili.core.people.actors import Actor
from zhili.core.signals import registry
from zhili.core.signals.models import Binding
from zhili.core.signals.store import keeping, packing
from zhili.core.trail.access import record_access
from zhili.core.trail.models import Access

# A source counts for its subject only while it was bound to it.
BOUND: Final = """
FROM {table} m JOIN signals_binding b ON b.source_id = m.source_id
WHERE b.subject_kind = %s {some} AND m.at >= b.since AND (b.until IS NULL OR m.at < b.until)
  AND m.measure = ANY(%s) AND m.keeps = ANY(%s) AND m.at >= %s AND m.at < %s"""
ORDINARY: Final = "SELECT m.source_id, m.measure, m.at, m.received_at, m.value, m.lon, m.lat, m.samples"
PERSONAL: Final = "SELECT m.source_id, m.measure, m.at, m.received_at, m.key, m.sealed"
OPENED: Final = uuid.UUID("5d0f8e2e-6f0e-5c43-9a5b-3b8f0a6f2c11")
AT_ONCE: Final = 5_000


class PersonalNotOpened(PermissionError):
    """Personal measures were asked for without saying who wants them and what for."""


def history(
    subject_kind: str,
    subject_ids: Collection[int] | None,
    measures: Collection[str],
    since: datetime,
    until: datetime,
    *,
    actor: Actor | None = None,
    purpose: str = "",
    case_id: int | None = None,
) -> Iterator[Reading]:
    """Readings of these subjects (None: of all of that kind), ``since`` ≤ at < ``until``, by time.

    Personal measures want ``actor`` and ``purpose``: the opening is a leaf for each subject and measure, kept before
    anything is given out. Of a wearer the same is kept for events, where a purpose is said.
    Raises KeyError for an unknown measure, PersonalNotOpened at once.
    """
    known = registry.measures()
    wanted = [known[name] for name in measures]
    of_wearer = subject_kind == WEARER and bool(purpose.strip())
    personal = [one for one in wanted if one.personal or of_wearer]
    if personal:
        if actor is None or actor.kind == "anonymous" or not purpose.strip():
            raise PersonalNotOpened("查看个人感知数据必须说明用途")
        if subject_ids is None:
            found = Binding.objects.filter(subject_kind=subject_kind).values_list("subject_id", flat=True)
            subject_ids = sorted(set(found))
        _opened(subject_kind, subject_ids, personal, actor, purpose, case_id)
    return _given(subject_kind, subject_ids, wanted, since, until)


def opening_id(subject_kind: str, subject_id: int, measure: str) -> UUID:
    """What stands in the register of openings for one measure of one subject."""
    return uuid.uuid5(OPENED, f"{subject_kind}:{subject_id}:{measure}")


def openings(subject_kind: str, subject_id: int) -> list[tuple[str, Access]]:
    """Who opened measures of a subject: (measure, opening), newest first."""
    ids = {opening_id(subject_kind, subject_id, name): name for name in registry.measures()}
    rows = Access.objects.filter(secret_id__in=ids).order_by("-id")
    return [(ids[row.secret_id], row) for row in rows]


def _opened(
    kind: str, ids: Collection[int], measures: list[Measure], actor: Actor, purpose: str, case_id: int | None
) -> None:
    with transaction.atomic():
        record_access(
            [opening_id(kind, one, measure.name) for one in ids for measure in measures],
            actor_kind=actor.kind,
            actor_id=actor.id,
            office_id=actor.office_id,
            account_id=actor.account_id,
            purpose=purpose,
            case_id=case_id,
        )


def _given(
    kind: str, ids: Collection[int] | None, wanted: list[Measure], since: datetime, until: datetime
) -> Iterator[Reading]:
    names = keeping.names()
    numbers = {name: number for number, name in names.items()}
    streams = []
    for personal in (False, True):
        some = [one for one in wanted if one.personal == personal and one.name in numbers]
        if some:
            streams.append(_rows(kind, ids, some, numbers, since, until, personal))
    yield from heapq.merge(*(_readings(rows, names) for rows in streams), key=lambda one: one.at)


def _rows(
    kind: str,
    ids: Collection[int] | None,
    wanted: list[Measure],
    numbers: dict[str, int],
    since: datetime,
    until: datetime,
    personal: bool,
) -> Iterator[tuple[Any, ...]]:
    table = keeping.SEALED if personal else keeping.ORDINARY
    sql = (PERSONAL if personal else ORDINARY) + BOUND.format(
        table=table, some="" if ids is None else "AND b.subject_id = ANY(%s)"
    )
    values: list[Any] = [kind]
    if ids is not None:
        values.append(list(ids))
    values += [
        [numbers[one.name] for one in wanted], sorted({one.keeps_days for one in wanted}), since, until
    ]  # fmt: skip
    with connection.chunked_cursor() as cursor:  # a year of many devices never stands in memory at once
        cursor.execute(sql + " ORDER BY m.at, m.source_id", values)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def _readings(rows: Iterator[tuple[Any, ...]], names: dict[int, str]) -> Iterator[Reading]:
    for source, measure, at, received, *rest in rows:
        if len(rest) == 2:
            key, sealed = rest
            bound = packing.BOUND.pack(source, measure, packing.micros(at))
            value, point, samples = packing.unbody(packing.unseal(key, bytes(sealed), bound))
        else:
            value, lon, lat, samples = rest
            point = None if lon is None else (lon, lat)
            samples = None if samples is None else bytes(samples)
        yield Reading(source, names[measure], at, value, point, samples, received)
