"""Triage for programs: a suggested category, and likely duplicates before and after a report is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from zhili.base.geo import PlaceError, Point
from zhili.core.cases import present, registry
from zhili.core.cases.models import Case
from zhili.core.cases.present import Offer
from zhili.core.cases.triage import similar, suggesting
from zhili.core.cases.triage.examples import asks_category
from zhili.core.people.actors import Actor
from zhili.portal.api import shapes, showing
from zhili.portal.api.asking import actor_of, body_of
from zhili.portal.api.problems import Problem

router = Router(tags=["triage"])
FIELDS = ("scenario", "text", "lon", "lat")


@router.post(
    "/public/similar",
    response=shapes.SimilarPage,
    summary="Matters like one about to be reported",
    operation_id="public_similar",
)
def before_reporting(request: HttpRequest) -> shapes.SimilarPage:
    """Body: `{"scenario": "citizen_reports", "text": "…", "lon": 120.7, "lat": 30.7}`. Public matters only; what
    is sent is kept nowhere."""
    actor_of(request)
    scenario, text, at = _told(body_of(request))
    return listed(similar.for_reporter(scenario, text, at.lon, at.lat), plain=True)


def _told(body: dict[str, Any]) -> tuple[str, str, Point]:
    """Raises Problem (422) naming what does not fit."""
    errors = {name[:64]: [_("没有这一项。")] for name in sorted(set(body) - set(FIELDS))[:20]}
    scenario, text = body.get("scenario"), body.get("text")
    if not isinstance(scenario, str) or scenario not in registry.scenarios():
        errors["scenario"] = [_("没有这个场景。")]
    if not isinstance(text, str) or not text.strip():
        errors["text"] = [_("请写明发生了什么。")]
    at = None
    try:
        at = Point.parse(body.get("lon"), body.get("lat"))
    except PlaceError as error:
        errors["lon"] = [_(str(error))]
    if errors or at is None or not isinstance(scenario, str) or not isinstance(text, str):
        raise Problem(422, "form", _("请按各项的说明改正后再提交；内容没有保存。"), errors=errors)
    return scenario, text, at


def listed(found: Iterable[similar.Similar], *, plain: bool) -> shapes.SimilarPage:
    """Likely duplicates as an answer; ``plain``: stages in a resident's words."""
    return shapes.SimilarPage(
        items=[
            shapes.SimilarOut(
                number=one.case.number,
                title=one.case.title,
                stage_title=present.stage_title(one.case, plain=plain),
                open=one.case.closed_at is None,
                opened_at=one.case.opened_at,
                metres=int(round(one.metres, -1)),
                why=one.why,
                url=showing.case_url(one.case.number),
            )
            for one in found
        ]
    )


def suggested(case: Case, actor: Actor, offers: Iterable[Offer]) -> shapes.SuggestionOut | None:
    """For a post that may decide the category now. No query without a model."""
    actions = registry.procedures()[case.procedure].actions
    if actor.kind != "post" or not any(asks_category(actions[offer.name]) for offer in offers):
        return None
    found = suggesting.for_case(case)
    if found is None:
        return None
    named = shapes.Named(code=found.category, name=found.name)
    return shapes.SuggestionOut(category=named, confidence=round(found.confidence, 3), why=found.why)
