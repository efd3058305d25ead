"""The step that tells what another system says of a case: a standing action, taken by that system's own account."""

from __future__ import annotations

from zhili.base.procedure import Party
from zhili.base.standing import Standing, unfinished
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Participation
from zhili.core.exchange.models import Peer, PeerRequest
from zhili.core.exchange.open311.accepting import alone
from zhili.core.forms import Choice, Form, LongText, Text

PARTNER = "partner"
STATUSES = (("sent", "已送达"), ("open", "办理中"), ("closed", "已办结"))
NOTE_MOST = 1000


class PartnerWord(Form):
    """What the other system says. Its own number of the matter stands in it, so that either side can be asked."""

    system = Text("协作系统", required=True, max_length=80, public=True)
    number = Text("对方编号", max_length=100, public=True)
    status = Choice("对方状态", choices=STATUSES, required=True, public=True)
    note = LongText("对方说明", max_length=NOTE_MOST, public=True)


PARTNER_WORD = Standing(
    "partner_word",
    "协作系统进展",
    stages=unfinished,
    by=Party(PARTNER),
    form=PartnerWord,
    plain="协作系统有新的进展",
)


def note(peer: Peer, request: PeerRequest, case: Case, status: str, words: str) -> bool:
    """Write it down; whether it could be: a matter that is over takes no more steps. A repeat is harmless."""
    Participation.objects.get_or_create(case=case, role=PARTNER, account_id=peer.account_id, office_id=None)
    data = {"system": peer.title, "number": request.remote_id, "status": status, "note": words[:NOTE_MOST]}
    key = f"open311/word/{request.pk}/{status}/{request.updated}"
    try:
        doors.act(case.pk, PARTNER_WORD.name, alone(peer.account), data, key=key)
    except Refused:
        return False
    return True
