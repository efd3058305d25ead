"""Cases as the API shows them: whole to those concerned, without personal parts to everybody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases import present, query, registry
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places.tree import nodes
from zhili.portal.api import shapes

ROOT = "/api/v1"
RELATED_MOST = 200


def case_url(number: str) -> str:
    return f"{ROOT}/cases/{number}"


def listed(cases: Iterable[Case], *, own: bool, plain: bool) -> list[shapes.CaseOut]:
    """Rows of a list; no query is needed to make one. ``plain``: stages in a resident's words."""
    return [shapes.CaseOut(**_columns(case, own=own, plain=plain)) for case in cases]


def full(case: Case, actor: Actor, *, own: bool) -> shapes.CaseFull:
    """One case with its reasons, deadlines and relatives. Three queries; none for the public view."""
    deadlines = present.deadlines(case) if own else []
    return shapes.CaseFull(
        **_columns(case, own=own, plain=actor.kind != "post"),
        view="full" if own else "public",
        why=present.why_here(case) if own else [],
        deadlines=[
            shapes.Deadline(
                name=one.name,
                title=_(one.title) if one.title else "",
                due_at=one.due_at,
                running=one.running,
                overdue=one.overdue,
                why=one.why,
            )
            for one in deadlines
        ],
        related=_related(case, actor) if own and actor.kind == "post" else [],
    )


def _related(case: Case, actor: Actor) -> list[shapes.Related]:
    """The cases that belong to this one, as far as the asker may see them; one query."""
    above = [key for key in (case.parent_id, case.lead_id) if key is not None]
    wanted = Q(parent=case) | Q(lead=case) | Q(pk__in=above)
    found = Case.objects.filter(wanted).filter(query.scope(actor)).order_by("id")
    return [
        shapes.Related(
            relation=_relation(case, one),
            number=one.number,
            procedure=one.procedure,
            title=one.title,
            stage=one.stage,
            stage_title=present.stage_title(one),
            open=one.closed_at is None,
            office=office(one.office_id),
            url=case_url(one.number),
        )
        for one in found[:RELATED_MOST]
    ]


def _relation(case: Case, one: Case) -> str:
    if one.pk == case.parent_id:
        return "parent"
    if one.pk == case.lead_id:
        return "lead"
    return "child" if one.parent_id == case.pk else "duplicate"


def _columns(case: Case, *, own: bool, plain: bool) -> dict[str, Any]:
    place = nodes().get(case.division_id or 0)
    return {
        "number": case.number,
        "title": case.title,
        "scenario": case.scenario,
        "procedure": case.procedure,
        "stage": case.stage,
        "stage_title": present.stage_title(case, plain=plain),
        "open": case.closed_at is None,
        "category": _category(case),
        "division": shapes.Named(code=place.code, name=place.name) if place else None,
        "office": office(case.office_id) if own else None,
        "waiting_for": case.party or None,
        "opened_at": case.opened_at,
        "answered_at": case.answered_at,
        "closed_at": case.closed_at,
        "due_at": case.due_at if own else None,
        "overdue": case.overdue,
        "lon": case.lon,
        "lat": case.lat,
        # whoever writes a telephone number into an address meant it for the office
        "address": (case.address if own else redact(case.address)) or None,
        "outside": case.outside,
        "public": case.public,
        "returns": case.returns,
        "reopened": case.reopened,
        "rating": case.rating,
        "joined": case.joined,
        "seq": case.seq,
        "url": case_url(case.number),
    }


def _category(case: Case) -> shapes.Named | None:
    if not case.category:
        return None
    name = directory().names.get((case.scenario, case.category), case.category)
    return shapes.Named(code=case.category, name=name)


def office(office_id: int | None) -> shapes.Named | None:
    """An office by code and name; no query when warm."""
    node = offices().nodes.get(office_id or 0)
    return shapes.Named(code=node.code, name=node.name) if node else None


def steps(case: Case, actor: Actor) -> list[shapes.StepOut]:
    """The timeline as this reader may see it."""
    return [
        shapes.StepOut(
            seq=one.seq,
            at=one.at,
            action=one.action,
            title=one.title,
            who=one.who,
            stage=one.stage,
            fields=[shapes.FieldText(label=label, text=text) for label, text in one.fields],
            personal=[shapes.PersonalOut(label=p.label, masked=p.masked) for p in one.personal],
            files=one.files,
            why=one.why,
            made_at=one.made_at,
        )
        for one in present.timeline(case, actor)
    ]


def scenario_title(name: str) -> str:
    found = registry.scenarios().get(name)
    return _(found.title) if found else name
