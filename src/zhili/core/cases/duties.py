"""The duty list (责任清单), changed from a day on: added, given to another office, ended. Each change a leaf.

Lines of one category and place never overlap: a change closes the line in force and begins another, and an undone
change is a new one. Who changes it: the city's administrator, the arbiter, and the administrator of a general office
for lines on its own ground between offices below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import routing
from zhili.core.cases.models import Category, Duty
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused, not_over
from zhili.core.people.offices import tree as offices
from zhili.core.people.posts import check_day
from zhili.core.places import tree as places
from zhili.core.trail import changes

DUTY: Final = "duty"
ARBITER: Final = "arbiter"


@dataclass(frozen=True)
class Line:
    """A line as it is wanted: whose is this category in this division, and by what paper."""

    scenario: str
    category: str
    division_id: int
    office_id: int
    direct: bool = False
    source: str = ""

    @property
    def key(self) -> str:
        return f"{self.scenario}/{self.category}/{self.division_id}"


def line_of(duty: Duty) -> Line:
    return Line(duty.scenario, duty.category, duty.division_id, duty.office_id, duty.direct, duty.source)


def keeps_all(actor: Actor) -> bool:
    """Whether an actor mends the list of the whole city."""
    return managing.city_wide(actor) or (actor.kind == "post" and ARBITER in actor.roles)


def may_read(actor: Actor) -> bool:
    """Whether an actor sees the list: whoever mends a part of it."""
    return keeps_all(actor) or bool(managing.administered(actor))


def may_change(actor: Actor, line: Line) -> bool:
    """Whether an actor may write this line, or end it."""
    if keeps_all(actor):
        return True
    own = offices().nodes.get(actor.office_id or 0)
    if own is None or own.kind != "general" or line.division_id not in places.nodes():
        return False
    return own.division_id in places.ancestors(line.division_id) and managing.may_administer(
        actor, line.office_id
    )


@transaction.atomic
def put(line: Line, first: date, actor: Actor, seen: int | None, reason: str = "") -> Duty:
    """The line holds from a day on; the one that stood ends. Raises AdminRefused, PermissionDenied, Overtaken."""
    _check(line, actor)
    check_day("first", first)
    changes.begin(DUTY, line.key, seen)
    former, coming = _stands(line, first)
    if former is not None:
        _check_change(actor, line_of(former))
        if line_of(former) == line:
            raise AdminRefused("office", _("清单上已经是这样，没有改动。"))
    if coming is not None and coming is not former:
        raise AdminRefused(
            "first", _("已登记自%(day)s起的另一项变更，请先撤回它。") % {"day": coming.valid_from.isoformat()}
        )
    before = facts_of(former) if former else {}
    if former is not None:
        _close(former, first)
    made = Duty.objects.create(
        scenario=line.scenario,
        category=line.category,
        division_id=line.division_id,
        office_id=line.office_id,
        direct=line.direct,
        source=line.source,
        valid_from=first,
    )
    _keep(
        "changed" if former else "added",
        made,
        actor,
        before=before,
        after=facts_of(made),
        since=first,
        reason=reason,
    )
    return made


@transaction.atomic
def end(duty_id: int, first: date, actor: Actor, seen: int | None, reason: str) -> Duty:
    """The line no longer holds from a day on; matters then go by the lines around it. Raises as ``put``."""
    found = Duty.objects.filter(pk=duty_id).first()
    if found is None:
        raise AdminRefused("", _("没有这一行。"))
    _check_change(actor, line_of(found))
    check_day("first", first)
    changes.begin(DUTY, line_of(found).key, seen)
    found = Duty.objects.select_for_update().filter(pk=duty_id).first()
    if found is None or found.valid_to is not None:
        raise AdminRefused("", _("这一行已经结束或定了结束日期。"))
    before = facts_of(found)
    _close(found, first)
    _keep("ended", found, actor, before=before, since=first, reason=reason)
    return found


@transaction.atomic
def withdraw(duty_id: int, actor: Actor, seen: int | None) -> Duty:
    """Take back a line that has not begun: the one it was to follow goes on. Raises as ``put``."""
    found = Duty.objects.filter(pk=duty_id).first()
    if found is None:
        raise AdminRefused("", _("没有这一行。"))
    _check_change(actor, line_of(found))
    changes.begin(DUTY, line_of(found).key, seen)
    if found.valid_from <= timezone.localdate():
        raise AdminRefused("", _("这一行已经生效，不能撤回；请登记新的变更。"))
    before = facts_of(found)
    same = Duty.objects.filter(scenario=found.scenario, category=found.category, division=found.division_id)
    former = same.filter(valid_to=found.valid_from).first()
    found.delete()
    if former is not None:
        former.valid_to = None
        former.save(update_fields=["valid_to"])
    _keep("withdrawn", found, actor, before=before, after=facts_of(former) if former else {})
    return found


def facts_of(duty: Duty) -> dict[str, Any]:
    """A line as the log shows it."""
    node = offices().nodes.get(duty.office_id)
    return {
        "office": duty.office_id,
        "office_name": node.name if node else "",
        "direct": duty.direct,
        "source": duty.source,
        "from": duty.valid_from.isoformat(),
        "to": duty.valid_to.isoformat() if duty.valid_to else None,
    }


def name_of(line: Line) -> str:
    """Category and place, as a change is called."""
    found = (
        Category.objects.filter(scenario=line.scenario, code=line.category)
        .values_list("name", flat=True)
        .first()
    )
    return f"{found or line.category or '全部类别'} · {places.full_name(line.division_id)}"


def standing(actor: Actor | None = None) -> Any:
    """Lines in force or to come, those the actor may see first asked: all of the city, or of its own ground."""
    rows = Duty.objects.filter(not_over(timezone.localdate()))
    if actor is None or keeps_all(actor):
        return rows
    own = offices().nodes.get(actor.office_id or 0)
    if own is None:
        return rows.none()
    return rows.filter(division__in=places.subtree(own.division_id))


def _stands(line: Line, first: date) -> tuple[Duty | None, Duty | None]:
    """(the line in force on that day, the next to come)."""
    same = Duty.objects.select_for_update().filter(
        not_over(first), scenario=line.scenario, category=line.category, division=line.division_id
    )
    rows = list(same.order_by("valid_from"))
    former = next((one for one in rows if one.valid_from <= first), None)
    return former, next((one for one in rows if one.valid_from > first), None)


def _check(line: Line, actor: Actor) -> None:
    node = offices().nodes.get(line.office_id)
    if node is None or not node.in_force:
        raise AdminRefused("office", _("没有这个单位，或它已停用。"))
    if line.division_id not in places.nodes():
        raise AdminRefused("division", _("没有这个区划。"))
    known = Category.objects.filter(scenario=line.scenario, code=line.category, active=True)
    if line.category and not known.exists():
        raise AdminRefused("category", _("没有这个类别。"))
    _check_change(actor, line)


def _check_change(actor: Actor, line: Line) -> None:
    if not may_change(actor, line):
        raise PermissionDenied(_("这一行由市级管理员、裁定单位，或管着两边单位的上级管理员修改。"))


def _close(duty: Duty, first: date) -> None:
    """A line that has not begun by then is gone; one in force stays readable, with its end."""
    if duty.valid_from >= first:
        duty.delete()
    else:
        duty.valid_to = first
        duty.save(update_fields=["valid_to"])


def _keep(done: str, duty: Duty, actor: Actor, **told: Any) -> None:
    line = line_of(duty)
    routing.forget()
    node, place = offices().nodes.get(duty.office_id), places.nodes().get(duty.division_id)
    facts = {
        "scenario": duty.scenario,
        "category": duty.category,
        "division": place.code if place else "",
        "office": node.code if node else "",
    }
    changes.record(
        DUTY, done, actor, key=line.key, name=name_of(line), office=duty.office_id, facts=facts, **told
    )
