"""What a program needs to know of this site: its procedures and their forms, its categories, and who it is
itself."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from zhili.base.procedure import Opening, Procedure
from zhili.core.cases import permission, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.routing import directory
from zhili.core.people.actors import Actor, posts_of
from zhili.core.people.models import Account
from zhili.portal.api import shapes, showing
from zhili.portal.api.asking import actor_of

router = Router(tags=["catalogue"])


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
