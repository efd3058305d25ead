"""A way of looking at the inbox is kept under a name: for one person in one post, shared by its address."""

from __future__ import annotations

from zhili.core.cases import doors, saved
from zhili.core.cases.models import SavedList
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.pages_client import reader, words_of

REPORT = "citizen_reports.report"


def report(what: str, category: str = "") -> None:
    more = {"category": category} if category else {}
    doors.open_case(REPORT, "report", ANONYMOUS, {"what": what, "place": INSIDE, **more})


def test_a_list_is_kept_and_shows_its_live_count(small_city: SmallCity) -> None:
    report("垃圾成堆", "201001")
    client = reader(small_city.actor("A.grid"))
    kept = client.post("/desk/lists", {"name": "垃圾", "query": "category=201001&after=x&open=1"})
    assert kept["Location"] == "/desk?category=201001"
    assert "垃圾 1" in words_of(client.get("/desk"))
    report("又一堆", "201001")
    report("路灯不亮")
    assert "垃圾 2" in words_of(client.get("/desk"))
    assert "垃圾 2 件" in words_of(client.get("/desk/lists"))


def test_the_first_list_is_what_the_desk_opens_with(small_city: SmallCity) -> None:
    grid = small_city.actor("A.grid")
    client = reader(grid)
    one = saved.keep(grid, "垃圾", "category=201001")
    client.post(f"/desk/lists/{one.pk}", {"do": "first"})
    assert client.get("/desk")["Location"] == "/desk?category=201001"
    assert client.get("/desk?view=todo").status_code == 200  # the whole inbox can still be asked for
    client.post(f"/desk/lists/{one.pk}", {"do": "not_first"})
    assert client.get("/desk").status_code == 200


def test_a_list_is_renamed_and_deleted(small_city: SmallCity) -> None:
    grid = small_city.actor("A.grid")
    client = reader(grid)
    one, other = saved.keep(grid, "垃圾", "q=x"), saved.keep(grid, "路灯", "q=y")
    client.post(f"/desk/lists/{one.pk}", {"do": "rename", "name": "  市容  垃圾 "})
    assert SavedList.objects.get(pk=one.pk).name == "市容 垃圾"
    refused = client.post(f"/desk/lists/{one.pk}", {"do": "rename", "name": "路灯"}, follow=True)
    assert "换个名字" in words_of(refused)
    client.post(f"/desk/lists/{other.pk}", {"do": "drop"})
    assert [one.name for one in saved.of(grid)] == ["市容 垃圾"]


def test_nobody_touches_anothers_lists(small_city: SmallCity) -> None:
    one = saved.keep(small_city.actor("A.grid"), "垃圾", "q=x")
    village = reader(small_city.actor("A.village"))
    for do in ("rename", "first", "drop"):
        village.post(f"/desk/lists/{one.pk}", {"do": do, "name": "别人的"})
    one.refresh_from_db()
    assert (one.name, one.first) == ("垃圾", False)
    assert "垃圾" not in words_of(village.get("/desk/lists"))


def test_a_name_is_asked_for_and_there_is_an_end(small_city: SmallCity) -> None:
    grid = small_city.actor("A.grid")
    client = reader(grid)
    assert "请写个名称" in words_of(client.post("/desk/lists", {"name": " ", "query": "q=x"}, follow=True))
    for n in range(saved.MOST):
        saved.keep(grid, f"第{n}个", "q=x")
    full = client.post("/desk/lists", {"name": "再一个", "query": "q=x"}, follow=True)
    assert "请先删去不用的" in words_of(full)


def test_filters_that_are_set_are_taken_off_one_by_one(small_city: SmallCity) -> None:
    report("垃圾成堆", "201001")
    client = reader(small_city.actor("A.grid"))
    html = client.get("/desk", {"q": "垃圾", "category": "201001", "sort": "new"}).content.decode()
    assert 'class="chip" href="?category=201001&amp;sort=new"' in html
    assert 'class="chip" href="?q=%E5%9E%83%E5%9C%BE&amp;sort=new"' in html
