"""Which table held on a day, compiled. A version's document never changes, so a process compiles it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from zhili.base.decisions import Compiled, Table
from zhili.base.decisions.document import from_document
from zhili.core.tables.models import TableVersion


@dataclass(frozen=True)
class InForce:
    """A version that held on the day asked for. ``until``: the first day it did not hold; None: no end was set."""

    id: int
    name: str
    number: int
    table: Table
    compiled: Compiled
    since: date
    until: date | None
    source: str
    sha256: str


def standing(name: str, on: date) -> InForce | None:
    """The version of a table that held on a day. One query."""
    found = held(on).filter(name=name).defer("document").order_by("-valid_from").first()
    return _in_force(found) if found is not None else None


def standings(prefix: str, on: date) -> list[InForce]:
    """Every table whose name begins so and that held on a day, by name."""
    found = held(on).filter(name__startswith=prefix).order_by("name").defer("document")
    return [_in_force(one) for one in found]


def held(on: date) -> QuerySet[TableVersion]:
    """Versions that held on a day."""
    dated = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    return TableVersion.objects.filter(dated, confirmed_at__isnull=False)


def history(name: str, first: date, last: date) -> list[InForce]:
    """Every version that held on some day from ``first`` to ``last``, oldest first."""
    dated = Q(valid_from__lte=last) & (Q(valid_to=None) | Q(valid_to__gt=first))
    found = TableVersion.objects.filter(dated, name=name, confirmed_at__isnull=False).order_by("valid_from")
    return [_in_force(one) for one in found.defer("document")]


def table_of(version: TableVersion) -> Table:
    """The table of a version. Raises NoTable when its document is none."""
    return from_document(version.document)


def compiled(version_id: int, sha256: str) -> Compiled:
    """A version ready to be asked."""
    return _compiled(version_id, sha256)


@lru_cache(maxsize=512)
def _compiled(version_id: int, sha256: str) -> Compiled:
    document: Any = TableVersion.objects.values_list("document", flat=True).get(pk=version_id, sha256=sha256)
    return Compiled(from_document(document))


def _in_force(found: TableVersion) -> InForce:
    ready = _compiled(found.pk, found.sha256)
    assert found.valid_from is not None
    return InForce(
        found.pk,
        found.name,
        found.number,
        ready.table,
        ready,
        found.valid_from,
        found.valid_to,
        found.source,
        found.sha256,
    )
