"""The case a rule's warning opens: right after the warning is kept, once, tried again when it fails."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases.doors import open_case
from zhili.core.cases.errors import Refused
from zhili.core.forms import FormErrors
from zhili.core.people.actors import Actor
from zhili.core.signals import registry
from zhili.core.signals.models import Warning, WarningState
from zhili.core.signals.warnings import keeping_steps
from zhili.core.signals.warnings.keeping_steps import Change

log = logging.getLogger("zhili.signals")
AT_ONCE: Final = 50
TRIES: Final = 20
FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=10)


def open_due(now: datetime | None = None) -> int:
    """Open what is due, each in a transaction of its own; how many cases were opened.

    The warning's number is the key of the opening, so that a crash between the two never opens a second.
    """
    at = now or timezone.now()
    due = Warning.objects.filter(open_at__lte=at).order_by("open_at", "pk")
    return sum(_open(pk) for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def _open(pk: int) -> bool:
    try:
        return _opened(pk)
    except (InterfaceError, OperationalError):
        raise  # the database is away: no fault of this case
    except Exception as error:
        log.exception("warning %s: its case could not be opened", pk)
        _again(pk, error)
        return False


@transaction.atomic
def _opened(pk: int) -> bool:
    row = Warning.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if row is None or row.open_at is None:
        return False  # another process is at it, or was
    rule = registry.rules().get(row.rule)
    row.open_at = None
    if rule is None or not rule.opens or row.state == WarningState.CLOSED:
        row.save(update_fields=["open_at"])
        return False
    procedure, _slash, opening = rule.opens.partition("/")
    actor = Actor(kind="rule", label=_(rule.about.title))
    data = {"warning": row.pk, "source": row.source, "subject": row.subject_id}
    opened = open_case(procedure, opening, actor, data, key=f"warning/{row.pk}", channel="signals")
    row.case_id, row.open_error = opened.case_id, ""
    row.save(update_fields=["open_at", "case", "open_error"])
    keeping_steps.keep([Change(row, "case_opened", actor, {"case": opened.case_id})])
    return True


def _again(pk: int, error: Exception) -> None:
    """2, 4, 8 … seconds later, ten minutes at most; after many tries it is left to a person and says why."""
    with transaction.atomic():
        row = Warning.objects.select_for_update(of=("self",)).get(pk=pk)
        row.open_tries += 1
        wait = min(FIRST_WAIT * 2 ** (row.open_tries - 1), LONGEST_WAIT)
        row.open_at = timezone.now() + wait if row.open_tries < TRIES else None
        row.open_error = _why(error)[:300]
        row.save(update_fields=["open_tries", "open_at", "open_error"])


def _why(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.message
    if isinstance(error, FormErrors):
        return str(error)
    return type(error).__name__
