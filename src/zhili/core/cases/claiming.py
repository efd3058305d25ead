"""加到我的事: a report made without an account, linked to one by whoever holds its code.

The account then has the part in the matter that the code gives, and the code goes on as before. The leaf says that
the matter was linked, not to whom.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Participation
from zhili.core.people import grants
from zhili.core.people.actors import Actor


def claim(number: str, code: str, actor: Actor) -> Case:
    """Link a matter to the actor's account; a repeat changes nothing.

    Raises Refused: 403 for whoever has no account of their own, 422 when number and code do not belong together.
    """
    if actor.kind != "account" or actor.account_id is None:
        raise Refused("no_account", _("请先用个人身份登录，再加到“我的事”。"), 403)
    granted = grants.resolve(code) if code else None
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(number=number).first()
        if case is None or granted is None or granted.grant_case != case.pk or granted.grant_actions:
            raise Refused("no_match", _("编号和查询码对不上，请核对后再试。"), 422)
        if case.opener_id == actor.account_id:
            return case
        _row, made = Participation.objects.get_or_create(
            case=case, role=granted.grant_party or "reporter", office_id=None, account_id=actor.account_id
        )
        if made:
            doors.record("claimed", actor, {"case": case.number}, {"account": actor.account_id})
    return case
