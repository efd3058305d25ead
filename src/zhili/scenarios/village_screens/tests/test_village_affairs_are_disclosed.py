"""What article 30 asks for, what is missing this quarter, motions by 四议两公开, and villagers' questions."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.models import Grant
from zhili.portal.tests.pages_client import reader, send, words_of
from zhili.scenarios.village_screens import checklist, content
from zhili.scenarios.village_screens.models import QuestionDetail
from zhili.scenarios.village_screens.tests.conftest import MOTION, QUESTION, Committee

VOTE = {"held_on": "2026-11-01", "entitled": 60, "present": 50, "agreed": 45, "against": 3, "abstained": 2}


def states(committee: Committee, today: date, monthly: bool = True) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in checklist.of(committee.division.pk, monthly, today):
        found.setdefault(one.duty.key, []).append(one.state)
    return found


def test_the_quarters_list_says_what_is_missing(committee: Committee) -> None:
    today = timezone.localdate()
    first, last = checklist.quarter(today)
    empty = states(committee, last)
    assert empty["finance"] == ["owed", "owed", "coming"]
    assert [empty[key] for key in ("decided", "family", "relief", "assisting", "concern")] == [["owed"]] * 5
    assert empty["major"] == ["when"]
    assert states(committee, first)["finance"] == ["coming", "later", "later"]
    month_end = date(first.year, first.month, 28)
    committee.disclosed("finance", str(first), str(month_end))
    before = checklist.before(today)
    committee.disclosed(
        "decided", str(before[0]), str(before[1])
    )  # about the last quarter, published in this one
    now = states(committee, last)
    assert now["finance"] == ["done", "owed", "coming"]
    assert now["decided"] == ["done"]
    assert states(committee, last, monthly=False)["finance"] == ["done"]
    desk = words_of(reader(committee.secretary).get("/desk/village"))
    assert "本季度应公开的" in desk
    assert "还没有公开" in desk
    other = checklist.of(committee.city.divisions["B.village"].pk, True, last)
    assert not any(one.state == "done" for one in other)


@pytest.mark.parametrize(
    ("day", "now", "previous"),
    [
        (date(2026, 1, 1), (date(2026, 1, 1), date(2026, 3, 31)), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2028, 2, 29), (date(2028, 1, 1), date(2028, 3, 31)), (date(2027, 10, 1), date(2027, 12, 31))),
        (date(2026, 11, 22), (date(2026, 10, 1), date(2026, 12, 31)), (date(2026, 7, 1), date(2026, 9, 30))),
        (date(2026, 5, 15), (date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 1, 1), date(2026, 3, 31))),
    ],
)
def test_quarters(day: date, now: tuple[date, date], previous: tuple[date, date]) -> None:
    assert checklist.quarter(day) == now
    assert checklist.before(day) == previous


def test_a_motion_goes_through_four_meetings_and_is_made_public_twice(committee: Committee) -> None:
    member, secretary = committee.member, committee.secretary
    case = doors.open_case(MOTION, "propose", member, {"heading": "停车场", "body": "四十个车位。"}).case_id
    with pytest.raises(Refused):
        doors.act(case, "resolve", member, {})  # no step may be left out
    doors.act(case, "discuss", member, {"held_on": "2026-10-01", "present": 7, "minutes": "同意提交。"})
    few = {**VOTE, "agreed": 20, "against": 25, "abstained": 5, "minutes": "x"}
    with pytest.raises(Refused) as refusal:
        doors.act(case, "examine", member, few)
    assert refusal.value.code == "no_majority"
    with pytest.raises(Refused) as refusal:
        doors.act(case, "examine", member, {**VOTE, "agreed": 44, "minutes": "x"})
    assert refusal.value.code == "no_sum"
    doors.act(case, "examine", member, {**VOTE, "minutes": "x"})
    vote = {**VOTE, "minutes": "x", "resolution": "建四十个车位。"}
    thin = {**vote, "present": 35, "agreed": 35, "against": 0, "abstained": 0}
    with pytest.raises(Refused) as refusal:  # of representatives two thirds must be there
        doors.act(case, "resolve", member, {**thin, "meeting": "representatives"})
    assert refusal.value.code == "no_quorum"
    doors.act(case, "resolve", member, {**vote, "meeting": "representatives"})
    address = f"/village/{committee.division.code}"
    assert "建四十个车位" not in words_of(reader().get(address))
    doors.act(case, "publish", secretary, {})
    page = words_of(reader().get(address))
    assert "建四十个车位" in page
    assert "实到 50 人" in " ".join(page.split())
    doors.act(case, "report", member, {"result": "已完工。"})
    assert "已完工" not in words_of(reader().get(address))
    doors.act(case, "publish_result", secretary, {})
    assert "已完工" in words_of(reader().get(address))


def test_a_villager_asks_and_everybody_reads_the_answer(committee: Committee) -> None:
    number = committee.disclosed("finance", "2026-10-01", "2026-10-31", "十月财务")
    page = f"/village/{committee.division.code}/ask?about={number}"
    answer = send(reader(), page, {"what": "保洁费为什么多了？我是13812345678。"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/done/")
    case = Case.objects.get(procedure=QUESTION)
    assert case.office_id == committee.city.offices["A.village"].pk
    assert Grant.objects.filter(case_id=case.pk).exists()  # without an account: a code leads back
    assert QuestionDetail.objects.get(pk=case.pk).about_id is not None
    address = f"/village/{committee.division.code}"
    assert "保洁费" not in words_of(reader().get(address))  # unread words of strangers are shown to nobody
    told = {"question": "保洁费为什么比上月多？", "answer": "多了两次河道清理。"}
    doors.act(case.pk, "answer", committee.member, told)
    words = words_of(reader().get(address))
    assert "多了两次河道清理" in words
    assert "13812345678" not in words


def test_the_question_is_in_no_list_of_what_may_be_reported(committee: Committee) -> None:
    from zhili.core.cases import present
    from zhili.core.people.actors import ANONYMOUS

    assert all(procedure.full_name() != QUESTION for procedure, _opening in present.openings_for(ANONYMOUS))
    assert send(reader(), f"/village/{committee.division.code}/ask", {"what": ""}).status_code == 422
    assert content.village("330402001") is None
