"""The watch list: what names a person is refused, checks fall due, an entry goes unless renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import categories, doors, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock
from zhili.core.cases.tests.city import INSIDE, SmallCity, forget
from zhili.core.forms import FormErrors, Personal
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.cross_border import persons
from zhili.scenarios.cross_border.hazards import forms, sharing
from zhili.scenarios.cross_border.hazards.models import HazardDetail

HAZARD = "cross_border.hazard"
FORMS = (forms.Listed, forms.Review, forms.Check, forms.Removal, forms.Keeper)


def entry(city: SmallCity, **more: object) -> dict[str, object]:
    until = timezone.localdate() + timedelta(days=100)
    return {
        "kind": "bridge",
        "name": "塘桥",
        "place": INSIDE,
        "why": "桥面有裂缝。",
        "level": "high",
        "keeper": str(city.offices["A.grid"].pk),
        "until": until.isoformat(),
        **more,
    }


def test_nothing_in_it_asks_for_a_person() -> None:
    for form in FORMS:
        assert not [one for one in form.fields() if isinstance(one, Personal)]
    columns = {one.attname for one in HazardDetail._meta.concrete_fields}
    assert not columns & {"person", "person_id", "account_id", "phone", "id_number", "owner_name"}
    listed = form_help(forms.Listed, "name")
    assert "不列人" in listed


def form_help(form: type[forms.Listed], name: str) -> str:
    return form.named(name).hint()


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("王小明", True),
        ("李某某", True),
        ("Zhang San", True),
        ("陈师傅家中", True),
        ("330402199001011234", True),
        ("重点人员聚集点", True),
        ("13812345678", True),
        ("石桥", False),
        ("金塘闸", False),
        ("北港危险化学品仓库", False),
        ("易涝积水点（交界路涵洞）", False),
    ],
)
def test_a_name_that_is_a_persons_is_refused(name: str, refused: bool) -> None:
    assert bool(persons.named_like_a_person(name)) is refused


def test_the_life_of_a_watched_place(small_city: SmallCity) -> None:
    categories.load("cross_border")
    forget()
    town, grid = small_city.actor("A.town"), small_city.actor("A.grid")
    with pytest.raises(FormErrors) as error:
        doors.open_case(HAZARD, "list_place", town, entry(small_city, name="王小明", why="他 13812345678"))
    assert set(error.value.errors) == {"name", "why"}
    with pytest.raises(FormErrors) as error:
        doors.open_case(
            HAZARD, "list_place", town, entry(small_city, kind="chemicals", public=True, ground="x")
        )
    assert set(error.value.errors) == {"public"}
    with pytest.raises(FormErrors) as error:
        doors.open_case(HAZARD, "list_place", town, entry(small_city, public=True))
    assert set(error.value.errors) == {"ground"}
    with pytest.raises(Refused, match="一年以内"):
        doors.open_case(HAZARD, "list_place", town, entry(small_city, until="2099-01-01"))

    shown = entry(small_city, public=True, ground="条例第一条", shared=True)
    case = Case.objects.get(pk=doors.open_case(HAZARD, "list_place", town, shown).case_id)
    assert case.office_id == small_city.offices["A.grid"].pk
    stage, listed = (Clock.objects.get(case=case, name=name) for name in ("stage", "listed"))
    assert timedelta(days=6, hours=23) < stage.due_at - case.opened_at < timedelta(days=9)
    assert timedelta(days=99) < listed.due_at - case.opened_at < timedelta(days=102)

    sweeping.sweep(now=stage.next_fire_at)
    case.refresh_from_db()
    assert case.stage == "due"
    wrong = {"result": "fine", "note": "都好。", "opens": True}
    with pytest.raises(Refused, match="不用另开"):
        doors.act(case, "check", grid, wrong)
    doors.act(case, "check", grid, {"result": "finding", "note": "护栏松动。", "opens": True})
    case.refresh_from_db()
    detail = HazardDetail.objects.get(pk=case.pk)
    assert (case.stage, detail.findings) == ("watched", 1)
    child = Case.objects.get(parent=case)
    assert (child.procedure, child.category, child.lon) == ("cross_border.matter", "hazards", case.lon)

    with pytest.raises(Refused, match="另一人"):
        doors.act(case, "renew", town, {"level": "low", "why": "修好了。", "until": in_days(200)})
    county = small_city.actor("A")
    doors.act(case, "renew", county, {"level": "low", "why": "修好了。", "until": in_days(200)})
    listed.refresh_from_db()
    assert listed.due_at - timezone.now() > timedelta(days=199)
    assert sharing.document()["hazards"][0]["level"] == "low"
    assert "why" not in sharing.document()["hazards"][0]

    page = words_of(reader().get("/hazards"))
    assert "塘桥" in page
    assert "条例第一条" in page
    assert "护栏松动" not in page
    desk = reader(town)
    assert "塘桥" in words_of(desk.get("/cross-border/hazards?q=塘"))
    assert "护栏松动" in words_of(desk.get(f"/cross-border/hazards/{case.number}"))
    exported = desk.post("/cross-border/hazards/export.csv", {"state": "open", "q": ""})
    assert "塘桥" in exported.content.decode("utf-8-sig")

    for _twice in range(2):  # its check falls due on the way
        sweeping.sweep(now=listed.next_fire_at)
    case.refresh_from_db()
    assert case.stage == "expired"
    assert sharing.document() == {"hazards": []}
    assert "塘桥" not in words_of(reader().get("/hazards"))


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()
