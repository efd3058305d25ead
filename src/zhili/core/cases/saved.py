"""Ways of looking at the inbox that somebody named, per account and post. A convenience: not part of the record."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhili.core.cases.models import SavedList
from zhili.core.people.actors import Actor

MOST = 12
LONGEST = 20


class NotSaved(ValueError):
    """Why a list was not kept, in words."""


def of(actor: Actor) -> list[SavedList]:
    """The actor's own in this post, in the order they were made. One query."""
    return list(_mine(actor).order_by("id"))


def _mine(actor: Actor) -> QuerySet[SavedList]:
    if actor.kind != "post" or actor.account_id is None or actor.id is None:
        return SavedList.objects.none()
    return SavedList.objects.filter(account_id=actor.account_id, post_id=actor.id)


def keep(actor: Actor, name: str, query: str) -> SavedList:
    """Keep a query string under a name. Raises NotSaved."""
    name = _named(name)
    if actor.account_id is None or actor.id is None:
        raise NotSaved(_("请先登录，并选定岗位。"))
    if _mine(actor).count() >= MOST:
        raise NotSaved(_("最多存 %(n)s 个，请先删去不用的。") % {"n": MOST})
    if len(query) > 400:
        raise NotSaved(_("条件太长，存不下。"))
    try:
        with transaction.atomic():
            return SavedList.objects.create(
                account_id=actor.account_id, post_id=actor.id, name=name, query=query
            )
    except IntegrityError as error:
        raise NotSaved(_("已经有叫“%(name)s”的了，请换个名字。") % {"name": name}) from error


def rename(actor: Actor, saved: int, name: str) -> None:
    """Raises NotSaved."""
    try:
        with transaction.atomic():
            _mine(actor).filter(pk=saved).update(name=_named(name))
    except IntegrityError as error:
        raise NotSaved(_("已经有叫“%(name)s”的了，请换个名字。") % {"name": name}) from error


def put_first(actor: Actor, saved: int | None) -> None:
    """Show this one when the desk is opened; None: the whole inbox again."""
    with transaction.atomic():
        _mine(actor).filter(first=True).update(first=False)
        if saved is not None:
            _mine(actor).filter(pk=saved).update(first=True)


def drop(actor: Actor, saved: int) -> None:
    _mine(actor).filter(pk=saved).delete()


def _named(name: str) -> str:
    kept = " ".join(name.replace("\x00", "").split())[:LONGEST]
    if not kept:
        raise NotSaved(_("请写个名称。"))
    return kept
