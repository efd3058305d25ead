"""How sheets, wages, files and figures are tied to the trail.

A line (``WageLine``) and its sheet have no leaf of their own: the digests in the leaves of steps and signatures
bind them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from zhili.core.trail.audit.covering import Rows, Told, record
from zhili.scenarios.wages.models import (
    AccountChange,
    Adjustment,
    BankAnswer,
    LineMark,
    PaymentFile,
    ProjectFact,
    SheetStep,
)
from zhili.scenarios.wages.money import (
    accounts,
    adjusting,
    answering,
    drafting,
    keeping,
    sending,
    signing,
    telling,
)

Facts = Callable[[Any, str], tuple[dict[str, Any], dict[str, Any]]]


def _told(facts: Facts, project: Callable[[Any], Any], hidden: tuple[str, ...], /, **columns: str) -> Any:
    def told(row: Any) -> Told:
        shown, sealed = facts(row, project(row).case.number)
        what = {name: (value, columns.get(name, name)) for name, value in shown.items()}
        return Told(row.at, what, sealed=sealed, salt=bytes(row.salt), hidden=(*hidden, "salt"))

    return told


COVERS: Final = (
    Rows(
        AccountChange,
        record(keeping.REBANKED),
        _told(
            accounts.facts,
            lambda row: row.project,
            ("worker_id", "former_id", "bank_account_id", "how", "account_id"),
            project="project_id",
        ),
        without=("id",),
    ),
    Rows(
        Adjustment,
        record(keeping.ADJUSTED),
        _told(
            adjusting.facts,
            lambda row: row.engagement.crew.project,
            ("engagement_id", "kind", "amount_fen", "note", "cancels_id", "account_id"),
            project="engagement_id",
        ),
        without=("id",),
    ),
    Rows(
        SheetStep,
        record(keeping.STEPPED),
        _told(
            drafting.step_facts,
            lambda row: row.sheet.project,
            ("sheet_id", "words", "account_id"),
            project="sheet_id",
        ),
        without=("id",),
    ),
    Rows(
        LineMark,
        record(keeping.MARKED),
        _told(
            signing.facts,
            lambda row: row.line.sheet.project,
            ("line_id", "digest", "reason", "words", "how", "account_id"),
            project="line_id",
        ),
        without=("id",),
    ),
    Rows(
        PaymentFile,
        record(keeping.SENT),
        _told(
            sending.file_facts,
            lambda row: row.project,
            ("format", "lines", "total_fen", "account_id"),
            project="project_id",
        ),
        without=("id",),
    ),
    Rows(
        BankAnswer,
        record(keeping.ANSWERED),
        _told(
            answering.facts,
            lambda row: row.project,
            ("good", "faults", "account_id"),
            project="project_id",
        ),
        without=("id",),
    ),
    Rows(
        ProjectFact,
        record(keeping.TOLD),
        _told(
            telling.facts,
            lambda row: row.project,
            ("value", "on", "account_id"),
            project="project_id",
            fact="kind",
        ),
        without=("id",),
    ),
)
