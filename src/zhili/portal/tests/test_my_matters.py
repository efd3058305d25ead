"""我的事: what waits for me, what is under way, what is done; found again; a report made without an account added."""

from __future__ import annotations

import pytest

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.trail.models import Leaf
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db
REPORT = "citizen_reports.report"


def report(by: Actor, what: str) -> doors.Opened:
    return doors.open_case(REPORT, "report", by, {"what": what, "place": INSIDE})


@pytest.fixture
def mine(small_city: SmallCity) -> Actor:
    """Under way, asked back, answered, withdrawn."""
    resident, grid = small_city.resident(), small_city.actor("A.grid")
    report(resident, "路灯不亮")
    asked, answered, gone = (report(resident, what).case_id for what in ("井盖松动", "垃圾成堆", "护栏断了"))
    doors.act(asked, "ask_reporter", grid, {"reason": "哪一个井盖"})
    doors.act(answered, "accept", grid, {"category": "201001"})
    doors.act(answered, "finish", grid, {"answer": "已清。"})
    doors.act(gone, "withdraw", resident, {})
    return resident


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"路灯不亮", "井盖松动", "垃圾成堆", "护栏断了"}),
        ("view=open", {"路灯不亮"}),
        ("view=waiting", {"井盖松动", "垃圾成堆"}),
        ("view=done", {"护栏断了"}),
        ("view=nonsense", {"路灯不亮", "井盖松动", "垃圾成堆", "护栏断了"}),
        ("q=井盖", {"井盖松动"}),
        ("q=建设路&view=open", {"路灯不亮"}),
        ("q=没有", set()),
    ],
)
def test_views_and_search(mine: Actor, query: str, expected: set[str]) -> None:
    words = words_of(reader(mine).get(f"/my?{query}"))
    assert {what for what in ("路灯不亮", "井盖松动", "垃圾成堆", "护栏断了") if what in words} == expected
    assert "全部 4 等您 2 正在办 1 已办结 1" in words


def test_one_by_its_number_as_it_is_read_aloud(mine: Actor) -> None:
    case = Case.objects.get(title="垃圾成堆")
    spaced = f"{case.number[:2]} {case.number[2:6]} {case.number[6:10]} {case.number[10:]}"
    words = words_of(reader(mine).get(f"/my?q={spaced}"))
    assert "垃圾成堆" in words
    assert "路灯不亮" not in words


def test_a_report_without_an_account_is_added_by_its_code(small_city: SmallCity) -> None:
    made = report(ANONYMOUS, "路灯不亮")
    client = reader(small_city.resident())
    assert "路灯不亮" not in words_of(client.get("/my"))
    sent = {"number": made.number, "code": made.code or ""}
    answer = client.post("/my/add", sent)
    assert answer.headers["Location"] == f"/c/{made.number}"
    assert "路灯不亮" in words_of(client.get("/my"))
    assert "撤回" in words_of(client.get(f"/c/{made.number}")), "the account acts as the reporter now"
    client.post("/my/add", sent)
    said = [bytes(one.body).decode() for one in Leaf.objects.filter(kind="record")]
    assert len([one for one in said if '"claimed"' in one]) == 1, "a repeat changes nothing"
    assert not [one for one in said if "account_id" in one or '"account":' in one], "who it was stays out"


def test_the_wrong_code_and_the_wrong_number_are_answered_alike(small_city: SmallCity) -> None:
    made, other = report(ANONYMOUS, "路灯不亮"), report(ANONYMOUS, "井盖松动")
    client = reader(small_city.resident())
    for number, code in ((made.number, other.code), (made.number, "0000-0000-0000-0000"), (made.number, "")):
        answer = client.post("/my/add", {"number": number, "code": code or ""})
        assert answer.status_code == 422
        assert "对不上" in words_of(answer)
    assert client.post("/my/add", {"number": "123", "code": made.code or ""}).status_code == 422
    assert "路灯不亮" not in words_of(client.get("/my"))


def test_a_post_adds_nothing_and_a_stranger_signs_in_first(small_city: SmallCity) -> None:
    made = report(ANONYMOUS, "路灯不亮")
    sent = {"number": made.number, "code": made.code or ""}
    assert reader(small_city.actor("B.grid")).post("/my/add", sent).status_code == 422
    assert reader().post("/my/add", sent).headers["Location"] == "/accounts/login/?next=%2Fmy%2Fadd"
