"""Who drafts, confirms and ends tables: managers of departments and of the city, for their own and below."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.deputies import MANAGERS
from zhili.core.people.offices import tree
from zhili.core.tables.models import TableVersion


def may_draft(actor: Actor) -> bool:
    """Whether an actor may draft tables at all: 单位管理 or 审签 of a department or of the city's general office."""
    if actor.kind != "post" or not actor.roles & MANAGERS:
        return False
    node = tree().nodes.get(actor.office_id or 0)
    return node is not None and (node.kind == "department" or managing.second_person(actor))


def may_keep(actor: Actor, office_id: int | None) -> bool:
    """Whether a table of an office is an actor's to draft anew, confirm or end: its own office's or one's below.

    What belongs to no office yet (brought in from a file) is for whoever may draft."""
    if not may_draft(actor):
        return False
    return office_id is None or any(node.id == actor.office_id for node in tree().chain(office_id))


def check_keep(actor: Actor, office_id: int | None) -> None:
    """Raises PermissionDenied, in words."""
    if not may_keep(actor, office_id):
        raise PermissionDenied(_("判定表由拟定单位或上级单位的管理员、审签人办理。"))


def may_confirm(actor: Actor, version: TableVersion) -> bool:
    """Whether an actor may be the second person for a draft."""
    return may_keep(actor, version.office_id) and actor.account_id != version.drafted_by
