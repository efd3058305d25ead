"""A step may pass a matter on to a procedure of another scenario; its result comes back as a step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from zhili.base.procedure import (
    Action,
    Duty,
    Final,
    Holder,
    Keep,
    Limit,
    Opening,
    Procedure,
    Referred,
    Role,
    Scenario,
    Site,
    Stage,
)
from zhili.core.cases import check, doors, moving, registry
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.forms import Form, LongText, Place, Text

pytestmark = pytest.mark.django_db
LIMIT = Limit("referrals.accept")


class Order(Form):
    what = LongText("事实", required=True)
    place = Place("地点")


class Decision(Form):
    number = Text("文号", public=True)
    decision = LongText("决定", required=True, public=True)


def raise_rating(parent: Change, child: Change) -> None:
    """What a result may alter in its parent: here one of its columns."""
    parent.case.rating = 5


class Penalty(Procedure):
    title = "行政处罚"
    standing = ()
    on_return = raise_rating
    returns_public = True

    filed = Stage("立案", owner=Duty(), limit=LIMIT)
    decided = Final("已决定")

    file = Opening("移送立案", filed, by=Referred(), form=Order)
    decide = Action("作出决定", filed >> decided, by=Holder(), form=Decision)


class Inspection(Procedure):
    title = "检查"
    found = Stage("已发现", owner=Keep(), limit=LIMIT)
    passed = Final("已移送")

    find = Opening("检查发现", found, by=Role("handler"), form=Order)
    penalise = Action("转处罚", found >> passed, by=Holder(), form=Order, refers="test_fines.penalty")


@pytest.fixture(autouse=True)
def _scenarios() -> Iterator[None]:
    found = [
        Scenario("test_fines", "处罚", procedures=(Penalty,)),
        Scenario("test_visits", "检查", procedures=(Inspection,)),
    ]
    for one in found:
        registry.register(one)
    yield
    for one in found:
        registry.scenarios().pop(one.name)
        for procedure in one.procedures:
            registry.procedures().pop(procedure.full_name())


def begin(city: SmallCity) -> tuple[Case, Case]:
    actor = city.actor("A.zhzf")
    made = doors.open_case("test_visits.inspection", "find", actor, {"what": "油烟超标", "place": INSIDE})
    doors.act(made.case_id, "penalise", actor, {"what": "油烟超标三次"})
    parent = Case.objects.get(pk=made.case_id)
    return parent, Case.objects.get(parent=parent)


def test_the_site_holds_with_it() -> None:
    assert [fault for fault in check.run(database=False) if "test_" in fault] == []


def test_the_child_is_its_own_scenarios_and_stands_where_the_parent_stands(small_city: SmallCity) -> None:
    parent, child = begin(small_city)
    assert (parent.stage, child.stage, child.scenario) == ("passed", "filed", "test_fines")
    assert child.title == "油烟超标三次"
    assert (child.division_id, child.lon, child.confidential) == (parent.division_id, parent.lon, False)
    assert child.office_id == small_city.offices["A.grid"].pk  # its own duty list says whose it is
    step = Step.objects.filter(case=parent).latest("seq")
    assert step.data["referred"] == [
        {"child": child.number, "procedure": "test_fines.penalty", "office": child.office_id}
    ]


def test_the_result_comes_back_though_the_parent_has_ended(small_city: SmallCity) -> None:
    parent, child = begin(small_city)
    closed = parent.closed_at
    doors.act(child.pk, "decide", small_city.actor("A.grid"), {"number": "罚〔2026〕1号", "decision": "罚款"})
    parent.refresh_from_db()
    step = Step.objects.filter(case=parent).latest("seq")
    assert (step.action, step.from_stage, step.to_stage) == ("returned", "passed", "passed")
    assert step.data["reply"] == "罚〔2026〕1号\n罚款"
    assert step.data["public"] is True
    assert (parent.closed_at, parent.rating) == (closed, 5)


def test_a_procedure_that_takes_no_standing_action_has_none(small_city: SmallCity) -> None:
    ours = [one for one in Penalty.actions.values() if not any(isinstance(who, Site) for who in one.by)]
    offered = {one.name for one in ours if one.standing and one.by}
    assert offered == set()
    assert "merged" not in Penalty.stages
    assert "returned" in Penalty.actions


def test_what_the_kernel_writes_is_never_asked_for(small_city: SmallCity) -> None:
    parent, _child = begin(small_city)
    with pytest.raises(Refused) as refused:
        doors.act(parent.pk, "returned", small_city.actor("A.zhzf"), {"reply": "x"})
    assert refused.value.code == "no_action"


def test_a_child_that_cannot_be_opened_leaves_the_parent_as_it_was(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = small_city.actor("A.zhzf")
    made = doors.open_case("test_visits.inspection", "find", actor, {"what": "油烟超标", "place": INSIDE})

    def refuse(change: Change) -> None:
        raise Refused("no_desk", "x", 409)

    monkeypatch.setattr(moving, "settle", refuse)
    with pytest.raises(Refused):
        doors.act(made.case_id, "penalise", actor, {"what": "x"})
    assert Case.objects.get(pk=made.case_id).stage == "found"
    assert Step.objects.filter(case_id=made.case_id).count() == 1
