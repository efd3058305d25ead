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
        _unless_refused(lambda pk=one: handling.accept(pk, actor))


def close(ids: Iterable[int], actor: Actor, finding: str, words: str) -> None:
    """What was found; the precision of the rule is counted from it."""
    for one in ids:
        _unless_refused(lambda pk=one: handling.close(pk, actor, finding, words))


def _unless_refused(do: object) -> None:
    """A warning somebody closed at the console, or merged away, does not stop the help."""
    try:
        with transaction.atomic():
            do()  # type: ignore[operator]
    except Refused:
        return
