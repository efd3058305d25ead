"""A case being begun: its row with what it has from the opening and, for a child, from its parent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.base.procedure import Opening, Procedure
from zhili.core.cases import moving, numbers, query, registry
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.files.models import File
from zhili.core.people.actors import Actor

TITLE_LENGTH = 40
TITLE_LONGEST = 120
JUSTICE = "justice"
PLACE = ("division_id", "cell_id", "lon", "lat", "address", "outside", "confidential", "zone")
"""What a child has from its parent."""


@dataclass(frozen=True)
class PassedOn:
    """What a case has from whoever passed it on whole and is no case of ours: another city's site.

    ``data`` is kept with the first step, beside the form's answers; nothing personal belongs in it.
    """

    title: str = ""
    category: str = ""
    why: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


NOT_PASSED = PassedOn()


def prepare(
    declared: type[Procedure],
    begin: Opening,
    actor: Actor,
    cleaned: Any,
    attached: Sequence[File] = (),
    *,
    channel: str,
    parent: Case | None = None,
    at: datetime | None = None,
    category: str | None = None,
    limit: Duration | None = None,
    passed: PassedOn = NOT_PASSED,
) -> Change:
    """The change that opens a case, worked out and not yet written."""
    at = at or timezone.now()
    serial = numbers.take()
    case = Case(
        id=serial,
        number=numbers.number_for(serial, timezone.localtime(at)),
        scenario=declared.scenario,
        procedure=declared.full_name(),
        version=registry.version(declared.full_name()),
        stage=begin.move.target.name if begin.move.target else "",
        opened_at=at,
        channel=channel,
        zone=declared.zone,
        category=category or cleaned.values.get("category", "") or passed.category,
        opener_id=actor.account_id if actor.kind == "account" and parent is None else None,
        seq=1,
    )
    if parent is not None:
        _inherit(case, parent)
    change = Change(declared, begin, actor, case, cleaned, at, parent=parent, limit=limit)
    change.attached = list(attached)
    change.why.extend(passed.why)
    moving.place(change)
    for effect in begin.effects:
        effect(change)
    _settle_zone(case)
    change.seal(moving.keep_until(at), case.opener_id)
    change.data |= passed.data
    case.title = case.title or passed.title[:TITLE_LONGEST] or _title(change)
    moving.settle(change)
    return change


def _inherit(case: Case, parent: Case) -> None:
    case.parent_id = parent.pk
    case.category = case.category or parent.category
    own = case.zone
    for name in PLACE:
        setattr(case, name, getattr(parent, name))
    if own == JUSTICE:
        case.zone = own


def _settle_zone(case: Case) -> None:
    """A case of the justice zone is confidential; it begins only where that zone is served."""
    if case.zone not in query.zones():
        words = _("这里不办理这一类案件，没有收下；请在办理它的系统里提交")
        raise Refused("other_zone", words, 422)
    case.confidential = case.confidential or case.zone == JUSTICE


def _title(change: Change) -> str:
    for one in change.action.form.fields() if change.action.form else ():
        text = change.data.get(one.name)
        if one.type in ("text", "longtext") and isinstance(text, str) and text.strip():
            line = " ".join(text.split())
            return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"
    return change.parent.title if change.parent is not None else _(change.action.title)
