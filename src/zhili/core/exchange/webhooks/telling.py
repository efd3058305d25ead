"""An event of the outbox as it is told to strangers: codes, times and declared words.

No title, no address, no text anybody wrote and no place on the map: whoever needs more asks the API for the case, under
its own account, and is given what that may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from zhili.base.procedure import Procedure
from zhili.base.signals.rules import WEARER
from zhili.core.cases import registry
from zhili.core.cases.models import Case
from zhili.core.cases.query import zones
from zhili.core.cases.routing import directory
from zhili.core.cases.watching import ZONES
from zhili.core.exchange.models import Link, PublicEvent
from zhili.core.exchange.webhooks.catalogue import BY_OUTBOX, EventType
from zhili.core.exchange.webhooks.matching import About
from zhili.core.people.offices import tree
from zhili.core.places.tree import nodes
from zhili.core.signals.models import Warning
from zhili.core.signals.warnings import wording
from zhili.core.signals.warnings.keeping_steps import EVENT as WARNING
from zhili.core.streams import Event

SPACE: Final = UUID("6f1d6c4e-6a1e-4c58-9d25-2b8ad0a6f2f7")
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tellable:
    """One public event; ``case`` or ``warning``: whose sight decides who may hear it."""

    row: PublicEvent
    about: About
    case: int | None = None
    warning: int | None = None

    @property
    def lane(self) -> int | None:
        """What it is about: of one lane, events are told in their order."""
        return self.case if self.case is not None else -self.warning if self.warning is not None else None


def tellable(events: Iterable[Event], wanted: frozenset[str]) -> list[Tellable]:
    """What these events are to strangers, in their order; of the types wanted only. Three queries for any number."""
    pairs = [
        (event, one)
        for event in events
        for one in BY_OUTBOX.get(event.type, ())
        if one.name in wanted and one.when(event.payload)
    ]
    if not pairs:
        return []
    cases = _cases({event.subject or 0 for event, one in pairs if one.of != WARNING})
    links = _links({event.subject or 0 for event, one in pairs if one.shape == "exchange"})
    warnings = _warnings({event.payload["warning"] for event, one in pairs if one.of == WARNING})
    found = []
    with translation.override(settings.LANGUAGE_CODE):
        for event, one in pairs:
            if one.of == WARNING:
                warning = warnings.get(event.payload["warning"])
                made = _of_warning(event, one, warning) if warning is not None else None
            else:
                case = cases.get(event.subject or 0)
                made = _of_case(event, one, case, links) if case is not None else None
            if made is not None:
                found.append(made)
    return found


def _cases(ids: set[int]) -> dict[int, Case]:
    return {one.pk: one for one in Case.objects.filter(pk__in=ids, zone__in=ZONES & zones())} if ids else {}


def _links(ids: set[int]) -> dict[int, Link]:
    rows = Link.objects.select_related("site").filter(case__in=ids).order_by("pk") if ids else ()
    return {one.case_id: one for one in rows if one.case_id is not None}


def _warnings(ids: set[int]) -> dict[int, Warning]:
    """A wearer's are told to nobody: who wears a wristband is that person's own matter."""
    if not ids:
        return {}
    rows = Warning.objects.filter(pk__in=ids, trial=False, zone__in=ZONES & zones()).exclude(
        subject_kind=WEARER
    )
    return {one.pk: one for one in rows.select_related("case")}


def _of_case(event: Event, one: EventType, case: Case, links: Mapping[int, Link]) -> Tellable | None:
    what = event.payload
    if what.get("confidential") and not case.confidential:
        return None  # what was secret when it happened stays so
    link = links.get(case.pk)
    if one.shape == "exchange" and link is None:
        return None
    category = str(what.get("category") or "") if "category" in what else case.category
    division = what.get("division") if "division" in what else case.division_id
    office = what.get("office")
    procedure = registry.procedure(case.procedure)
    data: Data = {
        "number": case.number,
        "scenario": case.scenario,
        "procedure": case.procedure,
        **_stage(procedure, str(what.get("to") or case.stage)),
        "category": _category(case.scenario, category),
        "division": _division(division),
        "office": _office(office),
        "opened_at": case.opened_at.isoformat(),
        "due_at": what.get("due"),
        "overdue": bool(what.get("overdue", case.overdue)),
        "child": bool(what.get("child", case.parent_id is not None)),
        "url": f"/api/v1/cases/{case.number}",
    }
    if one.shape == "clock":
        data["clock"] = str(what.get("clock", ""))
    else:
        data |= _happened(procedure, what)
    if one.shape == "exchange" and link is not None:
        data |= {"site": link.site.site, "stream": link.stream, "way": link.way, "state": link.state}
    about = About(
        one.name,
        case.procedure,
        tuple(directory().lineage(case.scenario, category)),
        _line(division),
        office,
    )
    return Tellable(_row(event, one, case.number, data), about, case=case.pk)


def _happened(procedure: type[Procedure] | None, what: Mapping[str, Any]) -> Data:
    action = str(what.get("action", ""))
    declared = {**procedure.openings, **procedure.actions}.get(action) if procedure else None
    return {
        "seq": what["seq"],
        "action": action,
        "action_title": _(declared.title) if declared else "",
        "from": what.get("from"),
        "by": what.get("actor_kind", "rule"),
        **{
            name: bool(what.get(name))
            for name in ("first", "returned", "reopened", "answered", "final", "late")
        },
        **{name: what.get(name) for name in ("outcome", "days", "rating")},
    }


def _of_warning(event: Event, one: EventType, warning: Warning) -> Tellable:
    data: Data = {
        "warning": warning.pk,
        "rule": warning.rule,
        "title": wording.title(warning.rule),
        "level": warning.level,
        "state": event.payload["state"],
        "division": _division(warning.division_id),
        "office": _office(event.payload.get("office")),
        "case": warning.case.number if warning.case else None,
        "url": f"/warnings/{warning.pk}",
    }
    about = About(one.name, divisions=_line(warning.division_id), office=event.payload.get("office"))
    return Tellable(_row(event, one, f"warning/{warning.pk}", data), about, warning=warning.pk)


def _row(event: Event, one: EventType, subject: str, data: Data) -> PublicEvent:
    """Its id comes from the event and the moment it was written: a restored site never gives an id a second time."""
    return PublicEvent(
        id=uuid5(SPACE, f"{event.id} {event.at.isoformat()} {one.name}"),
        type=one.name,
        subject=subject,
        at=datetime.fromisoformat(str(event.payload["at"])),
        sequence=f"{event.id:019d}",
        data=data,
    )


def _stage(procedure: type[Procedure] | None, name: str) -> Data:
    stage = procedure.stages.get(name) if procedure else None
    return {"stage": name, "stage_title": _(stage.title) if stage else ""}


def _category(scenario: str, code: str) -> Data | None:
    name = directory().names.get((scenario, code), code)
    return {"code": code, "name": _(name)} if code else None


def _division(division: int | None) -> Data | None:
    node = nodes().get(division or 0)
    return {"code": node.code, "name": node.name} if node else None


def _office(office: int | None) -> Data | None:
    node = tree().nodes.get(office or 0)
    return {"code": node.code, "name": node.name} if node else None


def _line(division: int | None) -> tuple[int, ...]:
    node = nodes().get(division or 0)
    return node.line if node else ()
