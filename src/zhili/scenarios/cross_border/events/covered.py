"""How an approved version is tied to its leaf: by the digest of the whole document."""

from __future__ import annotations

from collections.abc import Iterable

from zhili.core.trail.audit.covering import Rows, Told, record
from zhili.scenarios.cross_border.events.actions import RECORD, digest_of
from zhili.scenarios.cross_border.events.models import PlanVersion


def _version(row: PlanVersion) -> Told:
    return Told(
        row.at,
        {"version": (row.number, "number"), "digest": (row.digest, "digest")},
        sealed={},
        salt=bytes(row.salt),
        hidden=("salt",),
    )


def _whole(row: PlanVersion) -> Iterable[tuple[str, str, str]]:
    found = digest_of(row.document)
    return () if found == row.digest else (("document", row.digest, found),)


COVERS = (Rows(PlanVersion, record(RECORD), _version, alone=_whole, without=("id", "plan_id")),)
