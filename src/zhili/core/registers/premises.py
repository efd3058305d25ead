"""Premises: found by name, address, number or firm; saved with a leaf."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhili.base.text import fold
from zhili.core.people.actors import Actor
from zhili.core.registers import keeping, rights
from zhili.core.registers.firms import LONGEST_QUERY, Refused
from zhili.core.registers.given import GivenPremises, Wrong, check_premises
from zhili.core.registers.keeping import NoFirm
from zhili.core.registers.models import Premises
from zhili.core.registers.telling import PREMISES
from zhili.core.trail import changes


def find(text: str, actor: Actor) -> QuerySet[Premises]:
    """Premises an actor may see with this in their shown name or address, or as number or firm's code. In order of id.

    "" finds all.
    """
    found = rights.premises(actor).select_related("firm", "division").order_by("pk")
    text = text.strip()[:LONGEST_QUERY]
    if not text:
        return found
    asked = Q(name__icontains=text) | Q(address__icontains=text)
    if (code := fold(text).upper()).isascii():
        asked |= (
            Q(code__startswith=code) | Q(firm__code__startswith=code) | Q(licence_number__startswith=code)
        )
    return found.filter(asked)


def get(code: str) -> Premises:
    """The premises of this number. Premises.DoesNotExist when none are."""
    return Premises.objects.select_related("firm", "division").get(code=fold(code).upper())


def save(
    given: GivenPremises, actor: Actor, *, seen: int | None = None, reason: str = "", source: str = ""
) -> Premises:
    """Add or change premises; record and leaf with it. Raises Refused, PermissionDenied, changes.Overtaken."""
    given, wrong = check_premises(given)
    if wrong:
        raise Refused(wrong)
    with transaction.atomic():
        keeping.hold()
        former = Premises.objects.filter(code=given.code).first()
        rights.check_write(actor, given.division_id, *([former.division_id] if former else []))
        if former is not None:
            changes.begin(PREMISES, former.pk, seen)
        try:
            keeping.keep_premises([given], actor, source=source or _("手工登记"), reason=reason)
        except NoFirm:
            raise Refused([Wrong("firm_code", _("登记里没有这个市场主体，请先登记它"))]) from None
        return Premises.objects.get(code=given.code)
