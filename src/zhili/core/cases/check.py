"""Refuses a site whose scenarios do not hold: run by ``zhili check`` and at every start."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from zhili.base.checker import check
from zhili.base.procedure import Procedure
from zhili.core import params
from zhili.core.cases import registry
from zhili.core.people.models import OfficeKind, Role


def run(*, database: bool = True) -> list[str]:
    """Every fault of the declared scenarios, one sentence each; with ``database``, open cases are looked at too."""
    known = params.declared()
    faults: list[str] = []
    for procedure in registry.procedures().values():
        faults += check(
            procedure,
            params=known.keys(),
            procedures=registry.procedures(),
            roles=set(Role.values),
            desks={k for k in OfficeKind.values if k not in (OfficeKind.GENERAL, OfficeKind.DEPARTMENT)},
        )
        faults += _durations(procedure)
        faults += _detail(procedure)
    if database:
        faults += _stranded()
    return faults


def _durations(procedure: type[Procedure]) -> list[str]:
    known = params.declared()
    return [
        f"{procedure.full_name()}: parameter {limit.param} is not a duration: {known[limit.param].default}"
        for limit in procedure.limits()
        if limit.param in known and not known[limit.param].unit
    ]


def _detail(procedure: type[Procedure]) -> list[str]:
    if not procedure.detail:
        return []
    try:
        model = apps.get_model(procedure.detail)
    except (LookupError, ValueError):
        return [f"{procedure.full_name()}: its detail {procedure.detail} is not a model"]
    if model._meta.pk is None or model._meta.pk.name != "case":
        return [f"{procedure.full_name()}: its detail {procedure.detail} is not a CaseDetail"]
    return []


def _stranded() -> list[str]:
    """Stages that hold open cases and are declared no more, with no word of where these go."""
    from zhili.core.cases.models import Case

    if Case._meta.db_table not in connection.introspection.table_names():
        return []
    faults = []
    held = Case.objects.filter(closed_at=None).values_list("procedure", "stage").distinct()
    for name, stage in held:
        procedure = registry.procedure(name)
        if procedure is None:
            faults.append(f"{name}: has open cases but is declared no more")
        elif stage not in procedure.stages and stage not in procedure.moves:
            faults.append(
                f'{name}: stage {stage} has open cases but is declared no more; say moves = {{"{stage}": "…"}}'
            )
    return faults
