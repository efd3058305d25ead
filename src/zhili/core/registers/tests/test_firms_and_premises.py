"""A firm stands in the register under its code; who runs a shop of one's own is a person and kept as one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from zhili.base.codes import CodeError, check_uscc, made_uscc
from zhili.core.people.models import Secret
from zhili.core.registers import firms, premises
from zhili.core.registers.given import GivenFirm, GivenPremises
from zhili.core.registers.models import Firm, Premises
from zhili.core.trail.audit import running
from zhili.core.trail.changes import Overtaken
from zhili.core.trail.models import Access, Change, Leaf

CODE = made_uscc("92", "330402", "YY000001")
TRADER = GivenFirm(
    CODE, "嘉兴市南湖区欧阳小敏面馆", "sole_trader", operator="欧阳小敏", identity="", phone="13912345678"
)
SHOP = GivenPremises(
    CODE, "restaurant", "欧阳小敏面馆（建设路店）", address="建设路1号", lon=120.05, lat=30.05
)


def test_a_code_with_one_wrong_character_is_refused() -> None:
    assert check_uscc(CODE) == CODE
    for at in range(18):
        wrong = CODE[:at] + ("7" if CODE[at] != "7" else "8") + CODE[at + 1 :]
        with pytest.raises(CodeError):
            check_uscc(wrong)


def test_a_sole_trader_is_a_person(small_city: Any) -> None:
    clerk = small_city.actor("A", "handler")
    firm = firms.save(replace(TRADER, division_id=clerk.division_id), clerk)
    shop = premises.save(SHOP, clerk)
    assert (firm.name, shop.name) == ("嘉兴市南湖区欧***面馆", "欧***面馆（建设路店）")
    assert firms.masked(firm)["phone"] == "139****5678"
    assert shop.cell == small_city.cells["A.grid"]
    kept = json.dumps([*Change.objects.values_list("after", "name")], ensure_ascii=False)
    bodies = b"".join(bytes(one) for one in Leaf.objects.values_list("body", flat=True)).decode()
    for plain in ("欧阳小敏", "13912345678"):
        assert plain not in kept + bodies
    assert list(firms.find("139 1234 5678", clerk)) == [firm], "by a phone told whole"
    assert not firms.find("5678", small_city.actor("A.grid")).exists()
    with pytest.raises(ValueError, match="用途"):
        firms.open_personal(firm, "operator", clerk, " ")
    with pytest.raises(PermissionDenied):
        firms.open_personal(firm, "operator", small_city.actor("B", "handler"), "检查联系")
    assert firms.open_personal(firm, "full_name", clerk, "送达文书") == "嘉兴市南湖区欧阳小敏面馆"
    assert Access.objects.get().purpose == "送达文书"


def test_the_same_again_changes_nothing_and_each_change_is_a_leaf(small_city: Any) -> None:
    clerk = small_city.actor("A", "handler")
    given = replace(TRADER, division_id=clerk.division_id)
    firm = firms.save(given, clerk)
    premises.save(SHOP, clerk)
    leaves = Leaf.objects.count()
    secrets = Secret.objects.count()
    firms.save(given, clerk)
    premises.save(SHOP, clerk)
    assert (Leaf.objects.count(), Secret.objects.count()) == (leaves, secrets)
    firms.save(replace(given, status="suspended", phone="13800001111"), clerk, seen=None, reason="歇业")
    firm.refresh_from_db()
    assert firm.status == "suspended"
    assert firms.masked(firm)["phone"] == "138****1111"
    assert Secret.objects.exclude(erased_at=None).count() == 1, "the former number is gone"
    assert Leaf.objects.count() == leaves + 1
    with pytest.raises(Overtaken):
        firms.save(given, clerk, seen=0)


def test_what_is_wrong_is_told_by_field_and_a_stranger_to_the_place_writes_nothing(
    small_city: Any,
) -> None:
    clerk = small_city.actor("A", "handler")
    with pytest.raises(firms.Refused) as refused:
        firms.save(GivenFirm("123", "", "sect", phone="12"), clerk)
    assert [one.field for one in refused.value.wrong] == ["code", "name", "kind", "phone"]
    with pytest.raises(firms.Refused) as refused:
        premises.save(replace(SHOP, lon=121.5, lat=31.2), clerk)
    assert [one.field for one in refused.value.wrong] == ["lon"]
    with pytest.raises(firms.Refused) as refused:
        premises.save(SHOP, clerk)
    assert [one.field for one in refused.value.wrong] == ["firm_code"], "its firm is not there yet"
    with pytest.raises(PermissionDenied):
        firms.save(replace(TRADER, division_id=clerk.division_id), small_city.actor("B", "handler"))


def test_a_row_altered_put_in_or_taken_out_is_found(small_city: Any) -> None:
    clerk = small_city.actor("A", "handler")
    firm = firms.save(replace(TRADER, division_id=clerk.division_id), clerk)
    shop = premises.save(SHOP, clerk)

    def faults() -> set[tuple[str, str, str]]:
        report = running.Report()
        for phase in running.phases():
            if getattr(phase, "name", "") in ("registers_firm", "registers_premises"):
                running._through(phase, None, report, lambda *_: None)
        return {(one.what, one.table, one.column) for one in report.faults}

    assert not faults()
    Premises.objects.filter(pk=shop.pk).update(lon=120.06)
    Firm.objects.filter(pk=firm.pk).update(phone=None)
    assert faults() == {("altered", "registers_premises", "lon"), ("altered", "registers_firm", "phone_id")}
    Premises.objects.filter(pk=shop.pk).delete()
    assert ("gone", "registers_premises", "") in faults()
