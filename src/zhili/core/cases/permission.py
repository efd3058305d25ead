"""Who may act on a case, decided in one place for pages, API and tests alike."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from django.utils.translation import gettext as _

from zhili.base.procedure import (
    Above,
    Action,
    Anyone,
    By,
    Clock,
    Had,
    Holder,
    Keep,
    Party,
    Referred,
    Referring,
    Role,
    Rule,
    Site,
)
from zhili.core.cases import query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Participation, Step
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices

SITE = "site"
"""The part another city's site has in a case, by its machine account."""


def may_open(action: Action, actor: Actor) -> bool:
    """Whether an actor may begin a case this way. No query."""
    return any(_opens(who, actor) for who in action.by)


def _opens(who: By, actor: Actor) -> bool:
    match who:
        case Anyone():
            return actor.kind in ("anonymous", "account", "post", "site")
        case Referred():
            return actor.kind == "site"  # whatever refers it lives there
        case Role(roles=roles) | Holder(roles=roles):
            return actor.kind == "post" and (not roles or bool(actor.roles & set(roles)))
        case Party():
            return actor.kind == "account"
        case Rule():
            return actor.kind == "rule"
        case Site():
            return actor.kind == "site"
    return False


class Stand:
    """How an actor stands to a case: asked once for all its actions. At most two queries, none for its holder."""

    def __init__(self, case: Case, actor: Actor) -> None:
        self.case = case
        self.actor = actor

    @cached_property
    def sees(self) -> bool:
        return query.sees(self.actor, self.case)

    @cached_property
    def over(self) -> frozenset[int]:
        """The offices above the one that holds it."""
        return frozenset(node.id for node in offices().chain(self.case.office_id or 0)[1:])

    @cached_property
    def had(self) -> bool:
        """Whether the actor's office has the case or had it before."""
        if self.actor.office_id is None:
            return False
        if self.actor.office_id == self.case.office_id:
            return True
        mine = Participation.objects.filter(case=self.case, office_id=self.actor.office_id, role="office")
        return mine.exists()

    def took_last(self, actions: Collection[str]) -> bool:
        """Whether the actor's account took the last step of any of these actions. One query."""
        if self.actor.account_id is None:
            return False
        steps = Step.objects.filter(case=self.case, action__in=list(actions)).order_by("action", "-seq")
        last = steps.distinct("action").values_list("account_id", flat=True)
        return self.actor.account_id in set(last)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The parts the actor's account has in it."""
        if self.actor.account_id is None:
            return frozenset()
        mine = Participation.objects.filter(case=self.case, account_id=self.actor.account_id)
        own = {"reporter"} if self.case.opener_id == self.actor.account_id else set()
        return frozenset(own | set(mine.values_list("role", flat=True)))


def may(action: Action, case: Case, actor: Actor, *, stand: Stand | None = None) -> bool:
    """Whether an actor may take an action on a case, its stage apart. ``stand`` is shared when several are asked."""
    known = stand or Stand(case, actor)
    if not any(_allows(who, action, known) for who in action.by):
        return False
    return not (action.not_who and known.took_last(action.not_who))


def needs_another(action: Action, case: Case, actor: Actor) -> bool:
    """Whether an actor may not take an action for one reason only: the step it answers was their own."""
    known = Stand(case, actor)
    entitled = any(_allows(who, action, known) for who in action.by)
    return bool(action.not_who) and entitled and known.took_last(action.not_who)


def may_as_holder(action: Action, actor: Actor) -> bool:
    """Whether a post may take an action on what its own office holds. No query: of any such case, not of one."""
    if actor.kind != "post":
        return False
    kinds = [who for who in action.by if isinstance(who, Holder | Had)]
    return any(not who.roles or bool(actor.roles & set(who.roles)) for who in kinds)


def keeps_holder(action: Action) -> bool:
    """Whether the office that has a case surely has it after the action, too."""
    if action.hands is not None:
        return isinstance(action.hands, Keep)
    target = action.move.target
    return target is None or (not target.final and isinstance(target.owner, Keep))


def _allows(who: By, action: Action, stand: Stand) -> bool:
    case, actor = stand.case, stand.actor
    match who:
        case Holder(roles=roles):
            return case.office_id is not None and _is_post_of(actor, {case.office_id}, roles)
        case Had(roles=roles):
            if actor.kind != "post" or (roles and not actor.roles & set(roles)):
                return False
            return stand.had
        case Role(roles=roles):
            return actor.kind == "post" and bool(actor.roles & set(roles)) and stand.sees
        case Above(roles=roles):
            return _is_post_of(actor, stand.over, roles)
        case Referring(roles=roles):
            theirs = case.parent.office_id if case.parent is not None else None
            return theirs is not None and _is_post_of(actor, {theirs}, roles)
        case Party(name=name):
            return _is_party(name, action, stand)
        case Clock():
            return actor.kind == "clock"
        case Rule():
            return actor.kind == "rule"
        case Site():
            return actor.kind == "site" and SITE in stand.roles
    return False


def _is_post_of(actor: Actor, these: Collection[int], roles: tuple[str, ...]) -> bool:
    if actor.kind != "post" or actor.office_id not in these:
        return False
    return not roles or bool(actor.roles & set(roles))


def _is_party(name: str, action: Action, stand: Stand) -> bool:
    actor = stand.actor
    if actor.kind == "grant":
        named = actor.grant_case == stand.case.pk and actor.grant_party == name
        return named and (not actor.grant_actions or action.name in actor.grant_actions)
    if name == "reporter" and actor.account_id is not None and stand.case.opener_id == actor.account_id:
        return True
    return name in stand.roles


def refuse_unless_seen(case: Case | None, actor: Actor) -> Case:
    """The case, if the actor may see it; else the same 404 as if there were none."""
    if case is None or not query.sees(actor, case):
        raise Refused("no_case", _("没有找到这件事项，或您无权查看。请核对编号；匿名上报请带上查询码。"), 404)
    return case
