"""How days, taps and contracts are tied to the trail. Projects and disputes are covered by the steps of their cases.

A line (``DayLine``) has no leaf of its own: each confirmation seals the whole line it is about, so a line altered after
anybody spoke of it no longer fits.
"""

from __future__ import annotations

from zhili.core.trail.audit.covering import Rows, Told, record, register
from zhili.scenarios.wages import contracts, days, tapping
from zhili.scenarios.wages.models import Confirmation, ContractSignature, ContractVersion, Tap
from zhili.scenarios.wages.money.covered import COVERS as MONEY

LINE = "line_id|role|verdict|said|how|account_id|wages_dayline"


def _confirmation(row: Confirmation) -> Told:
    sheet = row.line.sheet
    said = days.public(row, sheet.crew.project.case.number, sheet.date)
    return Told(
        row.at,
        {name: (value, "role" if name == "role" else "line_id") for name, value in said.items()},
        sealed=days.private(row),
        salt=bytes(row.salt),
        hidden=(*LINE.split("|"), "salt"),
    )


def _tap(row: Tap) -> Told:
    said = tapping.public(row, row.project.case.number)
    return Told(
        row.at,
        {name: (value, "project_id" if name == "project" else name) for name, value in said.items()},
        sealed=tapping.private(row),
        salt=bytes(row.salt),
        hidden=(*tapping.SEALED, "salt"),
    )


def _version(row: ContractVersion) -> Told:
    return Told(
        row.drafted_at,
        {"digest": (row.digest, "digest"), "number": (row.number, "number")},
        at_column="drafted_at",
        sealed=contracts.private(row),
        salt=bytes(row.salt),
        hidden=("engagement_id", "terms", "reason", "salt"),
    )


def _signature(row: ContractSignature) -> Told:
    return Told(
        row.at,
        {"digest": (row.digest, "digest"), "role": (row.role, "role")},
        sealed=contracts.signed_private(row),
        salt=bytes(row.salt),
        hidden=("version_id", "how", "account_id", "salt"),
    )


register(
    Rows(Confirmation, record(days.RECORD), _confirmation, without=("id",)),
    Rows(Tap, record(tapping.RECORD), _tap, without=("id",)),
    Rows(ContractVersion, record(contracts.DRAFTED), _version, without=("id",)),
    Rows(ContractSignature, record(contracts.SIGNED), _signature, without=("id",)),
    *MONEY,
)
