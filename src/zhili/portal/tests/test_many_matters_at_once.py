"""Bulk: one step on many matters, each by itself; what cannot be done is named and stays chosen."""

from __future__ import annotations

import re

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.pages_client import hidden, reader, words_of

PROCEDURE = "citizen_reports.report"


def opened(count: int) -> list[str]:
    data = {"what": "路灯不亮", "place": INSIDE}
    return [doors.open_case(PROCEDURE, "report", ANONYMOUS, data).number for _ in range(count)]


def ticked(html: str) -> list[str]:
    return re.findall(r'type="checkbox" name="c" value="(\d+)"', html)


def test_an_office_that_moves_hands_over_its_whole_desk(small_city: SmallCity) -> None:
    numbers = opened(3)
    grid, village = small_city.actor("A.grid"), small_city.actor("A.village")
    for number in numbers:
        doors.act(number, "pass_up", grid, {"reason": "超出网格能力"})
    client = reader(village)
    desk = client.get("/desk").content.decode()
    assert sorted(ticked(desk)) == sorted(numbers)
    page = client.get("/desk/bulk?all=1")
    html = page.content.decode()
    seen = re.findall(r'name="c" value="([\d:]+)"', html[html.index("act-hand_over") :])[:3]
    sent = {
        **hidden(page, "/desk/bulk/hand_over"),
        "c": seen,
        "office": str(small_city.department.pk),
        "reason": "机构调整",
    }
    done = client.post("/desk/bulk/hand_over", sent)
    assert "3 件已办" in words_of(done)
    assert set(Case.objects.values_list("office_id", flat=True)) == {small_city.department.pk}
    before = Step.objects.count()
    again = client.post("/desk/bulk/hand_over", sent)  # the button pressed twice
    assert Step.objects.count() == before
    assert "3 件已办" in words_of(again)


def test_what_cannot_be_done_is_named_and_the_rest_is_done(small_city: SmallCity) -> None:
    first, second, third = opened(3)
    grid = small_city.actor("A.grid")
    client = reader(grid)
    page = client.get(f"/desk/bulk?c={first}&c={second}&c={third}")
    seqs = re.findall(r'name="c" value="([\d:]+)"', page.content.decode())[:3]
    doors.act(second, "accept", grid, {})  # somebody was quicker
    done = client.post("/desk/bulk/accept", {**hidden(page, "/desk/bulk/accept"), "c": seqs})
    words = words_of(done)
    assert "2 件已办" in words
    assert "1 件没有办" in words
    assert "刚才有了新的进展" in words
    assert f"/desk/bulk?c={second}" in done.content.decode()
    assert set(Case.objects.values_list("stage", flat=True)) == {"handling"}


def test_only_what_all_of_them_allow_is_offered(small_city: SmallCity) -> None:
    first, second = opened(2)
    grid = small_city.actor("A.grid")
    doors.act(second, "accept", grid, {})
    client = reader(grid)
    assert "act-accept" in client.get(f"/desk/bulk?c={first}").content.decode()
    both = client.get(f"/desk/bulk?c={first}&c={second}").content.decode()
    assert "act-accept" not in both
    assert "act-pass_up" in both


def test_a_form_with_a_fault_changes_nothing_and_says_where(small_city: SmallCity) -> None:
    numbers = opened(2)
    client = reader(small_city.actor("A.grid"))
    page = client.get("/desk/bulk?" + "&".join(f"c={n}" for n in numbers))
    answer = client.post(
        "/desk/bulk/pass_up", {**hidden(page, "/desk/bulk/pass_up"), "c": numbers, "reason": ""}
    )
    assert answer.status_code == 422
    assert "form-error" in answer.content.decode()
    assert Step.objects.count() == 2


def test_matters_of_others_and_made_up_numbers_are_passed_over(small_city: SmallCity) -> None:
    (number,) = opened(1)
    stranger = reader(small_city.actor("B.grid"))
    assert "还没有选中" in words_of(stranger.get(f"/desk/bulk?c={number}&c=nonsense&c="))
    stranger.post("/desk/bulk/accept", {"c": [f"{number}:1"]})
    assert Case.objects.get(number=number).stage == "received"
