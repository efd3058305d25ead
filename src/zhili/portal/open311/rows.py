"""Cases as GeoReport shows them. Four queries for any number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases import present, registry
from zhili.core.cases.models import Case, Step
from zhili.core.cases.routing import directory
from zhili.core.exchange.open311 import catalogue
from zhili.core.exchange.open311.telling import words_of
from zhili.core.exchange.open311.updating import OPEN, status_of
from zhili.core.exchange.open311.wire import w3
from zhili.core.files.models import Attachment
from zhili.core.people.offices import tree as offices
from zhili.core.places.tree import nodes
from zhili.portal.attachments import for_everybody
from zhili.portal.rows import place_name

DESCRIPTION_MOST = 4000


def shown(cases: Sequence[Case], own: set[int], request: HttpRequest) -> list[dict[str, Any]]:
    """The requests in the order given. ``own``: cases whose office and due date the asker may see."""
    ids = [case.pk for case in cases]
    first = {step.case_id: step for step in Step.objects.filter(case_id__in=ids, seq=1)}
    answers = _answers(cases)
    photos = _photos(ids, first, {case.pk: case.scenario for case in cases})
    return [
        _row(case, first.get(case.pk), answers.get(case.pk), photos.get(case.pk), case.pk in own, request)
        for case in cases
    ]


def _row(
    case: Case, first: Step | None, last: Step | None, photo: str | None, own: bool, request: HttpRequest
) -> dict[str, Any]:
    status = status_of(case)
    name = directory().names.get((case.scenario, case.category), "")
    place = nodes().get(case.division_id or 0)
    seat = offices().nodes.get(case.office_id or 0) if own else None
    link = request.build_absolute_uri(f"/c/{case.number}/files/{photo}") if photo else None
    return {
        "service_request_id": case.number,
        "status": status,
        "status_notes": _notes(case, last),
        "service_name": _(name) if name else _(registry.procedures()[case.procedure].title),
        "service_code": catalogue.of_case(case.scenario, case.category),
        "description": (words_of(case, first) or case.title)[:DESCRIPTION_MOST],
        "agency_responsible": seat.name if seat else None,
        "service_notice": None,
        "requested_datetime": w3(case.opened_at),
        "updated_datetime": w3(updated_at(case)),
        "expected_datetime": w3(case.due_at) if own and status == OPEN else None,
        "address": redact(place_name(case)) or None,
        "address_id": place.code if place else None,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lon,
        "media_url": link,
    }


def updated_at(case: Case) -> Any:
    """When a closed one was closed, or anything happened last to an open one (``last_at``, from the query)."""
    return case.answered_at or case.closed_at or getattr(case, "last_at", None) or case.opened_at


def _notes(case: Case, last: Step | None) -> str:
    plain = present.stage_title(case, plain=True)
    words = words_of(case, last) if last is not None else ""
    return f"{plain}：{words}" if words else plain


def _answers(cases: Iterable[Case]) -> dict[int, Step]:
    """Of each closed case the step that answered it last."""
    closed = [case for case in cases if status_of(case) != OPEN]
    stages = {
        stage.name
        for case in closed
        for stage in registry.procedures()[case.procedure].stages.values()
        if stage.answers
    }
    if not closed:
        return {}
    steps = Step.objects.filter(case_id__in=[case.pk for case in closed], to_stage__in=stages)
    found: dict[int, Step] = {}
    for step in steps.order_by("case_id", "-seq"):
        if step.case_id not in found and step.from_stage != step.to_stage:
            found[step.case_id] = step
    return found


def _photos(ids: list[int], first: dict[int, Step], scenarios: dict[int, str]) -> dict[int, str]:
    """The first public picture each came with."""
    rows = Attachment.objects.filter(
        case_id__in=ids, step_seq=1, public=True, file__mime__startswith="image/"
    )
    found: dict[int, str] = {}
    by_scenario: dict[str, list[Attachment]] = {}
    for row in rows.order_by("pk").select_related("file"):
        if row.case_id in first:
            by_scenario.setdefault(scenarios[row.case_id], []).append(row)
    for scenario, own in by_scenario.items():
        fit = for_everybody((row.file for row in own), scenario)
        for row in own:
            if row.file in fit:
                found.setdefault(row.case_id, str(row.file_id))
    return found
