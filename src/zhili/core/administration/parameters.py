"""Parameters of the city, changed by two people: one proposes a value from a day on, another agrees. Each a leaf.

A number that cites an article of law is not an office's to change: it is shown with its article.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.administration.models import Proposal, ProposalState
from zhili.core.cases.models import Clock
from zhili.core.params import Param
from zhili.core.params.declarations import OFFICE
from zhili.core.params.models import Parameter
from zhili.core.params.writing import check_value
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.offices import tree
from zhili.core.people.posts import check_day
from zhili.core.trail import changes

PARAMETER: Final = "parameter"


@dataclass(frozen=True)
class Standing:
    """A parameter as it stands: its declaration, the row in force, the next to come, and what waits."""

    param: Param
    value: str
    unit: str
    source: str
    article: str
    confirmed: bool
    since: date | None
    until: date | None
    coming: Parameter | None
    waiting: Proposal | None
    key: str = ""
    office_id: int | None = None
    """The office whose own value this is; None: the city's."""

    @property
    def legal(self) -> bool:
        """A number of the law, not of the city."""
        return bool(self.article)


def listing() -> list[Standing]:
    """Every declared parameter, by key. Two queries."""
    rows: dict[str, list[Parameter]] = {}
    for row in Parameter.objects.order_by("valid_from"):
        rows.setdefault(row.key, []).append(row)
    waiting = {one.key: one for one in Proposal.objects.filter(state=ProposalState.WAITING)}
    found = params.declared()
    return [_standing(found[key], rows.get(key, []), waiting.get(key)) for key in sorted(found)]


def standing(key: str) -> Standing | None:
    """One of them, the city's or an office's own (``params.office_key``); None when there is none of that name.

    An office that has set nothing has the value of the nearest above it that did, else the city's.
    """
    name, office = params.split_key(key)
    param = params.declared().get(name)
    if param is None or (key != name and (not param.by_office or office not in tree().nodes)):
        return None
    waiting = Proposal.objects.filter(key=key, state=ProposalState.WAITING).first()
    found = _standing(param, list(versions(key))[::-1], waiting)
    if office is None:
        return found
    found = replace(found, key=key, office_id=office)
    if found.since is None:
        above = params.get(name, offices=[node.id for node in tree().chain(office)[1:]])
        found = replace(found, value=above.text, source=above.source)
    return found


def of_offices(name: str) -> list[tuple[int, str, date]]:
    """Which offices have set a value of their own that holds today: (office, value, since), by office."""
    today = timezone.localdate()
    rows = Parameter.objects.filter(key__startswith=params.office_key(name, 0)[:-1], valid_from__lte=today)
    found = [(params.split_key(one.key)[1], one) for one in rows.order_by("key")]
    return [
        (office, one.value, one.valid_from)
        for office, one in found
        if office is not None and managing.runs(one.valid_from, one.valid_to, today)
    ]


def offices_waiting(actor: Actor) -> list[Standing]:
    """What offices want to set for themselves and this actor may agree to, as it stands."""
    keys = Proposal.objects.filter(state=ProposalState.WAITING, key__contains=OFFICE).values_list(
        "key", flat=True
    )
    found = [standing(key) for key in keys if may_decide(actor, key)]
    return [one for one in found if one is not None and one.waiting is not None]


def may_propose(actor: Actor, key: str) -> bool:
    """Whether an actor may ask for another value: the city's administrator, for an office its own or one above."""
    office = params.split_key(key)[1]
    return managing.city_wide(actor) if office is None else managing.may_administer(actor, office)


def may_decide(actor: Actor, key: str) -> bool:
    """Whether an actor may be the second person for it."""
    office = params.split_key(key)[1]
    return managing.second_person(actor) if office is None else managing.second_person_of(actor, office)


def check_decides(actor: Actor, key: str) -> None:
    """Raises PermissionDenied, in words."""
    if may_decide(actor, key):
        return
    if params.split_key(key)[1] is None:
        raise PermissionDenied(_("由市级单位的管理员或审签人复核。"))
    raise PermissionDenied(_("由本单位或上级单位的管理员或审签人复核。"))


def check_proposes(actor: Actor, key: str) -> None:
    """Raises PermissionDenied, in words."""
    office = params.split_key(key)[1]
    if office is None:
        managing.check_city(actor)
    else:
        managing.check(actor, office)


def versions(key: str) -> list[Parameter]:
    """Every value ever set, the latest first."""
    return list(Parameter.objects.filter(key=key).order_by("-valid_from"))


def running_under(key: str) -> list[tuple[Parameter | None, int]]:
    """How many running clocks started under each value of a limit: they keep it."""
    counted: dict[int | None, int] = {}
    for row in Clock.objects.filter(param=key, running=True).values_list("param_id", flat=True):
        counted[row] = counted.get(row, 0) + 1
    known = {one.pk: one for one in versions(key)}
    return sorted(((known.get(row or 0), many) for row, many in counted.items()), key=lambda pair: -pair[1])


