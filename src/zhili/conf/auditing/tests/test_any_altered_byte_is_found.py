"""One byte altered anywhere in what the trail covers, by whoever owns the database: the audit names table and row."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, models

from zhili.conf.auditing.beside import UNCOVERED
from zhili.conf.auditing.tests.altering import alter, covered_columns, undone
from zhili.conf.auditing.tests.site import live
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files.models import File
from zhili.core.trail.audit import running
from zhili.core.trail.audit.faults import Fault
from zhili.core.trail.protect import protected_tables

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 1
"""Of each column, so many rows are tried (fewer where the table has fewer)."""


def names(faults: list[Fault], table: str, *keys: Any) -> bool:
    """Whether a fault says this table and one of these keys (as it was, or as it was made)."""
    told = {"/".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in keys}
    return any(one.table == table and one.key in told for one in faults)


def tried(model: type[models.Model], dice: random.Random) -> list[Any]:
    rows = model._base_manager.order_by("pk")
    if model is File:  # an upload that came with no step is nobody's yet
        rows = rows.filter(attachments__isnull=False)
    keys = list(rows.values_list("pk", flat=True))
    assert keys, f"{model._meta.db_table} has no row here: the small site should live through it (site.py)"
    return dice.sample(keys, min(ROWS, len(keys)))


def looking_at(table: str) -> list[Fault]:
    """What an audit finds in the tree and in every cover that has to do with a table; the rest is as it was.

    Every cover has to do with leaves: what a leaf is about is known by its row alone.
    """
    report = running.Report()
    every = table == "trail_leaf"
    for phase in running.phases():
        beside = getattr(phase, "beside", None)
        if (
            beside is None
            or every
            or table in beside
            or {table, phase.name} == {"people_secret", "cases_case"}
        ):
            running._through(phase, None, report, lambda *_: None)
    return report.faults


def as_altered(model: type[models.Model], key: Any, field: models.Field, new: Any) -> Any:
    """The primary key of the row afterwards."""
    if not isinstance(key, tuple):
        return new if field.primary_key else key
    parts = [one.name for one in model._meta.pk_fields]
    return tuple(new if name == field.name else was for name, was in zip(parts, key, strict=True))


def test_one_byte_anywhere_is_named_with_its_table_and_row(small_city: SmallCity) -> None:
    live(small_city)
    places: Counter[str] = Counter()
    refused, missed = [], []
    for model, field in covered_columns():
        table = model._meta.db_table
        dice = random.Random(f"20261122 {table}.{field.column}")  # a new table changes nothing for the others
        for key in tried(model, dice):
            place = f"{table}.{field.column} {key}"
            with undone():
                try:
                    new = alter(model, key, field, dice)
                except DatabaseError:
                    refused.append(place)  # the table itself takes no other value there
                    continue
                new_key = as_altered(model, key, field, new)
                found = looking_at(table)
                places[table] += 1
                if not names(found, table, key, new_key):
                    missed.append(f"{place}: {[one.words() for one in found][:3]}")
    assert not missed, "\n".join(missed)
    assert sum(places.values()) >= 50, places
    assert len(refused) < 12, refused


def test_every_table_that_is_only_added_to_is_covered_or_says_why_not(db: None) -> None:
    covered = {model._meta.db_table for model, _field in covered_columns()}
    assert set(protected_tables()) - covered == set(UNCOVERED)
