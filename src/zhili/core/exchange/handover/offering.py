"""What is sent when a matter is handed over, worked out once: the page shows it, the step sends it.

Nothing leaves that the agreement does not list. A personal value is opened only here, by the post that ticked it, with
the agreement as purpose; it goes sealed into the message and never into a step.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.base.exchange.agreement import Agreement
from zhili.base.exchange.shape import spelt
from zhili.base.text import redact
from zhili.core.cases import permission, present
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret, Participation, Step
from zhili.core.exchange.handover import agreed, public
from zhili.core.exchange.models import Direction, Link, SiteAgreement
from zhili.core.exchange.sites import queueing
from zhili.core.files.models import File
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.places.tree import nodes

HANDOVER = "exchange.handover"
WAITING = "waiting"
MOST_HISTORY = 100
"""Public steps that travel with a matter: the last ones."""
PLAIN = (str, int, float, bool)


@dataclass(frozen=True)
class Sent:
    """A matter as it would travel. ``personal``: agreed name → (label, masked); ``secrets``: name → id."""

    agreement: SiteAgreement
    body: dict[str, Any]
    files: list[File] = field(default_factory=list)
    personal: dict[str, tuple[str, str]] = field(default_factory=dict)
    secrets: dict[str, UUID] = field(default_factory=dict)


def begin(change: Change) -> None:
    """The child is called after whom it went to."""
    title = change.parent.title if change.parent is not None else ""
    change.case.title = f"{change.values['site']}：{title}"[:120]


def come_back(parent: Change, child: Change) -> None:
    """The result was not ours: the parent's step names the city instead of an office of this one."""
    named = Step.objects.filter(case=child.case, seq=1).values_list("data", flat=True).first() or {}
    parent.data["site"] = str(named.get("site", ""))
    parent.data.pop("office", None)


def offer(change: Change) -> None:
    """The step on the parent: everything checked, the child asked for; the message goes when both are written."""
    case, values = change.case, change.values
    refuse_unless_movable(case)
    agreement = agreed.find(int(values["agreement"]))
    if agreement is None:
        raise Refused("no_agreement", _("这份协议今天不在有效期内，或对方站点已停用。请重新选择"), 409)
    sent = prepare(case, agreement, values, change.actor)
    _refuse_twice(case, agreement)
    values["site"] = agreement.site.title
    if sent.personal:
        values["personal"] = [label for label, _masked in sent.personal.values()]
    days = int(sent.body["due_days"])
    child = {
        "agreement": f"{agreed.title_of(agreement)}（{agreement.code} {agreement.version}）",
        "site": agreement.site.title,
        "category": sent.body["category"],
        "what": sent.body["what"],
        "joint": sent.body["joint"],
        "days": days,
        "offered": len(sent.files),
        "personal": [label for label, _masked in sent.personal.values()],
    }
    change.refer(HANDOVER, child, limit=Duration(days, "d"))
    change.then.append(partial(_send, sent))


def refuse_unless_movable(case: Case) -> None:
    """Raises Refused for what may not leave the city."""
    if case.confidential:
        raise Refused("confidential", _("这件事项是保密的，不能移交外地"), 409)


def prepare(case: Case, agreement: SiteAgreement, values: Mapping[str, Any], actor: Actor) -> Sent:
    """The matter as it would travel under these answers. Raises Refused, naming what does not fit."""
    text = agreed.text_of(agreement)
    category = str(values["category"])
    if category not in text.codes(agreement.site.site):
        raise Refused("category", _("协议里没有对方的这个分类，请重新选择"), 422)
    files = _files(case, values.get("offer") or (), text)
    personal, opened = _personal(case, agreement, values.get("personal") or (), actor)
    days = int(values.get("days") or text.due_days)
    body: dict[str, Any] = {
        "agreement": agreement.code,
        "agreement_digest": agreement.digest,
        "title": redact(case.title),
        "what": redact(str(values["what"])),
        "category": category,
        "reported_at": spelt(case.opened_at),
        "joint": bool(values.get("joint")),
        "due_days": days,
        "history": public.history(case, MOST_HISTORY),
    }
    if case.lon is not None and case.lat is not None:
        body["place"] = _place(case)
    if fields := _fields(case, agreement, text):
        body["fields"] = fields
    return Sent(agreement, body, files, personal, opened)


def category_for(case: Case, agreement: SiteAgreement) -> str:
    """Their category for the case's own: what the agreement says, else the only one there is."""
    codes = agreed.text_of(agreement).codes(agreement.site.site)
    return matched(case, agreement) or (codes[0] if len(codes) == 1 else "")


def matched(case: Case, agreement: SiteAgreement) -> str:
    """Their category for the case's own, if the agreement names one."""
    text = agreed.text_of(agreement)
    return (text.theirs(text.other(agreement.site.site), case.category) or "") if case.category else ""


