"""What a step's leaf commits to without showing it: every column of the step, and the case as the step left it.

The public part of the leaf says case, seq, action, stages, procedure and kind of actor (changing.py). Everything else
that stands in the row is in the private part, so that a row altered anywhere no longer fits its leaf. Only the row's
own id is left out: nothing refers to it, a step is found by its case and place.

``Step.state`` is a commitment of its own, to the columns of the case after the step. Of a case's last step it must fit
the case as it stands; so a case cannot be altered beside its steps either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.db import models

from zhili.base.canonical import commitment
from zhili.core.cases.models import Case, Step
from zhili.core.trail.leaves import timestamp

BESIDE = frozenset({"joined"})
"""Columns of a case that change without a step: a count of `Joined`."""


def public(step: Mapping[str, Any], number: str, procedure: str) -> dict[str, Any]:
    """What a step's leaf shows. ``procedure`` with its version, as ``citizen_reports.report@3``."""
    return {
        "case": number,
        "seq": step["seq"],
        "action": step["action"],
        "from": step["from_stage"] or None,
        "to": step["to_stage"],
        "procedure": procedure,
        "by": step["actor_kind"],
    }


def private(step: Mapping[str, Any]) -> dict[str, Any]:
    """What a step's leaf commits to, from the step's columns by attribute name (`columns_of`)."""
    made_at = step["made_at"]
    return {
        "actor": {
            "kind": step["actor_kind"],
            "id": step["actor_id"],
            "account": step["account_id"],
            "office": step["actor_office_id"],
        },
        "case": bytes(step["state"]).hex(),
        "category": step["category"],
        "data": step["data"],
        "key": step["key"],
        "late": step["late"],
        "made_at": timestamp(made_at) if made_at is not None else None,
        "office": step["office_id"],
        "party": step["party"],
        "request": step["request"],
        "why": step["why"],
    }


def columns_of(step: Step) -> dict[str, Any]:
    """A step's columns by attribute name."""
    return {name: getattr(step, name) for name in _names()}


def state(salt: bytes, case: Mapping[str, Any]) -> bytes:
    """The commitment to a case's columns by attribute name, 32 bytes."""
    values = {name: None if (value := case[name]) is None else plain(value) for name, plain in _plainly()}
    return commitment(salt, values)


def case_columns(case: Case) -> dict[str, Any]:
    """A case's columns by attribute name."""
    return {f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields}


@cache
def _names() -> tuple[str, ...]:
    return tuple(f.attname for f in Step._meta.concrete_fields)


@cache
def _plainly() -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """Of each column, how its value is written, whether it comes from a form or from the database."""
    return tuple((f.attname, _how(f)) for f in Case._meta.concrete_fields if f.attname not in BESIDE)


def _how(field: models.Field) -> Callable[[Any], Any]:
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    for kind, how in (
        (models.DateTimeField, timestamp),
        (models.BooleanField, bool),
        (models.FloatField, float),
        (models.IntegerField, int),
        (models.CharField, str),
    ):
        if isinstance(field, kind):
            return how
    raise TypeError(f"no one way to write a case's {field.name}")
