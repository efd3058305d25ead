"""Who sees the register and who writes in it: posts, each as far as its office reaches on the ground."""

from __future__ import annotations

from typing import Final, NoReturn

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers.models import Firm, Premises

READERS: Final = frozenset({"grid", "handler", "leader", "commander", "auditor", "admin"})
WRITERS: Final = frozenset({"handler", "leader", "admin"})
OPENERS: Final = frozenset({"handler", "leader"})


def may_read(actor: Actor) -> bool:
    return actor.kind == "post" and bool(actor.roles & READERS)


def may_write(actor: Actor) -> bool:
    return actor.kind == "post" and bool(actor.roles & WRITERS)


def may_import(actor: Actor) -> bool:
    """Whole files: an administrator of an office, as far as that reaches."""
    return actor.kind == "post" and "admin" in actor.roles


def may_open(actor: Actor) -> bool:
    """Personal values of who runs a firm, each with a purpose."""
    return actor.kind == "post" and bool(actor.roles & OPENERS)


def everywhere(actor: Actor) -> bool:
    """Whether an actor's office stands for the whole city."""
    return actor.division_id is not None and tree.node(actor.division_id).level in ("city", "province")


def covers(actor: Actor, division_id: int | None) -> bool:
    """Whether a place lies where the actor's office reaches; what has no place is the city's."""
    if actor.division_id is None:
        return False
    if everywhere(actor):
        return True
    return division_id is not None and tree.subtree(actor.division_id).filter(descendant=division_id).exists()


def premises(actor: Actor) -> QuerySet[Premises]:
    """Those an actor may see. Raises nothing; none for whoever may not read."""
    if not may_read(actor) or actor.division_id is None:
        return Premises.objects.none()
    if everywhere(actor):
        return Premises.objects.all()
    return Premises.objects.filter(division__in=tree.subtree(actor.division_id))


def firms(actor: Actor) -> QuerySet[Firm]:
    """Those an actor may see: registered where its office reaches, or with premises there."""
    if not may_read(actor) or actor.division_id is None:
        return Firm.objects.none()
    if everywhere(actor):
        return Firm.objects.all()
    there = tree.subtree(actor.division_id)
    local = Premises.objects.filter(firm=OuterRef("pk"), division__in=there)
    return Firm.objects.filter(Q(division__in=there) | Exists(local))


def check_write(actor: Actor, *divisions: int | None) -> None:
    """Raises PermissionDenied, in words."""
    if not may_write(actor) or not all(covers(actor, one) for one in divisions):
        raise PermissionDenied(_("登记由所在地的办事机构改。"))


def refuse_opening() -> NoReturn:
    """Raises PermissionDenied, in words."""
    raise PermissionDenied(_("经营者的个人信息由管辖它的承办人员说明用途后查看。"))
