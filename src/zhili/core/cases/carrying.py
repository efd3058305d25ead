"""A change of a case, carried through: worked out, written, and followed by what it brings about elsewhere.

Whoever takes a step (a person through ``doors``, a clock through ``sweeping``) ends here, on a locked case.
"""

from __future__ import annotations

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from zhili.core.cases import models, moving, referring
from zhili.core.cases.changing import Change


def carry(change: Change) -> None:
    """Take the step of a change, in the running transaction: everything it writes, here and in its family."""
    moving.move(change)
    write(change)


def write(change: Change) -> None:
    """Write a change that is worked out, open its children, tell its parent, and do what it left for afterwards."""
    referring.save(change)
    if referring.comes_back(change):
        referring.give_back(change)
    for one in change.then:
        one(change)


def alone(change: Change) -> bool:
    """Whether writing it is one statement, which needs no transaction around it."""
    return not (change.referrals or change.then or change.action.refers or change.case.parent_id)


def locking(**which: int | str) -> QuerySet[models.Case]:
    """The case and, before it, its parent: both locked by one query, always in this order.

    Nobody may lock a child and then its parent. ``has_children`` says whether it referred anything.
    """
    the_case = Q(**which)
    parent = models.Case.objects.filter(the_case).values("parent_id")[:1]
    children = models.Case.objects.filter(parent=OuterRef("pk"))
    last = Case(When(the_case, then=Value(True)), default=Value(False), output_field=BooleanField())
    return (
        models.Case.objects.select_for_update(of=("self",))
        .filter(the_case | Q(pk=Subquery(parent)))
        .annotate(has_children=Exists(children))
        .order_by(last)
    )


def family(rows: list[models.Case], **which: int | str) -> tuple[models.Case | None, models.Case | None]:
    """(the case, its parent) of what ``locking`` found."""
    (name, value), *_rest = which.items()
    found = next((row for row in rows if getattr(row, name) == value), None)
    parent = next((row for row in rows if found is not None and row.pk == found.parent_id), None)
    if found is not None and parent is not None:
        found.parent = parent
    return found, parent
