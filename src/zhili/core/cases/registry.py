"""The scenarios of this site and their procedures, as declared; and the versions of them that were ever in force."""

from __future__ import annotations

import threading
from typing import Any

from django.db import transaction

from zhili.base.procedure import Procedure, Scenario
from zhili.base.standing import Standing, join
from zhili.core import params

_scenarios: dict[str, Scenario] = {}
_procedures: dict[str, type[Procedure]] = {}
_standing: dict[str, Standing] = {}
_versions: dict[str, int] = {}
_lock = threading.Lock()


def register(scenario: Scenario) -> None:
    """Make a scenario known. Called by its AppConfig; nothing is read from the database."""
    _scenarios[scenario.name] = scenario
    for procedure in scenario.procedures:
        procedure.scenario = scenario.name
        procedure.zone = vars(procedure).get("zone", scenario.zone)
        _procedures[procedure.full_name()] = procedure
        join(procedure, _standing.values())
    params.declare(*scenario.params)
    params.declare_rules(*scenario.rules)
    params.declare_signals(*scenario.signals)


def add_standing(*actions: Standing) -> None:
    """Give these actions to every procedure that takes them, known already or registered later."""
    for one in actions:
        _standing[one.name] = one
    for procedure in _procedures.values():
        join(procedure, actions)


def scenarios() -> dict[str, Scenario]:
    """By name, in the order of settings.SCENARIOS."""
    return _scenarios


def procedures() -> dict[str, type[Procedure]]:
    """By full name, ``scenario.procedure``."""
    return _procedures


def procedure(name: str) -> type[Procedure] | None:
    """The declaration in force today, or None."""
    return _procedures.get(name)


def uncounted() -> list[str]:
    """The procedures whose cases are no matters."""
    return [name for name, one in _procedures.items() if not one.counted]


def version(name: str) -> int:
    """The number of the version in force; 1 is the first. Kept per process after one query."""
    if name not in _versions:
        with _lock:
            sync(_procedures[name])
    return _versions[name]


def forget_versions() -> None:
    """Read versions from the database again (tests and migrations)."""
    _versions.clear()


def sync(*which: type[Procedure]) -> list[str]:
    """Store each declaration that is new as its next version. Returns what was stored, as ``name@version``."""
    from zhili.core.cases.models import ProcedureVersion

    stored = []
    for one in which or _procedures.values():
        name, digest = one.full_name(), one.digest()
        with transaction.atomic():
            last = ProcedureVersion.objects.filter(procedure=name).order_by("-version").first()
            if last is None or last.digest != digest:
                number = last.version + 1 if last else 1
                last, made = ProcedureVersion.objects.get_or_create(
                    procedure=name, version=number, defaults={"digest": digest, "spec": one.spec()}
                )
                if made:
                    stored.append(f"{name}@{number}")
        _versions[name] = last.version
    return stored


def spec(name: str, number: int) -> dict[str, Any]:
    """The declaration as it stood in a version, for timelines written under it."""
    from zhili.core.cases.models import ProcedureVersion

    found = ProcedureVersion.objects.filter(procedure=name, version=number).first()
    return dict(found.spec) if found is not None else _procedures[name].spec()
