"""The warnings behind an alarm: what kind each is, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.signals.models import Warning
from zhili.core.signals.warnings import handling
from zhili.scenarios.eldercare.kinds import BY_RULE


def kind_of(warning_id: int | None) -> str:
    """The kind of alarm a warning opens; "" for one that is not there."""
    if warning_id is None:
        return ""
    rule = Warning.objects.filter(pk=warning_id).values_list("rule", flat=True).first()
    return BY_RULE.get(rule or "", "")


def accept(ids: Iterable[int], actor: Actor) -> None:
    """Somebody goes: nobody else need be told of these."""
    for one in ids:
        _unless_refused(lambda pk=one: handling.accept(pk, actor, through_case=True))


def close(ids: Iterable[int], actor: Actor, finding: str, words: str) -> None:
    """What was found; the precision of the rule is counted from it."""
    for one in ids:
        _unless_refused(lambda pk=one: handling.close(pk, actor, finding, words, through_case=True))


def _unless_refused(do: object) -> None:
    """A warning that was closed before, or is gone, does not stop the help."""
    try:
        with transaction.atomic():
            do()  # type: ignore[operator]
    except Refused:
        return
