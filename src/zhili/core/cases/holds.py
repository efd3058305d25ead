"""Legal hold (留存): what a court, an inspection or a dispute needs is not erased or archived while the hold lasts.

A hold covers the whole family of a case: its parent and children, its lead and duplicates.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case


def hold(change: Change) -> None:
    """The ground stands in the step."""
    if change.case.held:
        raise Refused("held", _("此事项已在依法留存中"), 409)
    change.case.held = True


def release(change: Change) -> None:
    if not change.case.held:
        raise Refused("not_held", _("此事项没有依法留存，不必解除"), 409)
    change.case.held = False


def held(ids: Iterable[int]) -> set[int]:
    """Those of these cases that must be kept whole for now. One query for any number.

    Whatever erases or archives asks this in the transaction in which it does so.
    """
    return set(holding(Case.objects.filter(pk__in=list(ids))).values_list("pk", flat=True))


def holding(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of a set of cases that are held, by themselves or by their family."""
    near = Q(held=True) | Q(parent__held=True) | Q(lead__held=True)
    around = Case.objects.filter(held=True)
    kin = Q(pk__in=around.exclude(parent=None).values("parent")) | Q(
        pk__in=around.exclude(lead=None).values("lead")
    )
    return cases.filter(near | kin)
