"""A firm or premises as facts: what its change record commits to. Personal values by id and hash, never in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from zhili.core.registers.models import Firm, Premises

FIRM: Final = "firm"
PREMISES: Final = "premises"
SEALED: Final = ("operator", "identity", "phone", "full_name")
"""Columns of a firm that are secrets."""


def of_firm(firm: Firm, hashes: Mapping[UUID, str]) -> dict[str, Any]:
    """``hashes``: of the secrets, by their id."""
    told: dict[str, Any] = {
        "code": firm.code,
        "name": firm.name,
        "kind": firm.kind,
        "status": firm.status,
        "industry": firm.industry,
        "division": firm.division_id,
        "source": firm.source,
    }
    for column in SEALED:
        secret = getattr(firm, f"{column}_id")
        if secret is not None:
            told[column] = {"secret": str(secret), "hash": hashes.get(secret, "")}
    return told


def of_premises(one: Premises) -> dict[str, Any]:
    """Coordinates as texts: a leaf's numbers have one spelling only where they are whole."""
    return {
        "code": one.code,
        "firm": one.firm_id,
        "kind": one.kind,
        "name": one.name,
        "address": one.address,
        "lon": None if one.lon is None else repr(one.lon),
        "lat": None if one.lat is None else repr(one.lat),
        "cell": one.cell_id,
        "division": one.division_id,
        "licence_number": one.licence_number,
        "licence_until": one.licence_until.isoformat() if one.licence_until else None,
        "active": one.active,
        "source": one.source,
    }
