"""What the steps of an alarm do: raised once for each wearer, going up unless somebody accepts, telling its warning."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhili.core.cases import doors
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.offices import tree
from zhili.scenarios.eldercare import warned
from zhili.scenarios.eldercare.kinds import KINDS
from zhili.scenarios.eldercare.models import AlarmDetail
from zhili.scenarios.eldercare.wearing import WEARING, forget_person

ALARM = "eldercare.alarm"


def rise(change: Change) -> None:
    """By a rule: where the wearer lives decides who hears of it. What the same wearer raised before takes it in."""
    case, values = change.case, change.values
    wearing = Case.objects.filter(pk=values["subject"], procedure=WEARING, closed_at=None).first()
    if wearing is None:
        raise Refused("no_wearing", _("这只手环没有绑定给同意佩戴的老人"), 422)
    kind = values.get("kind") or warned.kind_of(values.get("warning"))
    if kind not in KINDS:
        raise Refused("no_kind", _("不知道是什么情况"), 422)
    running = open_alarm(wearing.pk)
    change.target = change.procedure.stages["raised" if running is None else "joined"]
    case.stage = change.target.name
    case.title, case.confidential, case.office_id = KINDS[kind].title, True, wearing.office_id
    case.division_id, case.cell_id = wearing.division_id, wearing.cell_id
    change.detail.update(
        wearing_id=wearing.pk,
        kind=kind,
        source_id=values.get("source"),
        warning_id=values.get("warning"),
        joined_id=running.case_id if running else None,
    )
    if running is not None:
        to = running.case_id
        change.then.append(lambda done: _added(to, done, kind))
    elif (grid := tree().by_cell.get(case.cell_id or 0)) is not None:
        change.take_part("responding", office_id=grid.id)


def _added(to: int, change: Change, kind: str) -> None:
    doors.act(to, "again", change.actor, {"kind": kind})


def open_alarm(wearing_id: int) -> AlarmDetail | None:
    """The alarm of a wearer that is not over."""
    rows = AlarmDetail.objects.filter(wearing_id=wearing_id, case__closed_at=None)
    return rows.order_by("case_id").first()


def again(change: Change) -> None:
    if change.values["kind"] not in KINDS:
        raise Refused("no_kind", _("不知道是什么情况"), 422)
    change.detail["repeats"] = detail_of(change).repeats + 1


def to_town(change: Change) -> None:
    change.detail["reached"] = "town"


def to_120(change: Change) -> None:
    change.detail["reached"] = "120"


def accept(change: Change) -> None:
    """One person answers for it from now on, and sees who it is."""
    change.detail.update(post_id=change.actor.id, account_id=change.actor.account_id, accepted_at=change.at)
    change.then.append(lambda done: warned.accept(_warnings(done), done.actor))


def take_over(change: Change) -> None:
    found = detail_of(change)
    if is_responder(found, change):
        raise Refused("already_yours", _("这次呼救本来就由您响应"), 409)
    change.detail.update(post_id=change.actor.id, account_id=change.actor.account_id)


def own(change: Change) -> None:
    """Only the one who accepted."""
    if not is_responder(detail_of(change), change):
        raise Refused("not_yours", _("这次呼救由另一个岗位响应。您离得更近的，请按“换我去”。"), 409)


def arrive(change: Change) -> None:
    own(change)
    change.detail["arrived_at"] = change.at


def called(change: Change) -> None:
    """A person called: the system cannot. The first time counts."""
    change.detail["called_at"] = detail_of(change).called_at or change.at


def close(change: Change) -> None:
    """By the responder, or by whoever leads the office that has it. The finding goes to the warning and its rule."""
    leads = "leader" in change.actor.roles and change.actor.office_id == change.case.office_id
    if not leads:
        own(change)
    finding, words = change.values["finding"], change.values["words"]
    change.detail["finding"] = finding
    change.then.append(lambda done: _closed(done, finding, words))


def _closed(change: Change, finding: str, words: str) -> None:
    warned.close(_warnings(change), change.actor, finding, words)
    wearing = Case.objects.filter(pk=detail_of(change).wearing_id).first()
    if (
        wearing is not None and wearing.closed_at is not None
    ):  # consent was withdrawn while help was on the way
        forget_person(wearing.pk)


def is_responder(found: AlarmDetail, change: Change) -> bool:
    who = (change.actor.id, change.actor.account_id)
    return change.actor.kind == "post" and who == (found.post_id, found.account_id)


def _warnings(change: Change) -> list[int]:
    """The warnings that led to this alarm, those that were added to it among them."""
    joined = AlarmDetail.objects.filter(joined_id=change.case.pk).values_list("warning_id", flat=True)
    return [one for one in (detail_of(change).warning_id, *joined) if one is not None]


def detail_of(change: Change) -> AlarmDetail:
    return AlarmDetail.objects.filter(pk=change.case.pk).first() or AlarmDetail(case_id=change.case.pk)
