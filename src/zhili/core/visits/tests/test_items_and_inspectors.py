"""Nothing is checked without a law, nobody checks without a valid certificate or where they have an interest."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhili.core.people.managing import AdminRefused
from zhili.core.trail.models import Change
from zhili.core.visits import catalogue, checklists, inspectors
from zhili.core.visits.catalogue import GivenItem
from zhili.core.visits.models import Item
from zhili.core.visits.tests.town import QUESTIONS, Town


def test_an_item_without_legal_basis_is_refused_and_every_fault_is_told() -> None:
    bad = GivenItem("X", "检查", " ", 1, ratio="1.5", minutes=0, checklist=[{"code": "A B", "title": "?"}])
    assert [name for name, _why in catalogue.faults(bad)] == ["basis", "ratio", "minutes", "checklist"]


def test_a_checklist_says_which_question_is_at_fault_and_what_is_a_finding() -> None:
    twice = [QUESTIONS[0], QUESTIONS[0], {"code": "c", "title": "选", "kind": "choice", "choices": ["一"]}]
    assert [why[:4] for why in checklists.faults(twice)] == ["第2个问", "第3个问"]
    exit_, oil = checklists.read(QUESTIONS)
    assert checklists.fit(oil, " 2.5 ") == 2.5
    assert (checklists.is_bad(oil, 2.5), checklists.is_bad(oil, 2), checklists.is_bad(exit_, "no")) == (
        1,
        0,
        1,
    )
    with pytest.raises(ValueError, match="数字"):
        checklists.fit(oil, "很多")


def test_an_office_keeps_its_own_items_and_officers_each_change_a_leaf(small_city: Any) -> None:
    town = Town(small_city, shops=1)
    item = town.items[0]
    again = town.item("F1", town.fire.pk, minutes=45)
    assert again.pk == item.pk
    last = Change.objects.filter(subject="visit_item", key=item.pk).latest("pk")
    assert (last.done, last.before["minutes"], last.after["minutes"]) == ("changed", 30, 45)
    with pytest.raises(AdminRefused, match="法律依据"):
        town.item("F2", town.fire.pk, basis="")
    assert not Item.objects.filter(code="F2").exists()
    with pytest.raises(PermissionDenied):
        catalogue.save(GivenItem("F3", "检查", "消防法", town.fire.pk), small_city.actor("B", "admin"))
    today = timezone.localdate()
    valid, expired = town.inspector("A.zhzf", 1), town.inspector("A.zhzf", 2, today - timedelta(days=1))
    shown = town.inspector("A.zhzf", 3, today, "电梯")
    firm = town.shops[0].firm
    inspectors.declare_conflict(valid, firm, "配偶持股", town.admin)
    able, excluded = inspectors.sort_out([valid, expired, shown], today, firm_id=firm.pk)
    assert able == [shown], "the last day of a certificate is a valid one"
    assert [one.reason for one in excluded] == ["conflict", "expired"]
    assert "配偶" not in excluded[0].words()
    same = inspectors.GivenInspector(shown.account_id, shown.office_id, valid.certificate_number, today)
    with pytest.raises(AdminRefused, match="另一人"):
        inspectors.save(same, town.admin)
