"""更正 (个人信息保护法 46): a person puts right what they gave. The former value is destroyed, its proof stands."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import doors, holds
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.core.personal import mine
from zhili.core.personal.mine import Held
from zhili.core.personal.models import Wanted, Wish, WishState

UNDER: Final = "本人更正 个人信息保护法第四十六条"
MAY: Final = frozenset({"name", "phone", "citizen_id", "address", "email"})


def find(secret_id: UUID, actor: Actor) -> Held:
    """The value to put right. Raises Refused (404, 409) for one that is not theirs, or that cannot be."""
    found = next((one for one in mine.held(actor) if one.id == secret_id), None)
    if found is None:
        raise Refused("no_secret", _("没有这项信息"), 404)
    if found.gone:
        raise Refused("gone", _("这项信息已经更正或清除。"), 409)
    if found.case is None or found.secret.kind not in MAY:
        raise Refused(
            "elsewhere", _("这项不在这里更正：手机号在“账号与登录”里换，说明的内容请在事项里补充。"), 409
        )
    return found


def correct(secret_id: UUID, plain: str, actor: Actor) -> Secret:
    """Raises Refused as ``find``, and 409 for what a legal hold keeps as it is. ``plain`` has passed its form."""
    with transaction.atomic():
        held = find(secret_id, actor)
        assert held.case is not None
        case = Case.objects.select_for_update().get(pk=held.case.pk)
        if holds.held([case.pk]):
            raise Refused("held", _("这件事依法留存，现在不能更正；可以在事项里补充说明。"), 409)
        former = Secret.objects.select_for_update().get(pk=secret_id)
        if former.erased_at is not None:
            raise Refused("gone", _("这项信息已经更正或清除。"), 409)
        row = secrets.correct(former, plain, UNDER)
        where = CaseSecret.objects.get(case=case, secret_id=secret_id)
        CaseSecret.objects.create(case=case, secret_id=row.id, field=where.field, step_seq=where.step_seq)
        now = timezone.now()
        Wish.objects.create(
            account_id=actor.account_id or 0, wanted=Wanted.CORRECT, state=WishState.DONE, done_at=now,
            outcome={"case": case.number, "kind": former.kind},
        )  # fmt: skip
        private = {
            "account": actor.account_id,
            "former": str(secret_id),
            "now": str(row.id),
            "hash": row.hash,
        }
        doors.record("data_corrected", actor, {"kind": former.kind}, private)
    return Secret.objects.get(pk=row.id)
