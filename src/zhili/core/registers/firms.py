"""Firms: found by code, name or phone; saved with a leaf; who runs one opened only with a purpose."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, check_uscc
from zhili.base.text import fold
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.registers import keeping, rights
from zhili.core.registers.given import GivenFirm, Wrong, check_firm
from zhili.core.registers.models import Firm
from zhili.core.registers.telling import FIRM, SEALED
from zhili.core.trail import changes

LONGEST_QUERY: Final = 100


class Refused(ValueError):
    """What was told cannot be taken; ``wrong`` says which fields and why."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__("；".join(one.words for one in wrong))
        self.wrong = wrong


def find(text: str, actor: Actor) -> QuerySet[Firm]:
    """Firms an actor may see whose code begins so, whose shown name holds it, or whose phone or identity number it is.

    "" finds all. By name, in order of code. Personal values are found whole or not at all, and without opening any.
    """
    found = rights.firms(actor).order_by("code")
    text = text.strip()[:LONGEST_QUERY]
    if not text:
        return found
    asked = Q(name__icontains=text)
    if (code := fold(text).upper()).isascii() and code.isalnum():
        asked |= Q(code__startswith=code)
        if rights.may_open(actor) and (same := _personal(text)):
            asked |= Q(phone__in=same) | Q(identity__in=same)
    return found.filter(asked)


def get(code: str) -> Firm:
    """The firm of this code, however it is written. Firm.DoesNotExist when none is."""
    try:
        return Firm.objects.get(code=check_uscc(code))
    except CodeError:
        raise Firm.DoesNotExist(code) from None


def save(
    given: GivenFirm, actor: Actor, *, seen: int | None = None, reason: str = "", source: str = ""
) -> Firm:
    """Add or change a firm; its record and leaf with it. Raises Refused, PermissionDenied, changes.Overtaken."""
    given, wrong = check_firm(given)
    if wrong:
        raise Refused(wrong)
    with transaction.atomic():
        keeping.hold()
        former = Firm.objects.filter(code=given.code).first()
        rights.check_write(actor, given.division_id, *([former.division_id] if former else []))
        if former is not None:
            changes.begin(FIRM, former.pk, seen)
        keeping.keep_firms([given], actor, source=source or _("手工登记"), reason=reason)
        return Firm.objects.get(code=given.code)


def masked(firm: Firm) -> dict[str, str]:
    """What may be shown of who runs it, by column; those that are there. One query."""
    ids = {column: one for column in SEALED if (one := getattr(firm, f"{column}_id")) is not None}
    if not ids:
        return {}
    shown = secrets.masked(ids.values())
    return {column: shown.get(one, "") for column, one in ids.items()}


def open_personal(firm: Firm, column: str, actor: Actor, purpose: str) -> str:
    """One personal value, kept in the trail first. Raises PermissionDenied; ValueError without a purpose."""
    if not rights.may_open(actor) or not rights.firms(actor).filter(pk=firm.pk).exists():
        rights.refuse_opening()
    if column not in SEALED:
        raise KeyError(column)
    secret: UUID | None = getattr(firm, f"{column}_id")
    opened = secrets.open_many([secret], actor, purpose) if secret is not None else {}
    return next(iter(opened.values()), "")


def _personal(text: str) -> list[UUID]:
    if sum(letter.isdigit() for letter in text) < 7:
        return []
    return [*secrets.find("phone", text), *secrets.find("citizen_id", text)]
