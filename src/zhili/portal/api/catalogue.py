"""What a program needs to know of this site: its procedures and their forms, its categories, and who it is
itself."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from zhili.base.procedure import Opening, Procedure
from zhili.core.cases import permission, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.people.actors import Actor, posts_of
from zhili.core.people.models import Account
from zhili.core.people.offices import Node, tree
from zhili.core.places.tree import nodes, subtree
from zhili.portal.api import shapes, showing
from zhili.portal.api.asking import account_of, actor_of, refuse_unknown
from zhili.portal.api.cases import division

router = Router(tags=["catalogue"])


class WantedOffices(Schema):
    """Which offices. Conditions add up."""

    division: str | None = Field(None, max_length=20, description="12-digit code; all below it included")
    level: Literal["grid", "village", "town", "county", "city"] | None = None
    kind: Literal["general", "department", "hotline", "arbiter"] | None = None
    q: str | None = Field(None, max_length=100, description="words of the name, or how the code begins")
    limit: int = Field(100, ge=1, le=1000)


@router.get(
    "/procedures",
    response=list[shapes.ProcedureOut],
    summary="Kinds of cases",
    operation_id="list_procedures",
)
def procedures(request: HttpRequest) -> list[shapes.ProcedureOut]:
    """Each kind of case: stages, ways to begin, actions; every form as JSON Schema."""
    actor = actor_of(request)
    return [described(one, actor) for one in registry.procedures().values()]


@router.get(
    "/procedures/{procedure}", response=shapes.ProcedureOut, summary="One kind", operation_id="read_procedure"
)
def procedure(request: HttpRequest, procedure: str) -> shapes.ProcedureOut:
    """One kind of case."""
    actor = actor_of(request)
    found = registry.procedure(procedure)
    if found is None:
        raise Refused("no_procedure", _("没有这种事项：%(name)s") % {"name": procedure[:80]}, 404)
    return described(found, actor)


@router.get(
    "/categories", response=list[shapes.CategoryOut], summary="Categories", operation_id="list_categories"
)
def categories(request: HttpRequest, scenario: str | None = None) -> list[shapes.CategoryOut]:
    """What cases may be about, parents before or after their children; leaves are what forms take."""
    actor_of(request)
    book = directory()
    return [
        shapes.CategoryOut(
            scenario=one,
            code=code,
            parent=book.parents.get((one, code)) or None,
            name=name,
            public=book.public.get((one, code), True),
        )
        for (one, code), name in book.names.items()
        if scenario in (None, one)
    ]


@router.get("/offices", response=list[shapes.OfficeOut], summary="Offices", operation_id="list_offices")
def offices(request: HttpRequest, wanted: Query[WantedOffices]) -> list[shapes.OfficeOut]:
    """Offices in force, by code, for whoever has an account: what a form's office field takes is their `id`."""
    refuse_unknown(request, WantedOffices.model_fields)
    account_of(request)
    below = subtree(division(wanted.division)) if wanted.division is not None else None
    words = (wanted.q or "").strip()
    found = [
        one
        for one in tree().nodes.values()
        if one.in_force
        and (wanted.level is None or one.level == wanted.level)
        and (wanted.kind is None or one.kind == wanted.kind)
        and (below is None or one.division_id in below)
        and (not words or words in one.name or one.code.startswith(words))
    ]
    return [_office(one) for one in sorted(found, key=lambda one: one.code)[: wanted.limit]]


@router.get("/me", response=shapes.Me, summary="Who asks", operation_id="me")
def me(request: HttpRequest) -> shapes.Me:
    """The account, post, or grant this request acts as; kind "anonymous" for a stranger."""
    actor = actor_of(request)
    account = Account.objects.filter(pk=actor.account_id).first() if actor.account_id else None
    seats = posts_of(account) if account and actor.kind != "grant" else []
    case = Case.objects.filter(pk=actor.grant_case).first() if actor.grant_case is not None else None
    return shapes.Me(
        kind=actor.kind,
        label=_(actor.label) if actor.kind == "anonymous" else actor.label,
        post=actor.id if actor.kind == "post" else None,
        roles=sorted(actor.roles),
        office=showing.office(actor.office_id),
        level=actor.office_level,
        posts=[shapes.PostOut(id=seat.post_id, label=seat.label, deputy=seat.deputy) for seat in seats],
        case=case.number if case else None,
    )


def _office(one: Node) -> shapes.OfficeOut:
    place = nodes().get(one.division_id)
    return shapes.OfficeOut(
        id=one.id,
        code=one.code,
        name=one.name,
        level=one.level,
        kind=one.kind,
        division=shapes.Named(code=place.code, name=place.name) if place else None,
    )


def described(one: type[Procedure], actor: Actor) -> shapes.ProcedureOut:
    """A procedure as the asker may use it."""
    return shapes.ProcedureOut(
        name=one.full_name(),
        title=_(one.title),
        scenario=one.scenario,
        scenario_title=showing.scenario_title(one.scenario),
        stages=[
            shapes.StageOut(name=s.name, title=_(s.title), plain=_(s.plain), final=s.final)
            for s in one.stages.values()
        ],
        openings=[_opening(one, opening, actor) for opening in one.openings.values()],
        actions=[
            shapes.ActionOut(
                name=a.name,
                title=_(a.title),
                sources=[s.name for s in a.move.sources],
                target=a.move.target.name if a.move.target else None,
                form=a.form.schema() if a.form else None,
            )
            for a in one.actions.values()
        ],
    )


def _opening(one: type[Procedure], opening: Opening, actor: Actor) -> shapes.OpeningOut:
    return shapes.OpeningOut(
        name=opening.name,
        title=_(opening.title),
        url=f"{showing.ROOT}/cases/{one.full_name()}/{opening.name}",
        allowed=permission.may_open(opening, actor),
        form=opening.form.schema() if opening.form else None,
    )
