"""A resident reports, follows and acts with plain forms: no scripts, no account."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.pages_client import REPORT, hidden, reader, send, words_of

WHAT = "小区门口垃圾成堆，三天没人收"
PLACE = {"place_lon": "120.05", "place_lat": "30.05", "place_address": "建设路1号"}


@pytest.fixture(autouse=True)
def _city(small_city: SmallCity) -> SmallCity:
    return small_city


def report(**more: Any) -> dict[str, Any]:
    """As a browser sends it: a box that is not ticked (None) is not sent at all."""
    given = {"what": WHAT, "anonymous": "true", **PLACE, **more}
    return {name: value for name, value in given.items() if value is not None}


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "green").save(out, "JPEG")
    return SimpleUploadedFile("门口.jpg", out.getvalue(), "image/jpeg")


def test_the_only_kind_of_report_opens_at_once() -> None:
    assert reader().get("/report")["Location"] == REPORT


def test_a_stranger_reports_and_gets_number_and_code_once() -> None:
    client = reader()
    answer = send(client, REPORT, report())
    case = Case.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/done/{case.number}"
    shown = words_of(client.get(answer["Location"]))
    assert "留存后谁也改不了" in shown
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", shown)
    assert code is not None
    # the code opens the case elsewhere; another browser is not shown it
    other = reader()
    assert code[0] not in words_of(other.get(f"/done/{case.number}"))
    found = other.post("/track", {"number": case.number, "code": code[0]})
    assert found.status_code == 302
    assert "追加说明" in words_of(other.get(found["Location"]))


def test_a_second_press_makes_no_second_case() -> None:
    client = reader()
    keys = hidden(client.get(REPORT))
    first = client.post(REPORT, {**keys, **report()})
    second = client.post(REPORT, {**keys, **report()})
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_a_photo_comes_with_the_form_itself() -> None:
    client = reader()
    answer = send(client, REPORT, report(photos=picture()))
    assert answer.status_code == 302, words_of(answer)
    number = Case.objects.get().number
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", words_of(client.get(f"/done/{number}")))
    assert code is not None
    page = reader().get(f"/c/{number}?g={code[0]}").content.decode()
    small = re.search(r'src="(/c/[^"]*/files/[^"]*)"', page)
    assert small is not None
    assert reader().get(small[1].replace("&amp;", "&")).status_code == 200


def test_a_wrong_form_says_every_fault_and_keeps_what_was_typed() -> None:
    client = reader()
    answer = send(client, REPORT, report(what="", anonymous=None, name="张三", phone="123", photos=picture()))
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "请填写“发生了什么”" in body
    assert "不像一个电话号码" in body
    assert 'value="张三"' in body
    assert 'value="建设路1号"' in body
    kept = re.search(r'name="photos" value="([0-9a-f-]{36}:[^"]+)" checked', body)
    assert kept is not None, "the photo must not have to be chosen again"
    assert Case.objects.count() == 0
    again = client.post(REPORT, {**hidden(answer), **report(photos=kept[1])})
    assert again.status_code == 302
    assert Case.objects.count() == 1


def test_a_file_that_is_no_photo_is_a_fault_of_its_field() -> None:
    bad = SimpleUploadedFile("x.svg", b"<svg onload='x'/>", "image/svg+xml")
    answer = send(reader(), REPORT, report(photos=bad))
    assert answer.status_code == 422
    assert "x.svg" in words_of(answer)
    assert WHAT in answer.content.decode()


def test_the_reporter_adds_to_the_case_and_takes_it_back() -> None:
    client = reader()
    send(client, REPORT, report())
    number = Case.objects.get().number
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", words_of(client.get(f"/done/{number}")))
    assert code is not None
    mine = f"/c/{number}?g={code[0]}"
    added = send(client, mine, {"what": "今天又多了两堆"}, f"/c/{number}/act/add")
    assert added.status_code == 403 or added.status_code == 404  # without its code the link is a stranger's
    added = send(client, mine, {"what": "今天又多了两堆"}, f"/c/{number}/act/add?g={code[0]}")
    assert added.status_code == 302
    assert "今天又多了两堆" in words_of(client.get(added["Location"]))
    asked = send(client, mine, {}, f"/c/{number}/act/withdraw?g={code[0]}")
    assert asked.status_code == 422  # one tap alone ends nothing
    assert "请先勾选“确定”" in words_of(asked)
    assert "您已撤回" not in words_of(client.get(mine))
    gone = send(client, mine, {"_sure": "1"}, f"/c/{number}/act/withdraw?g={code[0]}")
    assert gone.status_code == 302
    assert "您已撤回" in words_of(client.get(mine))


def test_the_public_sees_the_matter_and_not_the_person(small_city: SmallCity) -> None:
    client = reader()
    send(client, REPORT, report(anonymous=None, name="张三丰", phone="13800138000"))
    number = Case.objects.get().number
    assert reader().get(f"/c/{number}").status_code == 404  # until an office has read it
    doors.act(number, "accept", small_city.actor("A.grid"), {})
    shown = words_of(reader().get(f"/c/{number}"))
    assert WHAT in shown
    for private in ("张三丰", "张**", "13800138000", "138****8000"):
        assert private not in shown
    assert "查看" not in shown.split("办理经过")[1].split("在哪里")[0]


def test_a_wrong_number_or_code_is_said_kindly() -> None:
    client = reader()
    send(client, REPORT, report())
    number = Case.objects.get().number
    wrong = client.post("/track", {"number": "12", "code": ""})
    assert wrong.status_code == 422
    mismatch = client.post("/track", {"number": number, "code": "AAAA-BBBB-CCCC-DDDD"})
    assert mismatch.status_code == 422
    assert "对不上" in words_of(mismatch)
    assert client.get("/c/26000000017").status_code == 404


def test_a_signed_in_resident_has_a_list(small_city: SmallCity) -> None:
    client = reader(small_city.resident())
    send(client, REPORT, report())
    shown = words_of(client.get("/my"))
    assert WHAT in shown
    assert "已收到，等待受理" in shown
    assert Step.objects.get().actor_kind == "account"
