"""暂缓告知: of openings within an investigation a person may be told later, where the law allows it; told in any case.

A leader of the office that has the case agrees to a delay, on a ground of the law and with an end. An extension is
asked for by one person and agreed to by another. When a delay is over, by its end or because somebody ended it, what
it hid is shown, with the ground and the reason. No opening stays hidden longer than ``personal.delay_most`` from its
own moment, whatever rows there are: that is part of the filter itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.base.text import redact
from zhili.core import params
from zhili.core.cases import doors, query, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people import actors
from zhili.core.people.actors import Actor
from zhili.core.personal.models import Delay, DelayState
from zhili.core.trail.models import Access

LAW: Final = gettext_noop("个人信息保护法")


@dataclass(frozen=True)
class Ground:
    """Why the law lets a person be told later, and where it says so."""

    title: str
    article: str


GROUNDS: Final = {
    "duty": Ground(gettext_noop("告知会妨碍依法履行职责"), gettext_noop("第三十五条")),
    "secrecy": Ground(gettext_noop("法律、行政法规规定应当保密"), gettext_noop("第十八条第一款")),
    "urgent": Ground(
        gettext_noop("紧急情况下保护生命健康和财产安全，来不及告知"), gettext_noop("第十八条第二款")
    ),
}


def eligible(case: Case) -> bool:
    """Whether the case is an investigation: confidential, of the justice zone, or so declared by its procedure."""
    procedure = registry.procedure(case.procedure)
    return case.confidential or case.zone == "justice" or bool(getattr(procedure, "investigation", False))


def longest() -> timedelta:
    """How long a delay may run at once."""
    return timedelta(days=params.duration("personal.delay_days")[0].amount)


def most() -> timedelta:
    """How long, with all extensions, anything may stay hidden."""
    return timedelta(days=params.duration("personal.delay_most")[0].amount)


def in_force(now: datetime) -> QuerySet[Delay]:
    return Delay.objects.filter(state=DelayState.AGREED, ended_at=None, until__gt=now)


def shown(accesses: QuerySet[Access], now: datetime | None = None) -> QuerySet[Access]:
    """Of these openings, those of which the person may be told now."""
    at = now or timezone.now()
    hidden = Exists(in_force(at).filter(case_id=OuterRef("case_id"), since__lte=OuterRef("at")))
    return accesses.exclude(hidden & Q(actor_kind="post", case_id__isnull=False, at__gt=at - most()))


def of_case(case: Case) -> list[Delay]:
    """Every delay there was, the latest first."""
    return list(Delay.objects.filter(case=case).order_by("-id"))


def current(case: Case) -> Delay | None:
    """The one in force, with its end as extended."""
    return in_force(timezone.now()).filter(case=case).order_by("-until").first()


def waiting(case: Case) -> Delay | None:
    return Delay.objects.filter(case=case, state=DelayState.WAITING).first()


def over(cases: Iterable[int]) -> list[Delay]:
    """Delays that hid something once and do so no more, oldest first: they are told beside what they hid."""
    now = timezone.now()
    ended = Q(ended_at__isnull=False) | Q(until__lte=now)
    return list(Delay.objects.filter(ended, case_id__in=set(cases), state=DelayState.AGREED).order_by("id"))


def may_ask(case: Case, actor: Actor) -> bool:
    """Somebody of the office that has the case."""
    return (
        actor.kind == "post" and actor.office_id is not None and actor.office_id == case.office_id
        and query.sees(actor, case)
    )  # fmt: skip


def may_agree(case: Case, actor: Actor) -> bool:
    """Its leader."""
    return may_ask(case, actor) and "leader" in actor.roles


@transaction.atomic
def begin(case: Case, ground: str, reason: str, until: datetime, actor: Actor) -> Delay:
    """A delay from now on. Raises Refused (403, 409, 422)."""
    if not may_agree(case, actor):
        raise Refused("forbidden", _("暂缓告知由承办单位审签人批准。"), 403)
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not eligible(case):
        raise Refused("not_eligible", _("只有保密事项、司法事项和依程序属于调查的事项，才能暂缓告知。"), 409)
    if current(case) is not None:
        raise Refused("running", _("这件事正在暂缓告知，要更久请申请延期。"), 409)
    now = timezone.now()
    first = Delay.objects.filter(case=case, state=DelayState.AGREED, extends=None).order_by("id").first()
    _check(ground, reason, until, now, first.since if first else now)
    made = Delay.objects.create(
        case=case, ground=ground, reason=redact(reason)[:300], since=now, until=until, state=DelayState.AGREED,
        asked_by=actor.account_id or 0, asked_label=actor.label[:180],
        decided_at=now, decided_by=actor.account_id, decided_label=actor.label[:180],
    )  # fmt: skip
    _keep("delay_agreed", made, actor)
    return made


@transaction.atomic
def ask_longer(case: Case, reason: str, until: datetime, actor: Actor) -> Delay:
    """Ask for an extension of the delay in force; it waits for another person. Raises Refused."""
    if not may_ask(case, actor):
        raise Refused("forbidden", _("延期由承办单位提出。"), 403)
    Case.objects.select_for_update().get(pk=case.pk)
    running = current(case)
    if running is None:
        raise Refused("over", _("暂缓告知已经结束，本人已能看到，不能再延。"), 409)
    if waiting(case) is not None:
        raise Refused("waiting", _("已有一项延期在等审批。"), 409)
    root = _root(running)
    _check(running.ground, reason, until, running.until, root.since)
    made = Delay.objects.create(
        case=case, ground=running.ground, reason=redact(reason)[:300], since=root.since, until=until,
        extends=running, state=DelayState.WAITING,
        asked_by=actor.account_id or 0, asked_label=actor.label[:180],
    )  # fmt: skip
    _keep("delay_longer_asked", made, actor)
    return made


@transaction.atomic
def decide(case: Case, agreed: bool, actor: Actor) -> Delay:
    """Agree to an extension or not: a leader, and never who asked for it, in whatever post. Raises Refused."""
    if not may_agree(case, actor):
        raise Refused("forbidden", _("延期由承办单位审签人批准。"), 403)
    Case.objects.select_for_update().get(pk=case.pk)
    found = waiting(case)
    if found is None:
        raise Refused("decided", _("没有等审批的延期。"), 409)
    if same_person(found.asked_by, actor):
        raise Refused("own", _("申请和审批要由两个人办，您不能审批自己的申请，换岗位、由人代理也不行。"), 403)
    now = timezone.now()
    if agreed and (found.extends is None or (found.extends.ended_at or found.extends.until) <= now):
        raise Refused("over", _("暂缓告知已经结束，本人已能看到，不能再延。"), 409)
    found.state = DelayState.AGREED if agreed else DelayState.REFUSED
    found.decided_at, found.decided_by, found.decided_label = now, actor.account_id, actor.label[:180]
    found.save()
    _keep("delay_longer_agreed" if agreed else "delay_longer_refused", found, actor)
    return found


@transaction.atomic
def end(case: Case, actor: Actor) -> int:
    """Tell from now on: every delay in force ends. Raises Refused."""
    if not may_agree(case, actor):
        raise Refused("forbidden", _("暂缓告知由承办单位审签人解除。"), 403)
    now, ended = timezone.now(), 0
    for one in in_force(now).filter(case=case).select_for_update():
        one.ended_at = now
        one.save(update_fields=["ended_at"])
        _keep("delay_ended", one, actor)
        ended += 1
    Delay.objects.filter(case=case, state=DelayState.WAITING).update(
        state=DelayState.REFUSED, decided_at=now, decided_by=actor.account_id, decided_label=actor.label[:180]
    )
    return ended


def same_person(account_id: int, actor: Actor) -> bool:
    """Whether an actor is that person, or sits in a post that person sits in too: a deputy does not make two of one."""
    return account_id == actor.account_id or (account_id, actor.id) in actors.holdings([account_id])


def figures(now: datetime | None = None) -> dict[str, int]:
    """For the public register: how many delays, and how many openings they hide or hid; no case, no person."""
    at = now or timezone.now()
    covered = Delay.objects.filter(
        case_id=OuterRef("case_id"), since__lte=OuterRef("at"), state=DelayState.AGREED
    )
    covered = covered.annotate(last=Coalesce("ended_at", "until")).filter(last__gt=OuterRef("at"))
    delayed = Delay.objects.filter(state=DelayState.AGREED).values(
        "case_id"
    )  # few: openings are found by their index
    ever = Access.objects.filter(Exists(covered), case_id__in=delayed, actor_kind="post")
    still = ever.filter(
        Exists(in_force(at).filter(case_id=OuterRef("case_id"), since__lte=OuterRef("at"))),
        at__gt=at - most(),
    )
    running = Delay.objects.filter(state=DelayState.AGREED).aggregate(
        all=Count("pk", filter=Q(extends=None)), extended=Count("pk", filter=Q(extends__isnull=False))
    )
    hidden, whole = still.count(), ever.count()
    return {
        "delays": running["all"],
        "extensions": running["extended"],
        "delays_in_force": in_force(at).values("case_id").distinct().count(),
        "openings_withheld_now": hidden,
        "openings_withheld_and_told_since": whole - hidden,
    }


def ended_untold(now: datetime) -> QuerySet[Delay]:
    """Delays over whose persons were not told so yet."""
    ended = Q(ended_at__isnull=False) | Q(until__lte=now)
    newer = Delay.objects.filter(extends=OuterRef("pk"), state=DelayState.AGREED)
    found = Delay.objects.filter(ended, state=DelayState.AGREED, told_at=None)
    return found.filter(~Exists(newer)).order_by(F("id"))


def _root(one: Delay) -> Delay:
    while one.extends is not None:
        one = one.extends
    return one


def _check(ground: str, reason: str, until: datetime, begins: datetime, first: datetime) -> None:
    if ground not in GROUNDS:
        raise Refused("ground", _("请选择暂缓告知的法律依据。"), 422)
    if not reason.strip():
        raise Refused("reason", _("请写明具体理由；期满后本人能看到。"), 422)
    if until <= begins:
        raise Refused("until", _("结束日期要晚于现在的期限。"), 422)
    if until > begins + longest():
        days = longest().days
        raise Refused("until", _("一次最长%(n)d天。") % {"n": days}, 422)
    if until > first + most():
        raise Refused("until", _("连同延期最长%(n)d天，从第一次暂缓算起。") % {"n": most().days}, 422)


def _keep(what: str, one: Delay, actor: Actor) -> None:
    facts: dict[str, Any] = {"ground": one.ground, "until": one.until.isoformat()}
    private = {
        "case": one.case.number,
        "delay": one.pk,
        "reason": one.reason,
        "account": actor.account_id,
        "post": actor.id,
    }
    doors.record(what, actor, facts | {"office": actor.office_id}, private)
