"""Messages into cases. ``receiving`` has verified, ordered and locked; here each becomes one step, or is refused.

Runs inside the caller's transaction, a savepoint around each message. No network. Errors name the field at fault with
its path in the message, as ``body.category``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.exchange.wire import Message, WireError
from zhili.base.text import redact
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused, Stale
from zhili.core.cases.models import Step
from zhili.core.exchange.handover import standing
from zhili.core.exchange.models import Direction, Link, Outgoing, RemoteSite
from zhili.core.exchange.sites import files, opening
from zhili.core.forms import WHOLE_FORM, FormErrors
from zhili.core.people.actors import Actor

WAITING, ACCEPTED, REFUSED, RETURNED, WITHDRAWN, CLOSED = (
    "waiting", "accepted", "refused", "returned", "withdrawn", "closed",
)  # fmt: skip
OVER: Final = frozenset({REFUSED, RETURNED, WITHDRAWN, CLOSED})
STATE_AFTER: Final = {
    "hand_over": WAITING,
    "accept": ACCEPTED,
    "refuse": REFUSED,
    "return": RETURNED,
    "close": CLOSED,
    "withdraw": WITHDRAWN,
}
STEPS: Final = {"accept": "accept", "progress": "progress", "refuse": "refuse", "return": "give_back"}
"""What each message of theirs is on our child."""


def actor_of(site: RemoteSite) -> Actor:
    """Who acts for another site here: its machine account, in the office that holds what comes from there."""
    return Actor(
        kind="site", id=site.pk, account_id=site.account_id, office_id=site.office_id, label=site.title
    )


def apply(link: Link, message: Message, site: RemoteSite) -> None:
    """Take one message of a matter, in its order. Saves the link's case, agreement, state and number.

    Raises WireError: no_agreement, agreement_differs, field_not_agreed, mapping (field), wrong_kind, wrong_stage;
    then the caller rolls back to before it.
    """
    incoming = link.way == Direction.IN
    if message.kind == "hand_over":
        if not incoming or link.case_id is not None:
            raise WireError("wrong_kind", "this matter was opened already", "kind")
        handed_over(link, message, site)
        return
    if link.case_id is None:
        raise WireError("unknown_stream", "no such matter here")
    take = _of_opener if incoming else _of_other
    try:
        take(link, message, site)
    except Stale as error:
        raise WireError("wrong_stage", error.message[:500]) from None
    except FormErrors as error:
        raise _mapping(error) from None
    except Refused as error:
        raise WireError("wrong_stage", error.message[:500]) from None
    if after := STATE_AFTER.get(message.kind):
        link.state = after
        link.save(update_fields=["state", "number"])


def handed_over(link: Link, message: Message, site: RemoteSite) -> None:
    """A matter comes: opened here by the agreement, under the site's own actor."""
    body = message.body
    agreement = opening.agreement_for(site, str(body["agreement"]))
    opened = opening.open_here(agreement, body, actor_of(site), site)
    link.case_id, link.agreement_id, link.state = opened.case_id, agreement.pk, WAITING
    link.save(update_fields=["case", "agreement", "state"])
    files.told(link, body.get("files") or (), 1)


def not_taken(outgoing: Outgoing, error: WireError) -> None:
    """The other site refuses a message for good. A matter that was handed over ends as refused, with the reason and
    the field, and is whole here as before; whatever else was said is only kept with its answer."""
    link = Link.objects.select_related("site").get(pk=outgoing.link_id)
    if outgoing.kind != "hand_over" or link.way != Direction.OUT or link.case_id is None:
        return
    data = {"reason": _why(error), "field": error.field[:200], "code": error.code}
    try:
        doors.act(link.case_id, "not_taken", actor_of(link.site), data)
    except Refused:
        return  # called back meanwhile
    Link.objects.filter(pk=link.pk).update(state=REFUSED, moved_at=timezone.now())


# --- from whoever opened it, about our case --------------------------------------------------------------


def _of_opener(link: Link, message: Message, site: RemoteSite) -> None:
    if link.state == WITHDRAWN:
        raise WireError("wrong_stage", "you have withdrawn it")
    body, action = message.body, standing.WORD
    if message.kind == "withdraw":
        action, data = standing.TAKEN_BACK, _reason(body)
    elif message.kind == "progress":
        data = _told(body)
    else:
        raise WireError("wrong_kind", f"{message.kind} is not for whoever opened the matter", "kind")
    acted = doors.act(int(link.case_id or 0), action, actor_of(site), data)
    files.told(link, body.get("files") or (), acted.seq)


# --- from whom we handed it to, about our child ----------------------------------------------------------


def _of_other(link: Link, message: Message, site: RemoteSite) -> None:
    if link.state == WITHDRAWN:
        raise WireError("wrong_stage", "withdrawn by the site that opened it")
    body, kind = message.body, message.kind
    if kind == "accept":
        data = _accepted(body)
        link.number = str(body.get("reference") or "")[:40]
    elif kind == "progress":
        data = _told(body)
    elif kind in ("refuse", "return"):
        data = _reason(body)
    elif kind == "close":
        data = _closed(body)
    else:
        raise WireError("wrong_kind", f"{kind} is not for whom it was handed to", "kind")
    case_id = int(link.case_id or 0)
    action = STEPS.get(kind) or ("deliver" if _joint(case_id) else "close")
    acted = doors.act(case_id, action, actor_of(site), data)
    files.told(link, body.get("files") or (), acted.seq)


def _joint(case_id: int) -> bool:
    return bool(Step.objects.filter(case_id=case_id, seq=1, data__joint=True).exists())


def _accepted(body: Mapping[str, Any]) -> dict[str, Any]:
    return _given(
        office=body.get("office"),
        reference=body.get("reference"),
        words=body.get("words"),
        due=body.get("due_at"),
        at=body.get("at"),
    )


def _told(body: Mapping[str, Any]) -> dict[str, Any]:
    return _given(
        stage=body.get("stage"),
        office=body.get("office"),
        words=body.get("words"),
        at=body.get("at"),
    )


def _closed(body: Mapping[str, Any]) -> dict[str, Any]:
    return _given(
        result=body.get("result"),
        words=body.get("words"),
        satisfied=body.get("satisfied"),
        office=body.get("office"),
        at=body.get("at"),
    )


def _reason(body: Mapping[str, Any]) -> dict[str, Any]:
    return _given(reason=body.get("reason"), office=body.get("office"), at=body.get("at"))


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


AS_SENT: Final = {"due": "due_at"}
"""Our forms' names where the protocol has others."""


def _mapping(error: FormErrors) -> WireError:
    name, sentences = next(iter(error.errors.items()))
    field = "body" if name == WHOLE_FORM else f"body.{AS_SENT.get(name, name)}"
    return WireError("mapping", " ".join(str(one) for one in sentences)[:500], field)


def _why(error: WireError) -> str:
    """In words for the office that has the matter: what, and which field."""
    what = redact(error.detail or error.code)
    if not error.field:
        return _("对方没有收下：%(what)s") % {"what": what}
    field = error.field.removeprefix("body.")
    return _("对方没有收下：“%(field)s”这一项对不上。%(what)s") % {"field": field, "what": what}
