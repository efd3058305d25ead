"""Whatever is asked of the inbox: the number on a tab is the number of matters behind it, page by page."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from zhili.core.cases import doors, query
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.inbox import paging
from zhili.portal.inbox.lens import Days
from zhili.portal.tests.pages_client import reader

REPORT = "citizen_reports.report"
WORDS = ("路灯不亮", "垃圾成堆", "井盖松动")
CATEGORIES = ("", "201001", "201013")
DUE_HOURS = (None, -300, -1, 0.02, 3, 20, 30, 50, 75, 400)


def desk_of_many(city: SmallCity, luck: random.Random) -> None:
    """Matters in every state an office can have them in."""
    grid = city.actor("A.grid")
    for n in range(40):
        data = {"what": f"{luck.choice(WORDS)}{n}", "place": INSIDE}
        if category := luck.choice(CATEGORIES):
            data["category"] = category
        case = Case.objects.get(pk=doors.open_case(REPORT, "report", ANONYMOUS, data).case_id)
        if case.office_id == grid.office_id and luck.random() < 0.6:
            doors.act(case.pk, "accept", grid, {})
            if luck.random() < 0.4:
                doors.act(case.pk, "finish", grid, {"answer": "已办好"})
        hours = luck.choice(DUE_HOURS)
        due = None if hours is None else timezone.now() + timedelta(hours=hours)
        Case.objects.filter(pk=case.pk).update(due_at=due)


def behind(client: object, address: str) -> int:
    """How many matters there are on all pages from this address on."""
    seen: list[str] = []
    while True:
        html = client.get(address).content.decode()  # type: ignore[attr-defined]
        seen += re.findall(r'data-matter="(\d+)"', html)
        following = re.search(r'href="(\?[^"]*)" rel="next"', html)
        if following is None:
            assert len(seen) == len(set(seen)), "a matter stands in the list twice"
            return len(seen)
        address = "/desk" + unescape(following[1])


def tabs(html: str) -> list[tuple[str, int]]:
    """(address, number) of every tab that has a number."""
    listed = html.split('<ul class="tabs">')[1].split("</ul>")[0]
    found = re.findall(r'href="(\?[^"]*)"[^>]*>(?:(?!</a>).)*?<span class="num">(\d+)</span>', listed)
    return [("/desk" + unescape(url), int(n)) for url, n in found]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_agree_under_any_filter(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    luck = random.Random(seed)
    monkeypatch.setattr(paging.page_of, "__defaults__", (7,))
    desk_of_many(small_city, luck)
    client = reader(small_city.actor("A.grid"))
    stages = [f"{REPORT}:{one}" for one in ("received", "handling", "answered", "merged")]
    for _ in range(6):
        asked = {
            "q": luck.choice(("", "", "路灯", "1", "没有这样的事")),
            "category": luck.choice(("", "", *CATEGORIES)),
            "stage": luck.choice(("", "", *stages)),
            "sort": luck.choice(("", "new", "old", "sideways")),
            "state": luck.choice(("", "over", "today", "days", "later", "nonsense")),
            "view": luck.choice(("", "todo", "waiting", "area")),
        }
        html = client.get("/desk", asked).content.decode()
        found = tabs(html)
        assert len(found) == 6
        assert sum(number for _, number in found[1:5]) == found[0][1]
        for address, number in found:
            assert behind(client, address) == number, (asked, address)


def test_the_groups_part_the_inbox_without_rest(small_city: SmallCity) -> None:
    luck = random.Random(7)
    desk_of_many(small_city, luck)
    grid = small_city.actor("A.grid")
    inbox = query.inbox(grid)
    days = Days.of()
    parts = [set(inbox.filter(days.within(one))) for one in ("over", "today", "days", "later")]
    assert sum(map(len, parts)) == len(set.union(*parts)) == inbox.count()
    for part, name in zip(parts, ("over", "today", "days", "later"), strict=True):
        assert {days.group(case.due_at) for case in part} <= {name}


def test_late_in_the_evening_nothing_is_due_twice(small_city: SmallCity) -> None:
    """The end of a day and of the third day, seen a minute before midnight."""
    late = timezone.localtime().replace(hour=23, minute=59)
    days = Days.of(late)
    for minutes in (-1, 0, 1, 2, 24 * 60, 2 * 24 * 60, 3 * 24 * 60):
        due = late + timedelta(minutes=minutes)
        number = doors.open_case(REPORT, "report", ANONYMOUS, {"what": "路灯", "place": INSIDE}).case_id
        Case.objects.filter(pk=number).update(due_at=due)
        here = [
            name
            for name in ("over", "today", "days", "later")
            if Case.objects.filter(days.within(name), pk=number).exists()
        ]
        assert here == [days.group(due)]
