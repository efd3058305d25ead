"""The other side of a matter, for its page here: where it stands there, what they said, what is on its way to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.core.cases.models import Case, Step
from zhili.core.exchange.handover import agreed
from zhili.core.exchange.handover.offering import HANDOVER
from zhili.core.exchange.handover.standing import TAKEN_BACK, WORD
from zhili.core.exchange.models import Direction, Link, Outgoing, RemoteSite, Sending, WantedFile
from zhili.core.exchange.sites.opening import CHANNEL, HANDED
from zhili.core.web import words

WENT = {
    "waiting": gettext_noop("等待对方接受"),
    "accepted": gettext_noop("对方正在办理"),
    "closed": gettext_noop("对方已办结"),
    "refused": gettext_noop("对方没有受理"),
    "returned": gettext_noop("对方已退回"),
    "withdrawn": gettext_noop("我方已收回"),
}
CAME = {
    "waiting": gettext_noop("我方还没有接受"),
    "accepted": gettext_noop("我方正在办理"),
    "closed": gettext_noop("我方已办结"),
    "refused": gettext_noop("我方没有受理"),
    "returned": gettext_noop("我方已退回"),
    "withdrawn": gettext_noop("对方已收回"),
}
"""How it stands between the two sites (``Link.state``), by who handed it over."""
TO_CONFIRM = gettext_noop("对方已办完，待我方确认")
SAYINGS = {
    "accept": gettext_noop("接受"),
    "progress": gettext_noop("进展"),
    "close": gettext_noop("办结"),
    "deliver": gettext_noop("办完"),
    "refuse": gettext_noop("不予受理"),
    "give_back": gettext_noop("退回"),
    "not_taken": gettext_noop("没有收下"),
    WORD: gettext_noop("进展"),
    TAKEN_BACK: gettext_noop("收回"),
}
"""What they said, in a word."""
KINDS = {
    "hand_over": gettext_noop("移交"),
    "accept": gettext_noop("接受"),
    "progress": gettext_noop("进展"),
    "close": gettext_noop("办结"),
    "refuse": gettext_noop("不予受理"),
    "return": gettext_noop("退回"),
    "withdraw": gettext_noop("收回"),
}
"""What we sent, in a word."""


@dataclass(frozen=True)
class Said:
    """One public step of theirs. ``at``: when it happened there, else when it came in."""

    at: datetime | None
    title: str
    words: str
    office: str = ""


@dataclass(frozen=True)
class Panel:
    """The other side of one stream. ``child``: the case here that tells of it, when it is not the page's own."""

    site: str
    came: bool
    over: bool
    joint: bool
    was: str
    """``Link.state``."""
    state: str
    """The same in words."""
    agreement: str
    number: str
    office: str
    due_at: datetime | None
    stage: str
    said: list[Said] = field(default_factory=list)
    files: list[WantedFile] = field(default_factory=list)
    receipt: str = ""
    waiting: str = ""
    refused: list[str] = field(default_factory=list)
    case_number: str = ""
    child: str = ""
    gate: bool = False
    to_confirm: bool = False
    """They are done, and our word on it is outstanding."""


def may_be_shared(case: Case) -> bool:
    """Whether another site has a part in this very case; of its children it says nothing. No query."""
    return case.procedure == HANDOVER or case.channel == CHANNEL


def panels(case: Case) -> list[Panel]:
    """Every other site a matter is shared with, newest first. Two queries when it is shared with none, else five."""
    ids = [case.pk]
    if case.procedure != HANDOVER:
        ids += Case.objects.filter(parent=case, procedure=HANDOVER).values_list("pk", flat=True)
    near = Link.objects.filter(case_id__in=ids)
    links = list(near.select_related("site", "agreement", "case").order_by("-pk"))
    if not links:
        return []
    steps = _their_steps(links)
    sent = _sent(links)
    files: dict[int, list[WantedFile]] = {}
    for one in WantedFile.objects.filter(link__in=links).select_related("file").order_by("pk"):
        files.setdefault(one.link_id, []).append(one)
    return [
        _panel(case, link, steps.get(link.case_id or 0, []), sent.get(link.pk, []), files.get(link.pk, []))
        for link in links
    ]


def _their_steps(links: Iterable[Link]) -> dict[int, list[Step]]:
    ids = [link.case_id for link in links if link.case_id]
    found: dict[int, list[Step]] = {}
    theirs = Step.objects.filter(Q(actor_kind="site") | Q(seq=1), case_id__in=ids)
    for step in theirs.order_by("case_id", "seq"):
        found.setdefault(step.case_id, []).append(step)
    return found


def _sent(links: Iterable[Link]) -> dict[int, list[Outgoing]]:
    found: dict[int, list[Outgoing]] = {}
    for row in Outgoing.objects.filter(link__in=links).defer("body").order_by("link_id", "seq"):
        found.setdefault(row.link_id, []).append(row)
    return found


