"""One call for the next matter: the first that is due and that nobody else looks at. A word, never a lock."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Claim
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.pages_client import reader, send, words_of

REPORT = "citizen_reports.report"


def due_in(*hours: float) -> list[str]:
    """Reports with these limits, their numbers."""
    numbers = []
    for n, one in enumerate(hours):
        made = doors.open_case(REPORT, "report", ANONYMOUS, {"what": f"路灯{n}不亮", "place": INSIDE})
        Case.objects.filter(pk=made.case_id).update(due_at=timezone.now() + timedelta(hours=one))
        numbers.append(made.number)
    return numbers


def taken(client: Client, **more: str) -> str:
    """The number of the matter handed out; the whole address when it is none."""
    address = str(client.post("/desk/next", more)["Location"])
    return address.removeprefix("/desk/c/").partition("?")[0] if "/c/" in address else address


def test_two_clerks_of_one_post_get_different_matters(small_city: SmallCity) -> None:
    later, soon = due_in(9, 2)
    grid = small_city.actor("A.grid")
    one, other = reader(grid), reader(grid)
    assert taken(one) == soon
    assert taken(other) == later
    assert "正在看" in words_of(other.get("/desk"))
    page = other.get(f"/desk/c/{soon}")
    assert "正在看" in words_of(page)
    assert 'action="/desk/c/' in page.content.decode()  # said, not forbidden
    assert "正在看" not in words_of(one.get(f"/desk/c/{soon}"))  # not of oneself


def test_a_claim_ends_by_itself_and_names_no_person(small_city: SmallCity) -> None:
    (number,) = due_in(2)
    grid = small_city.actor("A.grid")
    one, other = reader(grid), reader(grid)
    taken(one)
    assert {field.name for field in Claim._meta.fields} == {"case", "post", "seat", "until"}
    Claim.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert "正在看" not in words_of(other.get("/desk"))
    assert taken(other) == number


def test_when_others_look_at_everything_the_first_is_given_all_the_same(small_city: SmallCity) -> None:
    (number,) = due_in(2)
    grid = small_city.actor("A.grid")
    taken(reader(grid))
    assert taken(reader(grid)) == number


def test_the_next_is_taken_from_the_list_one_looks_at(small_city: SmallCity) -> None:
    due_in(1)
    made = doors.open_case(REPORT, "report", ANONYMOUS, {"what": "河道有垃圾", "place": INSIDE})
    client = reader(small_city.actor("A.grid"))
    assert taken(client, _list="q=垃圾") == made.number
    assert taken(client, _list="q=没有") == "/desk?q=%E6%B2%A1%E6%9C%89"
    assert "没有下一件" in words_of(client.get("/desk?q=没有"))


def test_done_and_on_to_the_next(small_city: SmallCity) -> None:
    first, second = due_in(1, 2)
    client = reader(small_city.actor("A.grid"))
    page = f"/desk/c/{first}"
    answer = send(client, page, {"reason": "网格办不了", "_next": "1"}, f"{page}/act/pass_up")
    assert answer["Location"].startswith(f"/desk/c/{second}")
    assert "已办。现在" in words_of(client.get(answer["Location"]))
    page = f"/desk/c/{second}"
    answer = send(client, page, {"reason": "网格办不了", "_next": "1"}, f"{page}/act/pass_up")
    assert "没有下一件" in words_of(client.get(answer["Location"]))
    assert not Claim.objects.exists()
