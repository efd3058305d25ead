"""Taking hold of a case to change it: its parent first, then itself, always in this order and by one query.

Nobody may lock a child and then its parent: two who hold one each and want the other's would wait for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models import Case as Choose

from zhili.core.cases import writing
from zhili.core.cases.changing import Change
from zhili.core.cases.models import Case, Participation

Carry = Callable[[Change], None]
"""``carrying.carry``, handed down to where a step brings about another one."""


def rows(*, skip: bool = False, **which: int | str) -> QuerySet[Case]:
    """The case (``pk=`` or ``number=``) after its parent, locked. ``has_children``: whether it referred anything.

    ``skip``: what somebody else holds is passed over.
    """
    the_case = Q(**which)
    parent = Case.objects.filter(the_case).values("parent_id")[:1]
    children = Case.objects.filter(parent=OuterRef("pk"))
    last = Choose(When(the_case, then=Value(True)), default=Value(False), output_field=BooleanField())
    found = Case.objects.select_for_update(of=("self",), skip_locked=skip)
    return (
        found.filter(the_case | Q(pk=Subquery(parent))).annotate(has_children=Exists(children)).order_by(last)
    )


def case_and_parent(*, skip: bool = False, **which: int | str) -> tuple[Case | None, Case | None]:
    """Both, locked; the parent is None where there is none, or with ``skip`` when somebody holds it. One query."""
    found = list(rows(skip=skip, **which))
    (name, value), *_more = which.items()
    case = next((row for row in found if getattr(row, name) == value), None)
    parent = next((row for row in found if case is not None and row.pk == case.parent_id), None)
    if case is not None and parent is not None:
        case.parent = parent
    return case, parent


def child_of(parent: Case, pk: int) -> Case | None:
    """A child of a case that is locked already, locked too and tied to that very row."""
    found = next((row for row in rows(pk=pk) if row.pk == pk), None)
    if found is not None:
        found.parent = parent
    return found


def let_see(case_id: int, role: str, *office_ids: int | None) -> None:
    """Let offices see a case from now on, without a step."""
    parties = _parties(case_id, role, office_ids)
    if parties:
        writing.write({}, merge={Participation: parties})


def _parties(case_id: int, role: str, office_ids: Iterable[int | None]) -> list[dict[str, int | str | None]]:
    return [
        {"case_id": case_id, "role": role, "office_id": one, "account_id": None}
        for one in office_ids
        if one is not None
    ]
