"""How a step of a warning is tied to its leaf, and that a warning still is what its steps say."""

from __future__ import annotations

from collections.abc import Iterable

from zhili.core.signals.models import WarningStep
from zhili.core.signals.warnings import keeping_steps
from zhili.core.trail.audit.covering import Rows, Told, record, register

HIDDEN = ("facts", "words", "actor_id", "account_id", "office_id", "salt")


def _step(row: WarningStep) -> Told:
    columns = {"warning": "warning_id", "rule": "warning_id", "kind": "kind"}
    said = keeping_steps.public(row, row.warning.rule)
    return Told(
        at=row.at,
        what={name: (value, columns[name]) for name, value in said.items()}
        | {"by": (row.actor_kind, "actor_kind")},
        sealed=keeping_steps.private(row),
        salt=bytes(row.salt),
        hidden=HIDDEN,
    )


def _alone(row: WarningStep) -> Iterable[tuple[str, str, str]]:
    """The warning against its first step and its last."""
    warning = row.warning
    if row.kind == "raised":
        now = keeping_steps.said_of(warning)
        for name in ("level", "subject", "source", "place", "at", "facts", "tuning", "secret"):
            if now[name] != row.facts.get(name):
                yield (f"warning.{name}", str(row.facts.get(name)), str(now[name]))
    if row.kind == "closed" and warning.feedback != row.facts.get("feedback"):
        yield ("warning.feedback", str(row.facts.get("feedback")), warning.feedback)


register(Rows(WarningStep, record(keeping_steps.RECORD), _step, _alone, without=("id",)))
