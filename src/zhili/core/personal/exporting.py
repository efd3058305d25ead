"""Taking personal values away as a file: one person asks, with a purpose and a list; another agrees; both on record.

What is agreed to is the frozen list of matters. The file is made anew at each download, by the asker alone, within its
time: every row carries the request's number, and every value in it is an opening that its person sees. Nobody agrees to
what they asked for themselves, in another post or through a deputy either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core import params
from zhili.core.cases import doors, present, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.core.people.offices import tree
from zhili.core.personal.delaying import same_person
from zhili.core.personal.models import Export, ExportState

KINDS: Final = ("name", "phone", "address", "email", "citizen_id")
AGREE: Final = frozenset({"leader", "admin"})


@dataclass(frozen=True)
class Line:
    """A matter of the file, with what was opened of it: kind → value."""

    case: Case
    values: dict[str, str]


def hours(name: str) -> timedelta:
    return timedelta(hours=params.duration(f"personal.{name}")[0].amount)


def whole(name: str) -> int:
    return int(params.get(f"personal.{name}").text)


def openable(cases: Iterable[Case], actor: Actor) -> list[Case]:
    """Of cases the actor sees, those whose values it may open one by one: no file opens more than a page would."""
    return [case for case in cases if present.may_open_if_seen(case, actor)]


def values_of(cases: Iterable[int], kinds: Iterable[str]) -> list[tuple[int, UUID, str]]:
    """(case, value, kind) of what is still kept. Two queries; nothing decrypted."""
    rows = list(CaseSecret.objects.filter(case_id__in=list(cases)).values_list("case_id", "secret_id"))
    live = Secret.objects.filter(
        pk__in=[secret for _case, secret in rows], kind__in=list(kinds), erased_at=None
    )
    known = dict(live.values_list("pk", "kind"))
    return [(case, secret, known[secret]) for case, secret in rows if secret in known]


@transaction.atomic
def ask(actor: Actor, cases: list[Case], scope: str, kinds: list[str], purpose: str) -> Export:
    """Ask for a file of these matters, which the actor sees. Raises Refused (403, 422)."""
    if actor.kind != "post" or actor.office_id is None or actor.account_id is None or actor.id is None:
        raise Refused("forbidden", _("请在岗位上提出。"), 403)
    if not purpose.strip():
        raise Refused("purpose", _("请写明用途；当事人会看到。"), 422)
    wanted = [kind for kind in KINDS if kind in kinds]
    if not wanted:
        raise Refused("kinds", _("请选择要哪些信息，只选用得上的。"), 422)
    taken = openable(cases, actor)
    found = values_of([one.pk for one in taken], wanted)
    if not found:
        raise Refused("nothing", _("这个清单里没有您可以查看的个人信息。"), 422)
    most = whole("export_rows")
    if len(taken) > most:
        raise Refused("many", _("一次最多%(n)d件，请缩小范围。") % {"n": most}, 422)
    made = Export.objects.create(
        account_id=actor.account_id, post_id=actor.id, office_id=actor.office_id, label=actor.label[:180],
        purpose=redact(purpose.strip())[:150], scope=redact(scope)[:300], kinds=wanted,
        cases=[one.pk for one in taken], values_count=len(found), decide_by=timezone.now() + hours("export_wait_hours"),
    )  # fmt: skip
    made.refresh_from_db()
    _keep("personal_export_asked", made, actor)
    return made


def may_agree(one: Export, actor: Actor) -> bool:
    """A leader or manager of the asker's office or of one above, and another person than who asked."""
    if actor.kind != "post" or not actor.roles & AGREE:
        return False
    over = any(node.id == actor.office_id for node in tree().chain(one.office_id))
    return over and not same_person(one.account_id, actor)


def visible(actor: Actor) -> QuerySet[Export]:
    """One's own, and those of the offices one answers for. The page parts them."""
    own = Q(account_id=actor.account_id or 0)
    if actor.kind == "post" and actor.roles & AGREE:
        own |= Q(office_id__in=tree().under(actor.office_id or 0))
    return Export.objects.filter(own).order_by("-id")


def find(export_id: int, actor: Actor) -> Export:
    """Raises Refused (404)."""
    found = visible(actor).filter(pk=export_id).first()
    if found is None:
        raise Refused("no_export", _("没有这项导出申请"), 404)
    return found