def concerned(case: Case) -> dict[int, str]:
    """Sites that have a part in it now: id, and ``out`` (it is there, without a result) or ``in`` (it came from there).

    One query."""
    there = Q(case__parent=case, case__closed_at=None, way=Direction.OUT) | Q(case=case, way=Direction.IN)
    return dict(Link.objects.filter(there).values_list("site_id", "way"))


def files_of(case: Case) -> list[File]:
    """What may be offered: everything attached to the case, by step. One query."""
    return list(File.objects.filter(attachments__case_id=case.pk).order_by("attachments__step_seq", "id"))


def personal_of(case: Case, agreement: SiteAgreement) -> dict[str, tuple[str, str, UUID]]:
    """What the agreement lists and the case has: agreed name → (label, masked, id). Two queries; nothing is opened."""
    wanted = {agreement.local_field.get(name, name): name for name in agreed.text_of(agreement).personal}
    kept = CaseSecret.objects.filter(case=case, field__in=wanted).order_by("step_seq", "id")
    newest = {row.field: row.secret_id for row in kept}
    shown = secrets.masked(newest.values())
    labels = public.labels(case)
    return {
        wanted[local]: (labels.get(local, wanted[local]), shown[pk], pk)
        for local, pk in newest.items()
        if shown.get(pk)
    }


def _files(case: Case, wanted: Sequence[str], text: Agreement) -> list[File]:
    if wanted and not text.files:
        raise Refused("files", _("这份协议不包括文件"), 422)
    known = {str(one.pk): one for one in files_of(case)} if wanted else {}
    if strange := [one for one in wanted if one not in known]:
        raise Refused("files", _("随附文件里有%(n)d个不是这件事项的文件") % {"n": len(strange)}, 422)
    return [known[one] for one in wanted]


def _personal(
    case: Case, agreement: SiteAgreement, wanted: Sequence[str], actor: Actor
) -> tuple[dict[str, tuple[str, str]], dict[str, UUID]]:
    if not wanted:
        return {}, {}
    if not present.may_open_names(case, actor):
        raise Refused("forbidden", _("您无权查看上报人信息，所以也不能提供给对方"), 403)
    known = personal_of(case, agreement)
    for name in wanted:
        if name not in known:
            words = _("“%(name)s”不在协议列明的个人信息里，或这件事项没有这一项")
            raise Refused("field_not_agreed", words % {"name": name}, 422)
    return {one: known[one][:2] for one in wanted}, {one: known[one][2] for one in wanted}


def _fields(case: Case, agreement: SiteAgreement, text: Agreement) -> dict[str, Any]:
    """What the agreement lists and the first step says."""
    if not text.fields:
        return {}
    said = Step.objects.filter(case=case, seq=1).values_list("data", flat=True).first() or {}
    found = {name: said.get(agreement.local_field.get(name, name)) for name in text.fields}
    return {name: value for name, value in found.items() if isinstance(value, PLAIN)}


def _place(case: Case) -> dict[str, Any]:
    here = nodes().get(case.division_id or 0)
    return {
        "lon": case.lon,
        "lat": case.lat,
        "address": case.address,
        **({"division": here.code[:20]} if here is not None else {}),
    }


def _refuse_twice(case: Case, agreement: SiteAgreement) -> None:
    way = concerned(case).get(agreement.site_id)
    if way == Direction.OUT:
        words = _("这件事项已移交%(site)s，还没有结果。请等对方，或先收回")
        raise Refused("already_there", words % {"site": agreement.site.title}, 409)
    if way == Direction.IN:
        words = _("这件事项是%(site)s移交来的，不能再移交回去。请办理，或不予受理并写明理由")
        raise Refused("came_from_there", words % {"site": agreement.site.title}, 409)


def _send(sent: Sent, change: Change) -> None:
    """Put the message in line, in the transaction of the step. Nothing here touches the network."""
    agreement, case = sent.agreement, change.case
    child = next(one for one in change.opened if one.case_id)
    Participation.objects.create(
        case_id=child.case_id, role=permission.SITE, account_id=agreement.site.account_id
    )
    link = Link.objects.create(
        site=agreement.site,
        stream=f"matter:{uuid.uuid4()}",
        way=Direction.OUT,
        agreement=agreement,
        case_id=child.case_id,
        state=WAITING,
    )
    plain: dict[str, str] = {}
    if sent.secrets:
        purpose = f"依《{agreed.title_of(agreement)}》第{agreement.version}版移交{agreement.site.title}"
        opened = secrets.open_many(sent.secrets.values(), change.actor, purpose, case.pk)
        plain = {name: opened[pk] for name, pk in sent.secrets.items() if pk in opened}
    queueing.enqueue(
        link,
        "hand_over",
        sent.body,
        plain or None,
        files=[one.pk for one in sent.files],
        subject=case.opener_id,
    )
