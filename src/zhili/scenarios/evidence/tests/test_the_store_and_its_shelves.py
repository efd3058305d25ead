"""A store is registered by its leaders, drawn with what is in each slot, and gone through shelf by shelf."""

from __future__ import annotations

import pytest
from django.test import Client

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.core.trail.models import Change, Leaf
from zhili.scenarios.evidence import plan, stocktaking
from zhili.scenarios.evidence.models import ItemDetail, Rack, Slot, Store
from zhili.scenarios.evidence.tests.keeping import KEEPS, Keeping

pytestmark = pytest.mark.django_db


def signed_in(city: SmallCity, actor: Actor) -> Client:
    client = Client()
    client.force_login(city.account_of(actor), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def cell(keeping: Keeping, code: str) -> plan.Cell:
    cells = [c for room in plan.rooms(keeping.store) for rack in room.racks for c in rack.cells]
    return next(one for one in cells if one.code == code)


def test_leaders_register_a_store_with_rooms_and_racks_and_each_is_a_leaf(keeping: Keeping) -> None:
    client = signed_in(keeping.city, keeping.leader)
    before = Leaf.objects.filter(kind="change").count()
    made = client.post("/evidence/stores", {"code": "w2", "name": "东库"})
    store = Store.objects.get(code="W2")
    assert made["Location"] == f"/evidence/stores/{store.pk}"
    room = {"_do": "room", "code": "1", "name": "一室", "width": "5", "depth": "4"}
    assert client.post(f"/evidence/stores/{store.pk}", room).status_code == 302
    rack = {
        "_do": "rack", "room": "1", "code": "A", "x": "0", "y": "0", "width": "3", "depth": "0.5",
        "levels": "2", "across": "4", "capacity": "2",
    }  # fmt: skip
    assert client.post(f"/evidence/stores/{store.pk}", rack).status_code == 302
    assert Slot.objects.filter(rack__room__store=store).count() == 8
    assert Slot.objects.filter(code="W2-1-A204", capacity=2).exists()
    outside = client.post(f"/evidence/stores/{store.pk}", {**rack, "code": "B", "x": "4"})
    assert "超出了房间" in outside.content.decode()
    assert Leaf.objects.filter(kind="change").count() == before + 3
    assert Change.objects.filter(subject=plan.SUBJECT).count() == 3
    assert signed_in(keeping.city, keeping.custodian).post("/evidence/stores", {}).status_code == 403


def test_a_rack_stands_within_its_room(keeping: Keeping) -> None:
    room = keeping.store.rooms.get()
    with pytest.raises(Refused):
        plan.add_rack(keeping.leader, room, Rack(code="Z", x=5, y=0, width=3, depth=1, rows=1, columns=1), 1)


def test_each_slot_says_in_words_what_its_colour_says(keeping: Keeping) -> None:
    code = "W1-101-A101"
    assert (cell(keeping, code).state, cell(keeping, code).words) == ("empty", "空")
    case = keeping.on_the_shelf(code)
    assert cell(keeping, code).state == "some"
    keeping.do(case, "seal", seal_number="F-1", photos=[keeping.photo()])
    assert (cell(keeping, code).state, "有封存" in cell(keeping, code).words) == ("sealed", True)
    Slot.objects.filter(code=code).update(capacity=1)
    assert (cell(keeping, code).state, "放满" in cell(keeping, code).words) == ("full", True)


def test_an_item_is_placed_by_choosing_a_slot(keeping: Keeping) -> None:
    case = keeping.take_in()
    client = signed_in(keeping.city, keeping.custodian)
    to_plan = client.get(f"/evidence/stores?item={case.number}")
    assert to_plan["Location"].startswith(f"/evidence/stores/{keeping.store.pk}?item=")
    page = client.get(
        f"/evidence/stores/{keeping.store.pk}?item={case.number}&slot=W1-101-B102"
    ).content.decode()
    assert f"/desk/c/{case.number}?fill=shelve&amp;slot=W1-101-B102#act-shelve" in page


def test_stock_is_taken(keeping: Keeping) -> None:
    found, moved, lost = (keeping.on_the_shelf(f"W1-101-A10{n}") for n in (1, 2, 3))
    lent = keeping.on_the_shelf("W1-101-A201")
    keeping.lend(lent)
    count = stocktaking.begin(keeping.custodian, keeping.store)
    assert stocktaking.begin(keeping.leader, keeping.store) == count
    slots = {one.code: one for one in Slot.objects.all()}
    address = f"http://127.0.0.1/evidence/i/{found.number}"
    strange = stocktaking.see(keeping.custodian, count, slots["W1-101-A101"], f"{address}\nabc\n")[1]
    assert strange == ["abc"]
    stocktaking.see(keeping.custodian, count, slots["W1-101-B203"], moved.number)
    assert [one.result for one in stocktaking.lines(keeping.custodian, count)] == [
        "found",
        "elsewhere",
        "missing",
    ]
    assert stocktaking.finish(keeping.leader, count) == {"found": 1, "elsewhere": 1, "missing": 1}
    assert ItemDetail.objects.get(pk=moved.pk).slot.code == "W1-101-B203"
    assert ItemDetail.objects.get(pk=lost.pk).missing
    told = Step.objects.get(case=lost, action="counted_here").data
    assert told == {**told, "result": "missing", "stocktake": count.number}
    assert not Step.objects.filter(case=lent, action="counted_here").exists()
    count.refresh_from_db()
    with pytest.raises(Refused):
        stocktaking.finish(keeping.leader, count)


def test_another_offices_store_is_not_there(keeping: Keeping) -> None:
    client = signed_in(keeping.city, keeping.city.actor("B.town"))
    assert client.get(f"/evidence/stores/{keeping.store.pk}").status_code == 404
    assert KEEPS == "A.zhzf"
