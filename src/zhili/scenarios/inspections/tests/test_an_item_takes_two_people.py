"""Nobody puts an item in force alone, and none whose basis nobody has read; every change is a leaf."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zhili.core.cases.errors import Refused
from zhili.core.trail import changes
from zhili.core.trail.models import Change
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.catalogue.kinds import CHECKED_WELL, HUMAN
from zhili.scenarios.inspections.models import Entry, Scene
from zhili.scenarios.inspections.tests.conftest import Office

pytestmark = pytest.mark.django_db


def test_what_the_platform_brings_is_in_force_only_where_its_basis_was_read(office: Office) -> None:
    now = keeping.in_force()
    assert len(now) == 75
    assert {one.checked for one in now.values()} <= CHECKED_WELL
    assert Scene.objects.filter(own_design=True).count() == 60
    assert keeping.seed(office.officer) == (0, 0)  # again: nothing twice
    unread = Entry.objects.get(code="M01")
    with pytest.raises(Refused, match="还没有人核对过原文"):
        keeping.confirm(office.leader, unread.pk)
    assert keeping.confirm(office.leader, unread.pk, read=True).checked == HUMAN


def test_a_change_waits_for_a_second_person_and_the_old_version_holds_until_then(office: Office) -> None:
    line = keeping.in_force(["Z01"])["Z01"].line()
    draft = keeping.propose(office.officer, replace(line, frequency=1), "减少次数")
    assert keeping.in_force(["Z01"])["Z01"].frequency == 2
    with pytest.raises(Refused) as alone:
        keeping.confirm(office.officer, draft.pk)
    assert (alone.value.code, alone.value.status) == ("second_person", 403)
    with pytest.raises(Refused, match="已有一份待确认"):
        keeping.propose(office.leader, replace(line, frequency=3))
    keeping.confirm(office.leader, draft.pk)
    assert keeping.in_force(["Z01"])["Z01"].frequency == 1
    states = list(Entry.objects.filter(code="Z01").order_by("number").values_list("number", "state"))
    assert states == [(1, "replaced"), (2, "in_force")]
    with pytest.raises(Refused, match="处理过了"):
        keeping.refuse(office.leader, draft.pk, "迟了")
    with pytest.raises(Refused, match="完全一样"):
        keeping.propose(office.officer, replace(line, frequency=1))
    keeping.withdraw(office.leader, "Z01", "依据已修改")
    assert "Z01" not in keeping.in_force()
    kept = Change.objects.filter(subject=keeping.ITEM, key="Z01").order_by("id")
    assert [one.done for one in kept] == ["seeded", "confirmed", "proposed", "confirmed", "withdrawn"]
    assert all(one.leaf_id for one in kept)


def test_a_scenario_is_changed_by_whoever_saw_its_last_change_and_only_with_items_there_are(
    office: Office,
) -> None:
    seen = changes.latest(keeping.SCENE, "life-01")
    told = {"group": "life", "title": "小餐饮", "items": ["Z01", "M02", "Z01"], "active": True}
    made = keeping.save_scene(office.officer, "life-01", told, seen=seen)
    assert (made.items, made.own_design) == (["Z01", "M02"], False)
    with pytest.raises(changes.Overtaken):
        keeping.save_scene(office.leader, "life-01", told, seen=seen)
    for wrong in ({"items": []}, {"items": ["NONE"]}, {"group": "seventh"}):
        with pytest.raises(Refused):
            keeping.save_scene(office.leader, "life-02", told | wrong)
