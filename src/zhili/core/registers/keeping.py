"""Writing firms and premises: new ones, changed ones, many at once or one; each change is a record and a leaf."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone

from zhili.base.canonical import SALT_BYTES, commitment
from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.core.people.secrets import SecretRow
from zhili.core.places.bulk import copy_rows, reserve_ids
from zhili.core.registers import naming, telling
from zhili.core.registers.given import GivenFirm, GivenPremises
from zhili.core.registers.models import Firm, FirmKind, Premises
from zhili.core.registers.naming import SealedName
from zhili.core.registers.telling import FIRM, PREMISES, SEALED
from zhili.core.trail import changes
from zhili.core.trail.changes import By, Done

KIND: Final = {"operator": "name", "identity": "citizen_id", "phone": "phone", "full_name": "name"}
CHANGED_UNDER: Final = "登记变更，以新值代替"


@dataclass(frozen=True, slots=True)
class Kept:
    """How many came in, how many were changed, how many stood there just so."""

    added: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.added + other.added, self.changed + other.changed, self.same + other.same)


class NoFirm(LookupError):
    """Premises of firms that are not in the register: ``codes``."""

    def __init__(self, codes: Collection[str]) -> None:
        super().__init__(", ".join(sorted(codes)))
        self.codes = frozenset(codes)


def hold() -> None:
    """One writer of the register at a time, until the transaction ends: a code must not come in twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('zhili.registers', 0))")


@transaction.atomic
def keep_firms(given: Sequence[GivenFirm], by: By, *, source: str = "", reason: str = "") -> Kept:
    """These firms, already checked and of different codes, stand in the register afterwards as told. By code."""
    hold()
    at = timezone.now()
    known = {one.code: one for one in Firm.objects.filter(code__in=_these([one.code for one in given]))}
    stored = {
        one.pk: one
        for one in Secret.objects.filter(
            pk__in=[getattr(f, f"{c}_id") for f in known.values() for c in SEALED if getattr(f, f"{c}_id")]
        )
    }
    hashes = {pk: one.hash for pk, one in stored.items()}
    sealing = _Sealing(stored)
    new: list[Firm] = []
    altered: list[tuple[Firm, dict[str, Any]]] = []
    for one in given:
        firm = known.get(one.code) or Firm(code=one.code)
        before = telling.of_firm(firm, hashes) if firm.pk else {}
        _fill_firm(firm, one, source, sealing)
        if not firm.pk:
            new.append(firm)
            continue
        after = telling.of_firm(firm, ChainMap(hashes, sealing.hashes))
        if after | {"source": ""} != before | {"source": ""}:
            altered.append((firm, before))
    sealing.write()
    hashes |= sealing.hashes
    _add(Firm, new, at)
    _change(Firm, [firm for firm, _before in altered], at)
    done = [Done(f.pk, "added", f.name, telling.of_firm(f, hashes)) for f in new]
    done += [Done(f.pk, "changed", f.name, telling.of_firm(f, hashes), before) for f, before in altered]
    changes.record_many(FIRM, by, done, at=at, office=by.office_id, reason=reason)
    sealing.take_away()
    return Kept(len(new), len(altered), len(given) - len(new) - len(altered))


@transaction.atomic
def keep_premises(given: Sequence[GivenPremises], by: By, *, source: str = "", reason: str = "") -> Kept:
    """These premises, already checked and of different codes, stand in the register as told. Raises NoFirm."""
    hold()
    at = timezone.now()
    asked = {one.firm_code for one in given}
    firms = _firms(asked)
    if missing := asked - firms.keys():
        raise NoFirm(missing)
    known = {one.code: one for one in Premises.objects.filter(code__in=_these([one.code for one in given]))}
    new: list[Premises] = []
    altered: list[tuple[Premises, dict[str, Any]]] = []
    for one in given:
        row = known.get(one.code) or Premises(code=one.code)
        before = telling.of_premises(row) if row.pk else {}
        _fill_premises(row, one, firms[one.firm_code], source)
        if not row.pk:
            new.append(row)
        elif telling.of_premises(row) | {"source": ""} != before | {"source": ""}:
            altered.append((row, before))
    _add(Premises, new, at)
    _change(Premises, [row for row, _before in altered], at)
    done = [Done(p.pk, "added", p.name, telling.of_premises(p)) for p in new]
    done += [Done(p.pk, "changed", p.name, telling.of_premises(p), before) for p, before in altered]
    changes.record_many(PREMISES, by, done, at=at, office=by.office_id, reason=reason)
    return Kept(len(new), len(altered), len(given) - len(new) - len(altered))


class _Whose(NamedTuple):
    """What premises need to know of their firm."""

    pk: int
    trader: bool
    operator: SealedName | None


