"""An office that opens the original of a photo which says where it was taken: whoever sent it sees that, by matter."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.files.tests.hostile import private_photo
from zhili.core.files.tests.samples import picture, send
from zhili.core.notices.models import Notice
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.people.models import Account
from zhili.core.personal import copying, looked
from zhili.core.personal.telling import Openings
from zhili.core.streams.testing import deliver
from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db
ORIGINAL = "照片、录像原件（里面有拍摄地点或机主）"


def sent(city: SmallCity, by: Actor = ANONYMOUS) -> tuple[Case, str, str]:
    """A report with a photo that says where; (case, its code, the file)."""
    photo = send(private_photo("JPEG"))
    data = {"what": "院里搭了违建", "place": INSIDE, "photos": [f"{photo.id}:{photo.token}"]}
    made = doors.open_case("citizen_reports.report", "report", by, data)
    return Case.objects.get(pk=made.case_id), made.code or "", str(photo.id)


def opens(city: SmallCity, case: Case, file: str, query: str = "?original=1") -> None:
    answer: Any = reader(city.actor("A.grid")).get(f"/c/{case.number}/files/{file}{query}")
    assert answer.status_code == 200


def test_whoever_has_the_code_sees_it_on_the_page_of_the_matter(small_city: SmallCity) -> None:
    case, code, file = sent(small_city)
    address = f"/c/{case.number}/data?g={code}"
    assert ORIGINAL not in words_of(Client().get(address))
    opens(small_city, case, file, "")
    assert ORIGINAL not in words_of(Client().get(address)), "a copy tells nothing"
    opens(small_city, case, file)
    shown = words_of(Client().get(address))
    assert ORIGINAL in shown
    assert f"办理 {case.number}" in shown


def test_a_resident_sees_it_among_their_own_and_takes_it_with_the_copy(small_city: SmallCity) -> None:
    resident, other = small_city.resident(), small_city.resident("居民乙")
    case, _code, file = sent(small_city, resident)
    opens(small_city, case, file)
    shown = words_of(reader(resident).get("/my/data"))
    assert ORIGINAL in shown
    assert case.title in shown or case.number in shown.replace(" ", "")
    (look,) = looked.all_of(resident)
    assert (look.kind, look.what, look.number) == ("office", (ORIGINAL,), case.number)
    assert copying._look(look)["what"] == ORIGINAL
    assert ORIGINAL not in words_of(reader(other).get("/my/data"))
    assert looked.all_of(other) == []


def test_a_photo_an_office_attached_is_not_the_reporter_s(small_city: SmallCity) -> None:
    resident, grid = small_city.resident(), small_city.actor("A.grid")
    case, _code, _file = sent(small_city, resident)
    taken = send(private_photo("JPEG") + b"x", "b.jpg", grid)
    doors.act(case.pk, "accept", grid, {"category": "201013"})
    doors.act(case.pk, "finish", grid, {"answer": "已拆除。", "photos": [str(taken.id)]})
    opens(small_city, case, str(taken.id))
    assert Access.objects.filter(secret_id=taken.id).exists()
    assert looked.all_of(resident) == []


def test_whoever_wants_to_know_is_told(small_city: SmallCity) -> None:
    resident = small_city.resident()
    Account.objects.filter(pk=resident.account_id).update(tell_openings=True)
    case, _code, file = sent(small_city, resident)
    opens(small_city, case, file)
    deliver(Openings())
    (told,) = Notice.objects.filter(account_id=resident.account_id, kind="personal.opened")
    assert ORIGINAL in told.body


def test_a_plain_photo_is_opened_without_a_record(small_city: SmallCity) -> None:
    plain = send(picture("JPEG"))
    data = {"what": "违建", "place": INSIDE, "photos": [f"{plain.id}:{plain.token}"]}
    case = Case.objects.get(pk=doors.open_case("citizen_reports.report", "report", ANONYMOUS, data).case_id)
    opens(small_city, case, str(plain.id))
    assert not Access.objects.exists()
