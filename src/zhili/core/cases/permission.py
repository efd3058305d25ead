"""Who may act on a case, decided in one place for pages, API and tests alike."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhili.base.procedure import Above, Action, Anyone, By, Clock, Holder, Party, Referring, Role
from zhili.core.cases import query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Participation
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices


def may_open(action: Action, actor: Actor) -> bool:
    """Whether an actor may begin a case this way. No query."""
    return any(_opens(who, actor) for who in action.by)


def _opens(who: By, actor: Actor) -> bool:
    match who:
        case Anyone():
            return actor.kind in ("anonymous", "account", "post")
        case Role(roles=roles) | Holder(roles=roles):
            return actor.kind == "post" and (not roles or bool(actor.roles & set(roles)))
        case Party():
            return actor.kind == "account"
    return False


def may(action: Action, case: Case, actor: Actor, *, seen: bool | None = None) -> bool:
    """Whether an actor may take an action on a case, its stage apart. At most two queries, none for its holder.

    ``seen``: that they may see the case is known already.
    """
    return any(_allows(who, action, case, actor, seen) for who in action.by)


def _allows(who: By, action: Action, case: Case, actor: Actor, seen: bool | None) -> bool:
    match who:
        case Holder(roles=roles):
            mine = actor.kind == "post" and actor.office_id is not None and actor.office_id == case.office_id
            return mine and (not roles or bool(actor.roles & set(roles)))
        case Role(roles=roles):
            in_role = actor.kind == "post" and bool(actor.roles & set(roles))
            return in_role and (query.sees(actor, case) if seen is None else seen)
        case Above(roles=roles):
            over = {node.id for node in offices().chain(case.office_id or 0)[1:]}
            return _is_post_of(actor, over, roles)
        case Referring(roles=roles):
            theirs = case.parent.office_id if case.parent is not None else None
            return theirs is not None and _is_post_of(actor, {theirs}, roles)
        case Party(name=name):
            return _is_party(name, action, case, actor)
        case Clock():
            return actor.kind == "clock"
    return False


def _is_post_of(actor: Actor, offices_: set[int], roles: tuple[str, ...]) -> bool:
    if actor.kind != "post" or actor.office_id not in offices_:
        return False
    return not roles or bool(actor.roles & set(roles))


def _is_party(name: str, action: Action, case: Case, actor: Actor) -> bool:
    if actor.kind == "grant":
        named = actor.grant_case == case.pk and actor.grant_party == name
        return named and (not actor.grant_actions or action.name in actor.grant_actions)
    if actor.account_id is None:
        return False
    if name == "reporter" and case.opener_id == actor.account_id:
        return True
    return Participation.objects.filter(case=case, account_id=actor.account_id, role=name).exists()


def refuse_unless_seen(case: Case | None, actor: Actor) -> Case:
    """The case, if the actor may see it; else the same 404 as if there were none."""
    if case is None or not query.sees(actor, case):
        raise Refused("no_case", _("没有找到这件事项，或您无权查看。请核对编号；匿名上报请带上查询码。"), 404)
    return case