def _firms(codes: Collection[str]) -> dict[str, _Whose]:
    """By code, those that are there; of a sole trader with the name it is run under, sealed. Two queries."""
    there = Firm.objects.filter(code__in=_these(codes)).values_list("code", "pk", "kind", "operator_id")
    found = [(code, pk, kind == FirmKind.SOLE_TRADER, operator) for code, pk, kind, operator in there]
    ids = [operator for _code, _pk, trader, operator in found if trader and operator is not None]
    rows = Secret.objects.filter(pk__in=_these(ids, "uuid")).values_list("pk", "salt", "masked", "hash")
    named = {pk: SealedName(salt, masked, digest) for pk, salt, masked, digest in rows}
    return {code: _Whose(pk, trader, named.get(operator)) for code, pk, trader, operator in found}


def _these(values: Collection[Any], kind: str = "text") -> RawSQL:
    """Thousands of values as one parameter: Django would resolve and name each."""
    return RawSQL(f"SELECT unnest(%s::{kind}[])", (list(values),))  # noqa: S611 # the type is ours


class _Sealing:
    """Personal values of a batch: made secret, unless the very same is there already."""

    def __init__(self, stored: dict[UUID, Secret]) -> None:
        self._stored = stored
        self._rows: list[SecretRow] = []
        self._former: list[UUID] = []
        self.hashes: dict[UUID, str] = {}

    def put(self, firm: Firm, column: str, plain: str) -> None:
        """``plain`` "" leaves what stands there."""
        former = self._stored.get(getattr(firm, f"{column}_id") or UUID(int=0))
        if not plain or (former is not None and _is(former, plain)):
            return
        row = secrets.prepare(KIND[column], plain)
        self._rows.append(row)
        self.hashes[row.id] = row.hash
        if former is not None:
            self._former.append(former.pk)
        setattr(firm, f"{column}_id", row.id)

    def drop(self, firm: Firm, column: str) -> None:
        if (former := getattr(firm, f"{column}_id")) is not None:
            self._former.append(former)
            setattr(firm, f"{column}_id", None)

    def operator(self, firm: Firm) -> Secret | None:
        return self._stored.get(firm.operator_id or UUID(int=0))

    def write(self) -> None:
        columns = SecretRow.__slots__
        copy_rows(Secret, columns, map(attrgetter(*columns), self._rows))

    def take_away(self) -> None:
        if self._former:
            secrets.erase(self._former, under=CHANGED_UNDER)


def _is(secret: Secret, plain: str) -> bool:
    """Whether a secret holds this very value, told by its hash: nobody has opened it."""
    if secret.salt is None:
        return False
    return commitment(bytes(secret.salt).ljust(SALT_BYTES), plain).hex() == secret.hash


def _fill_firm(firm: Firm, given: GivenFirm, source: str, sealing: _Sealing) -> None:
    firm.kind, firm.status, firm.industry = given.kind, given.status, given.industry
    firm.division_id = given.division_id if given.division_id is not None else firm.division_id
    firm.source = source or firm.source
    name = given.name
    if given.kind == "sole_trader":
        name = (
            naming.shown(name, given.operator)
            if given.operator
            else naming.shown_of(name, sealing.operator(firm))
        )
    if name != given.name:
        sealing.put(firm, "full_name", given.name)
    elif firm.pk and firm.name != name:
        sealing.drop(firm, "full_name")
    firm.name = name
    for column in ("operator", "identity", "phone"):
        sealing.put(firm, column, getattr(given, column))


def _fill_premises(row: Premises, given: GivenPremises, firm: _Whose, source: str) -> None:
    row.firm_id, row.kind = firm.pk, given.kind
    row.name = naming.shown_of(given.name, firm.operator) if firm.trader else given.name
    row.address, row.lon, row.lat = given.address, given.lon, given.lat
    assert given.division_id is not None
    row.cell_id, row.division_id = given.cell_id, given.division_id
    row.licence_number, row.licence_until = given.licence_number, given.licence_until
    row.active = given.active
    row.source = source or row.source


def _add(model: type[Firm] | type[Premises], rows: Sequence[Any], at: datetime) -> None:
    for row, pk in zip(rows, reserve_ids(model, len(rows)) if rows else [], strict=True):
        row.pk, row.updated_at = pk, at
    columns = [one.attname for one in model._meta.concrete_fields]
    copy_rows(model, columns, map(attrgetter(*columns), rows))


def _change(model: type[Firm] | type[Premises], rows: Sequence[Any], at: datetime) -> None:
    for row in rows:
        row.updated_at = at
    fields = [one.name for one in model._meta.concrete_fields if one.name not in ("id", "code")]
    manager: Any = model._base_manager
    manager.bulk_update(rows, fields, batch_size=500)