@transaction.atomic
def decide(export_id: int, agreed: bool, word: str, actor: Actor) -> Export:
    """Raises Refused (403, 404, 409, 422)."""
    found = _locked(export_id, actor)
    if same_person(found.account_id, actor):
        raise Refused("own", _("申请和审批要由两个人办，您不能审批自己的申请，换岗位、由人代理也不行。"), 403)
    if not may_agree(found, actor):
        raise Refused("forbidden", _("由申请单位或上级单位的审签人、管理员审批。"), 403)
    if found.state != ExportState.WAITING:
        raise Refused("decided", _("这项申请已经办完。"), 409)
    if found.decide_by <= timezone.now():
        raise Refused("late", _("这项申请等得太久，已经作废，请申请人重新提出。"), 409)
    if not agreed and not word.strip():
        raise Refused("word", _("不批准请写明原因。"), 422)
    now = timezone.now()
    found.state = ExportState.AGREED if agreed else ExportState.REFUSED
    found.word, found.decided_at = redact(word.strip())[:200], now
    found.decided_by, found.decided_label = actor.account_id, actor.label[:180]
    found.until = now + hours("export_hours") if agreed else None
    found.save()
    _keep("personal_export_agreed" if agreed else "personal_export_refused", found, actor)
    return found


@transaction.atomic
def withdraw(export_id: int, actor: Actor) -> Export:
    """Take back one's own request, also one that was agreed to. Raises Refused."""
    found = _locked(export_id, actor)
    if found.account_id != actor.account_id:
        raise Refused("forbidden", _("只能撤回自己的申请。"), 403)
    if found.state not in (ExportState.WAITING, ExportState.AGREED):
        raise Refused("decided", _("这项申请已经办完。"), 409)
    found.state, found.until = ExportState.WITHDRAWN, None
    found.save(update_fields=["state", "until"])
    _keep("personal_export_withdrawn", found, actor)
    return found


@transaction.atomic
def take(export_id: int, actor: Actor) -> tuple[Export, list[Line]]:
    """The lines of the file, opened on record. Raises Refused (403, 404, 409, 410).

    Matters the asker may no longer open, and values that went meanwhile, are left out.
    """
    found = _locked(export_id, actor)
    if found.account_id != actor.account_id or actor.office_id != found.office_id:
        raise Refused("forbidden", _("只有申请人在申请时的单位才能下载。"), 403)
    if found.state != ExportState.AGREED:
        raise Refused("not_agreed", _("这项导出没有批准，不能下载。"), 409)
    if found.until is None or found.until <= timezone.now():
        raise Refused("over", _("下载期限已过，请重新申请。"), 410)
    if found.taken >= whole("export_times"):
        raise Refused("often", _("下载次数已用完，请重新申请。"), 410)
    cases = openable(query.visible(actor).filter(pk__in=found.cases).order_by("id"), actor)
    rows = values_of([one.pk for one in cases], found.kinds)
    within = {secret: case for case, secret, _kind in rows}
    opened = secrets.open_many(within, actor, f"导出{found.number}：{found.purpose}", cases=within)
    values: dict[int, dict[str, str]] = {}
    for case, secret, kind in rows:
        if secret in opened:
            of = values.setdefault(case, {})
            of[kind] = "、".join(part for part in (of.get(kind, ""), opened[secret]) if part)
    found.taken += 1
    found.save(update_fields=["taken"])
    _keep("personal_export_taken", found, actor, opened=len(opened))
    return found, [Line(one, values.get(one.pk, {})) for one in cases]


def prune() -> int:
    """What nobody decided in time, and what may no longer be fetched, is over; how many. Each is a leaf."""
    now = timezone.now()
    late = Q(state=ExportState.WAITING, decide_by__lte=now) | Q(state=ExportState.AGREED, until__lte=now)
    with transaction.atomic():
        found = list(Export.objects.filter(late).select_for_update(skip_locked=True, of=("self",))[:100])
        for one in found:
            one.state = ExportState.OVER
            one.save(update_fields=["state"])
            _keep("personal_export_over", one, Actor(kind="clock", label="时限"))
    return len(found)


def over(one: Export, now: datetime | None = None) -> bool:
    """Whether its time has run out, noted or not."""
    at = now or timezone.now()
    waited = one.state == ExportState.WAITING and one.decide_by <= at
    return waited or (one.state == ExportState.AGREED and one.until is not None and one.until <= at)


def figures() -> dict[str, int]:
    """For the public register: how many files were asked for, agreed to, refused, and how often taken."""
    states = Counter(Export.objects.values_list("state", flat=True))
    taken = sum(Export.objects.exclude(taken=0).values_list("taken", flat=True))
    return {
        "asked": sum(states.values()), "refused": states[ExportState.REFUSED],
        "agreed": Export.objects.filter(decided_at__isnull=False).exclude(state=ExportState.REFUSED).count(),
        "taken": taken,
    }  # fmt: skip


def _locked(export_id: int, actor: Actor) -> Export:
    find(export_id, actor)
    return Export.objects.select_for_update(of=("self",)).get(pk=export_id)


def _keep(what: str, one: Export, actor: Actor, **more: Any) -> None:
    facts = {
        "export": one.number,
        "office": one.office_id,
        "matters": len(one.cases),
        "values": one.values_count,
    }
    private = {"purpose": one.purpose, "account": actor.account_id, "post": actor.id}
    doors.record(what, actor, facts | {"kinds": one.kinds} | more, private)
