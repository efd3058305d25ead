"""Each change of a warning, kept as a row people can read and as a leaf nobody can alter; and told to open screens."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from zhili.core.people.actors import Actor
from zhili.core.signals.models import Warning, WarningStep
from zhili.core.streams import emit_many
from zhili.core.trail import leaves
from zhili.core.trail.models import Leaf

EVENT: Final = "signals.warning"
RECORD: Final = "signals.warning"
RULE: Final = Actor(kind="rule", label="预警规则")


@dataclass(frozen=True)
class Change:
    """What happened to a warning: raised, told, escalated, accepted, case_opened, closed."""

    warning: Warning
    kind: str
    by: Actor = RULE
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""


def keep(changes: Iterable[Change]) -> None:
    """Keep these, in the transaction that makes them: three statements for any number."""
    at = timezone.now()
    all_of = list(changes)
    keep_past((at, one) for one in all_of)
    tell((one.warning, one.kind) for one in all_of)


def keep_past(changes: Iterable[tuple[datetime, Change]]) -> None:
    """Keep what happened at these moments; nobody is told. For what is taken over, and for the demo city."""
    dated = list(changes)
    if not dated:
        return
    all_of = [one for _at, one in dated]
    rows = [_row(one, at) for at, one in dated]
    made = Leaf.objects.bulk_create(
        Leaf(**leaf_of(row, one.warning)) for row, one in zip(rows, all_of, strict=True)
    )
    for row, leaf in zip(rows, made, strict=True):
        row.leaf_id = leaf.pk
    WarningStep.objects.bulk_create(rows)


def tell(several: Iterable[tuple[Warning, str]]) -> None:
    """To whoever listens: screens, consumers. No personal value, no reason: those are read with the reader's rights."""
    emit_many(
        (
            EVENT,
            one.case_id,
            {
                "warning": one.pk,
                "kind": kind,
                "rule": one.rule,
                "level": one.level,
                "state": one.state,
                "trial": one.trial,
                "division": one.division_id,
                "cell": one.cell_id,
                "office": one.office_id,
                "case": one.case_id,
                "at": one.at.isoformat(),
            },
        )
        for one, kind in several
    )


def _row(one: Change, at: datetime) -> WarningStep:
    return WarningStep(
        warning=one.warning,
        kind=one.kind,
        at=at,
        actor_kind=one.by.kind,
        actor_id=one.by.id,
        account_id=one.by.account_id,
        office_id=one.by.office_id,
        facts=dict(one.facts),
        words=one.words,
        salt=randomness.token_bytes(16),
    )


def leaf_of(row: WarningStep, warning: Warning) -> dict[str, Any]:
    """The leaf of a step: that this warning of this rule was raised, accepted …, by what kind of actor."""
    what = {"record": RECORD, "by": row.actor_kind, **public(row, warning.rule)}
    return leaves.row("record", row.at, what, private(row), bytes(row.salt))


def public(row: WarningStep, rule: str) -> dict[str, Any]:
    """What the leaf shows, beside the kind of actor."""
    return {"warning": row.warning_id, "rule": rule, "kind": row.kind}


def private(row: WarningStep) -> dict[str, Any]:
    """What the leaf commits to without showing it."""
    return {
        "facts": row.facts,
        "words": row.words,
        "by": [row.actor_id, row.account_id, row.office_id],
    }


def said_of(warning: Warning) -> dict[str, Any]:
    """What the step *raised* says of its warning, so that the row can be held against it."""
    return {
        "level": warning.level,
        "subject": [warning.subject_kind, warning.subject_id],
        "source": warning.source,
        "place": [warning.division_id, warning.cell_id],
        "office": warning.office_id,
        "at": warning.at.isoformat(),
        "facts": warning.facts,
        "tuning": warning.tuning,
        "secret": str(warning.secret_id) if warning.secret_id else None,
    }