@transaction.atomic
def propose(
    key: str, value: str, first: date, source: str, reason: str, actor: Actor, seen: int | None
) -> Proposal:
    """Ask for a new value from a day on, for the city or (``params.office_key``) for an office. Raises AdminRefused,
    PermissionDenied, Overtaken."""
    check_proposes(actor, key)
    changes.begin(PARAMETER, key, seen)
    now = standing(key)
    if now is None:
        raise AdminRefused("", _("没有这个参数。"))
    if now.legal:
        raise PermissionDenied(_("这个数来自法律法规条文，单位不能改；条文修改后随版本更新。"))
    if now.waiting is not None:
        raise AdminRefused("", _("这个参数已有一项提议在等复核，请先办完它。"))
    check_day("first", first)
    value = value.strip()
    if first <= timezone.localdate():
        raise AdminRefused("first", _("最早从明天起：今天的时限已经按原值计算。"))
    if value == now.value and now.coming is None and (now.office_id is None or now.since is not None):
        raise AdminRefused("value", _("和现在的取值一样，没有改动。"))
    try:
        check_value(key, value, now.param.default)
    except params.ParamRefused as error:
        raise AdminRefused("value", str(error)) from error
    made = Proposal.objects.create(
        key=key,
        value=value,
        valid_from=first,
        source=source,
        reason=reason,
        former=now.value,
        proposed_by=actor.account_id or 0,
        proposed_label=actor.label,
    )
    _keep("proposed", made, actor, reason)
    return made


@transaction.atomic
def decide(proposal_id: int, agreed: bool, word: str, actor: Actor, seen: int | None) -> Proposal:
    """Agree or not, by another person than the one who proposed. Raises as ``propose``."""
    asked = Proposal.objects.filter(pk=proposal_id).values_list("key", flat=True).first() or ""
    check_decides(actor, asked)
    if Proposal.objects.filter(pk=proposal_id, proposed_by=actor.account_id or 0).exists():
        raise PermissionDenied(_("提议和复核要由两个人办，您不能复核自己的提议。"))
    found = _waiting(proposal_id, seen)
    if not agreed and not word:
        raise AdminRefused("word", _("不同意请写明原因。"))
    if agreed:
        if found.valid_from <= timezone.localdate():
            raise AdminRefused("", _("生效日期已过，请不同意这一项，另行提议。"))
        try:
            params.set_value(
                found.key,
                found.value,
                found.valid_from,
                found.proposed_by,
                source=found.source or None,
                note=found.reason,
            )
        except params.ParamRefused as error:
            raise AdminRefused("", str(error)) from error
    _decided(found, ProposalState.APPROVED if agreed else ProposalState.REFUSED, word, actor)
    return found


@transaction.atomic
def withdraw(proposal_id: int, actor: Actor, seen: int | None) -> Proposal:
    """Take back one's own proposal. Raises as ``propose``."""
    asked = Proposal.objects.filter(pk=proposal_id).values_list("key", flat=True).first() or ""
    check_proposes(actor, asked)
    found = _waiting(proposal_id, seen)
    if actor.account_id != found.proposed_by:
        raise AdminRefused("", _("只能撤回自己的提议。"))
    _decided(found, ProposalState.WITHDRAWN, "", actor)
    return found


def _standing(param: Param, rows: list[Parameter], waiting: Proposal | None) -> Standing:
    today = timezone.localdate()
    now = next((r for r in rows if managing.runs(r.valid_from, r.valid_to, today)), None)
    coming = next((r for r in rows if r.valid_from > today), None)
    told: Any = now or param
    return Standing(
        param,
        now.value if now else param.default,
        now.unit if now else param.unit,
        told.source,
        told.article,
        told.confirmed,
        now.valid_from if now else None,
        now.valid_to if now else None,
        coming,
        waiting,
        param.key,
    )


def _waiting(proposal_id: int, seen: int | None) -> Proposal:
    key = Proposal.objects.filter(pk=proposal_id).values_list("key", flat=True).first()
    if key is None:
        raise AdminRefused("", _("没有这项提议。"))
    changes.begin(PARAMETER, key, seen)
    found = Proposal.objects.select_for_update().get(pk=proposal_id)
    if found.state != ProposalState.WAITING:
        raise AdminRefused("", _("这项提议已经办完。"))
    return found


def _decided(found: Proposal, state: ProposalState, word: str, actor: Actor) -> None:
    found.state, found.word = state, word
    found.decided_at, found.decided_by, found.decided_label = timezone.now(), actor.account_id, actor.label
    found.save()
    _keep(str(state), found, actor, word or found.reason)


def _keep(done: str, found: Proposal, actor: Actor, reason: str) -> None:
    param = params.declared().get(params.split_key(found.key)[0])
    after = {"value": found.value, "source": found.source}
    changes.record(
        PARAMETER,
        done,
        actor,
        key=found.key,
        name=param.title if param else found.key,
        before={"value": found.former},
        after=after,
        since=found.valid_from,
        reason=reason,
        facts={"parameter": found.key, "value": found.value, "former": found.former},
    )
