"""The pages of visits: a plan with its reasons, the day's way, a checklist filled in without scripts by two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.visits import answers, arrivals, officers
from zhili.core.visits.models import DoorCode, Inspector, Officer, Visit, VisitAnswer
from zhili.core.visits.tests.story import LOTTERY, drawn, officer, picture, planned, visited
from zhili.core.visits.tests.town import Town
from zhili.portal.tests.pages_client import reader, words_of


def test_a_plan_is_explained_approved_and_visited(small_city: SmallCity) -> None:
    town = Town(small_city)
    for office in ("A.zhzf", "B"):
        for n in range(2):
            town.inspector(office, n)
    _draw, plan = planned(town)
    drawn(officers.announce(plan, [LOTTERY], timezone.now() + timedelta(days=1), town.admin), town.admin)
    desk = reader(town.admin)
    assert plan.title in words_of(desk.get("/desk/visits/plans"))
    page = words_of(desk.get(f"/desk/visits/plans/{plan.pk}"))
    assert "50 % 比逐项上门少" in page
    assert "各项检查都能在" in page
    assert "是各天里最空的" in page
    elsewhere = reader(small_city.actor("B.town"))
    assert elsewhere.get(f"/desk/visits/plans/{plan.pk}").status_code == 404
    assert "还没有检查计划" in words_of(elsewhere.get("/desk/visits/plans"))
    visit = Visit.objects.filter(plan=plan).earliest("date", "pk")
    checklist(visit, elsewhere)
    paper_and_business(town, visit, elsewhere)


def checklist(visit: Visit, elsewhere: Any) -> None:
    first, last = (officer(Inspector.objects.get(pk=pk).account_id) for pk in _ends(visit))
    one, other = reader(first), reader(last)
    address = f"/desk/visits/{visit.pk}"
    assert visit.premises.name in words_of(one.get("/desk/visits/today", {"day": visit.date.isoformat()}))
    assert elsewhere.get(address).status_code == 404
    fields = [f"v-{i.pk}-{q.code}" for i, own in answers.questions(visit) for q in own]
    good = {name: "yes" if name.endswith("exit") else "1.5" for name in fields}
    wrong = one.post(address, good | {fields[1]: "很多", "seen": "0"})
    assert wrong.status_code == 422
    assert "请填数字" in words_of(wrong)
    assert not VisitAnswer.objects.exists(), "all or none"
    assert one.post(address, good | {"seen": "0"}).status_code == 302
    late = {fields[0]: "no", f"n{fields[0][1:]}": "门前堆货", "seen": "0"}
    assert other.post(address, late).status_code == 302
    page = one.get(address)
    assert "有 1 个问题两人填的不一致" in words_of(page)
    assert "门前堆货" in words_of(page)
    seen = VisitAnswer.objects.latest("pk").pk
    closed = one.post(address, good | {fields[0]: "no", "seen": str(seen), "do": "close"})
    assert closed.status_code == 302
    page = words_of(one.get(address))
    assert "已检查" in page
    assert "安全出口是否畅通：否" in page
    assert VisitAnswer.objects.filter(visit=visit).count() == len(fields) + 2, (
        "the same again is no new answer"
    )


def paper_and_business(town: Town, visit: Visit, elsewhere: Any) -> None:
    """What was finished without a scan is told of; the business has its record by the visit's code, nobody else."""
    desk, stranger = reader(town.admin), Client()
    assert visit.premises.name in words_of(desk.get("/desk/visits/unscanned"))
    assert "都扫了码" in words_of(elsewhere.get("/desk/visits/unscanned"))
    code = arrivals.code_of(visit)
    page = stranger.get(f"/visit/{visit.pk}?g={code}")
    assert "安全出口是否畅通：否" in words_of(page)
    assert "消防法第五十三条" in words_of(page)
    assert stranger.get(f"/visit/{visit.pk}?g=0000-0000-0000-0000").status_code == 404
    assert stranger.get(f"/visit/{visit.pk}/record.pdf").status_code == 404
    paper = stranger.get(f"/visit/{visit.pk}/record.pdf?g={code}")
    assert paper.content.startswith(b"%PDF")  # type: ignore[attr-defined]
    assert elsewhere.get(f"/desk/visits/{visit.pk}/record.pdf").status_code == 404


def test_an_officer_scans_the_door_and_signs_on_paper_without_scripts(small_city: SmallCity) -> None:
    town, visit, (one, *_rest) = visited(small_city)
    address, door = f"/desk/visits/{visit.pk}", f"/desk/visits/door/{visit.premises_id}"
    desk, phone = reader(town.admin), reader(one)
    assert "还没有场所码" in words_of(desk.get(door))
    assert desk.post(door).status_code == 302
    old = DoorCode.objects.get().code
    assert old in words_of(desk.get(door))
    assert "我已到场" not in words_of(Client().get(f"/at/{old}")), "nobody else is told of a visit"
    desk.post(door)
    code = DoorCode.objects.get().code
    assert Client().get(f"/at/{old}").status_code == 404
    assert phone.post(address, {"do": "arrive", "code": old}).status_code == 422
    assert "我已到场" in words_of(phone.get(f"/at/{code}"))
    assert phone.post(f"/at/{code}", {"visit": visit.pk}).status_code == 302
    item, asked = answers.questions(visit)[0]
    sent = {f"v-{item.pk}-{asked[0].code}": "no", f"p-{item.pk}-{asked[0].code}": sent_photo(), "seen": "0"}
    assert phone.post(address, sent | {"do": "save"}).status_code == 302
    (photo,) = VisitAnswer.objects.get().photos
    assert phone.get(f"{address}/files/{photo['file']}?small=1").status_code == 200
    assert reader(small_city.actor("B.town")).get(f"{address}/files/{photo['file']}").status_code == 404
    name = {"do": "sign", "inspector": visit.officers.earliest("pk").inspector_id, "picture": sent_photo()}
    assert phone.post(address, name).status_code == 302
    refused = {"do": "sign", "inspector": "", "capacity": "charge"}
    assert "写明拒绝签字的原因" in words_of(phone.post(address, refused))
    assert phone.post(address, refused | {"reason": "等老板"}).status_code == 302
    page = words_of(phone.get(address))
    assert "拒绝签字：等老板" in page.replace(" ", "")
    broken = phone.post(
        f"{address}/send", "[]", content_type="application/json", headers={"Accept": "application/json"}
    )
    assert broken.status_code == 400


def sent_photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("现场.png", picture(), "image/png")


def _ends(visit: Visit) -> tuple[int, int]:
    found = list(
        Officer.objects.filter(visit=visit).order_by("body", "pk").values_list("inspector_id", flat=True)
    )
    return found[0], found[-1]
