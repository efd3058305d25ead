"""Names, phones and what slips into free text never enter a step, a leaf or an event."""

import json

import pytest

from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people import secrets
from zhili.core.people.actors import ANONYMOUS
from zhili.core.people.models import Secret
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.models import Access, Leaf

REPORT = "citizen_reports.report"
NAMED = {"what": "垃圾成堆，可打我电话13800001111", "place": INSIDE, "category": "201001", "anonymous": False}
NAMED |= {"name": "欧阳小敏", "phone": "13912345678"}
PRIVATE = ("欧阳小敏", "13912345678", "13800001111")


@pytest.fixture
def case(small_city: SmallCity) -> Case:
    return Case.objects.get(pk=doors.open_case(REPORT, "report", ANONYMOUS, NAMED).case_id)


def test_nothing_personal_stands_outside_the_sealed_table(case: Case) -> None:
    kept = [json.dumps(s.data, ensure_ascii=False) for s in Step.objects.all()]
    kept += [bytes(leaf.body).decode() for leaf in Leaf.objects.all()]
    kept += [json.dumps(e.payload, ensure_ascii=False) for e in StreamEvent.objects.all()]
    kept += [case.title, case.address]
    for value in PRIVATE:
        assert not any(value in text for text in kept)
    assert CaseSecret.objects.filter(case=case).count() == Secret.objects.count() == 3


def test_a_telephone_in_the_address_is_sealed_and_not_lost(small_city: SmallCity) -> None:
    place = INSIDE | {"address": "建设路1号，电话13800001111"}
    made = doors.open_case(REPORT, "report", ANONYMOUS, {"what": "垃圾", "place": place})
    case = Case.objects.get(pk=made.case_id)
    assert "13800001111" not in case.address
    assert "建设路1号" in case.address
    assert CaseSecret.objects.filter(case=case, field="place").count() == 1


def test_an_office_of_town_level_opens_a_value_and_it_is_recorded(small_city: SmallCity, case: Case) -> None:
    for at in ("A.grid", "A.village"):
        doors.act(case, "pass_up", small_city.actor(at), {"reason": "上报"})
    case.refresh_from_db()
    town = small_city.actor("A.town")
    phone = next(p for e in present.timeline(case, town) for p in e.personal if p.label == "联系电话")
    assert phone.masked == "139****5678"
    assert phone.may_open
    opened = CaseSecret.objects.get(case=case, field="phone").secret_id
    assert secrets.masked([opened])[opened] == "139****5678"
    assert present.open_personal(case, opened, town).endswith("13912345678")
    access = Access.objects.get()
    assert (access.account_id, access.case_id, access.secret_id) == (town.account_id, case.pk, opened)
    assert case.number in access.purpose
    assert Leaf.objects.filter(kind="access").count() == 1


def test_below_town_level_nobody_opens_a_value(small_city: SmallCity, case: Case) -> None:
    secret = CaseSecret.objects.get(case=case, field="phone").secret_id
    with pytest.raises(Refused) as no:
        present.open_personal(case, secret, small_city.actor("A.grid"))
    assert no.value.status == 403
    assert not Access.objects.exists()


def test_an_office_that_does_not_hold_the_case_opens_nothing(small_city: SmallCity, case: Case) -> None:
    secret = CaseSecret.objects.get(case=case, field="phone").secret_id
    for office in ("A.town", "B.town", "city"):
        with pytest.raises(Refused):
            present.open_personal(case, secret, small_city.actor(office))


def test_the_public_sees_the_public_words_only(small_city: SmallCity, case: Case) -> None:
    entries = present.timeline(case, ANONYMOUS)
    text = json.dumps(
        [[e.title, e.fields, [p.masked for p in e.personal]] for e in entries], ensure_ascii=False
    )
    assert "垃圾成堆" in text
    for value in (*PRIVATE, "139****5678", "建设路1号"):
        assert value not in text