def _panel(case: Case, link: Link, steps: list[Step], sent: list[Outgoing], files: list[WantedFile]) -> Panel:
    first = steps[0].data if steps and steps[0].seq == 1 else {}
    kept = first.get(HANDED) or {}
    came = link.way == Direction.IN
    said = [*_history(kept), *(_said(step) for step in steps if step.seq > 1)]
    told = [step.data for step in steps if step.seq > 1]
    ours = link.case is not None and link.case.procedure == HANDOVER and link.case.stage == "delivered"
    state = TO_CONFIRM if ours else (CAME if came else WENT).get(link.state, "")
    return Panel(
        site=link.site.title,
        came=came,
        over=link.state in ("closed", "refused", "returned", "withdrawn"),
        joint=bool(kept.get("joint") if came else first.get("joint")),
        was=link.state,
        state=_(state) if state else "",
        agreement=agreed.title_of(link.agreement) if link.agreement is not None else "",
        number=link.number,
        office=_last(told, "office"),
        due_at=_moment(_last(told, "due")),
        stage=_last(told, "stage") or (str(said[-1].title) if came and said else ""),
        said=said,
        files=files,
        receipt=_receipt(sent),
        waiting=_waiting(link.site, sent),
        refused=[_refused(row) for row in sent if row.state == Sending.REFUSED],
        case_number=link.case.number if link.case is not None else "",
        child=link.case.number if link.case is not None and link.case_id != case.pk else "",
        gate=link.site.by_gate,
        to_confirm=ours,
    )


def _history(kept: dict[str, Any]) -> list[Said]:
    return [
        Said(_moment(one.get("at")), str(one.get("stage") or ""), one["words"], str(one.get("office") or ""))
        for one in kept.get("history", ())
    ]


def _said(step: Step) -> Said:
    data = step.data
    text = "\n".join(str(data[name]) for name in ("result", "reason", "words") if data.get(name))
    what = _(SAYINGS[step.action]) if step.action in SAYINGS else step.action
    title = f"{what} · {data['stage']}" if data.get("stage") else what
    return Said(_moment(data.get("at")) or step.at, title, text, str(data.get("office") or ""))


def _last(told: Iterable[dict[str, Any]], name: str) -> str:
    return next((str(data[name]) for data in reversed(list(told)) if data.get(name)), "")


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


# --- what is on its way -----------------------------------------------------------------------------------


def _receipt(sent: list[Outgoing]) -> str:
    """The last message they took, in words."""
    done = [row for row in sent if row.state == Sending.SENT and row.accepted_at is not None]
    if not done:
        return ""
    last = done[-1]
    told = {"at": words.moment(last.accepted_at), "n": last.seq, "what": _(KINDS.get(last.kind, last.kind))}
    return _("对方已收到：%(at)s，第 %(n)d 条（%(what)s）") % told


def _waiting(site: RemoteSite, sent: list[Outgoing]) -> str:
    """What they have not got yet and why; nothing is ever lost."""
    left = [row for row in sent if row.state == Sending.WAITING]
    if not left:
        return ""
    if site.by_gate:
        return _("%(n)d 条等待摆渡到对方，没有丢失") % {"n": len(left)}
    if not site.active:
        return _("对方站点已停用，%(n)d 条没有送出，没有丢失") % {"n": len(left)}
    if not site.failures:
        return _("%(n)d 条正在送往对方") % {"n": len(left)}
    nearest = max((at for at in (site.next_at, left[0].next_at) if at is not None), default=None)
    told = {"n": site.failures, "left": len(left), "at": _clock(nearest)}
    return _("对方站点联系不上，已试 %(n)d 次，下次 %(at)s；%(left)d 条等待送达，没有丢失") % told


def _clock(at: datetime | None) -> str:
    now = timezone.now()
    if at is None or at <= now:
        return _("马上")
    local = timezone.localtime(at)
    return f"{local:%H:%M:%S}" if (at - now).total_seconds() < 3600 else words.moment(at)


def _refused(row: Outgoing) -> str:
    error = (row.answer or {}).get("error") or row.answer or {}
    named = {
        "n": row.seq,
        "what": _(KINDS.get(row.kind, row.kind)),
        "why": str(error.get("detail") or error.get("code") or ""),
        "field": str(error.get("field") or "").removeprefix("body."),
    }
    if named["field"]:
        return _("第 %(n)d 条（%(what)s）对方没有收：%(why)s（%(field)s）") % named
    return _("第 %(n)d 条（%(what)s）对方没有收：%(why)s") % named


# --- for lists and for residents ----------------------------------------------------------------------------


def crossing(cases: Iterable[Case]) -> set[int]:
    """Which of these cases are shared with another site. No query where no site is known, else one."""
    rows = list(cases)
    found = {one.pk for one in rows if one.channel == CHANNEL or one.procedure == HANDOVER}
    if not agreed.any_today():
        return found
    here = [one.pk for one in rows if one.pk not in found and one.parent_id is None]
    shared = Link.objects.filter(way=Direction.OUT, case__parent_id__in=here, case__closed_at=None)
    parents = shared.values_list("case__parent_id", flat=True) if here else ()
    return found | {pk for pk in parents if pk is not None}
