"""Deputies: named by the leader with an end, able to act from the first day to the last, each change in the trail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people import deputies
from zhili.core.people.actors import ANONYMOUS, of_account, posts_of
from zhili.core.people.models import Deputy, Post
from zhili.core.trail.models import Leaf
from zhili.portal.tests.pages_client import reader, words_of

DAY = timedelta(days=1)


def changes() -> int:
    return Leaf.objects.filter(kind="change").count()


def form(post: int, account: int, first: int, last: int, reason: str = "") -> dict[str, str]:
    today = timezone.localdate()
    return {
        "post": str(post),
        "account": str(account),
        "first": (today + first * DAY).isoformat(),
        "last": (today + last * DAY).isoformat(),
        "reason": reason,
    }


def test_a_deputy_is_named_on_the_page_and_may_act_at_once(small_city: SmallCity) -> None:
    leader, grid = small_city.actor("A.village"), small_city.actor("A.grid")
    done = reader(leader).post(
        "/desk/deputies", form(leader.id, grid.account_id, 0, 3, "外出培训"), follow=True
    )
    assert "已登记代理" in words_of(done)
    assert "外出培训" in words_of(done)
    assert changes() == 1
    seats = posts_of(small_city.account_of(grid))
    assert [seat.deputy for seat in seats] == [False, True]
    number = doors.open_case(
        "citizen_reports.report", "report", ANONYMOUS, {"what": "路灯不亮", "place": INSIDE}
    ).number
    doors.act(number, "pass_up", grid, {"reason": "超出网格能力"})
    stand_in = of_account(small_city.account_of(grid), leader.id)
    assert "（代）" in stand_in.label
    doors.act(number, "accept", stand_in, {})
    step = Case.objects.get(number=number).steps.order_by("-seq").first()
    assert (step.actor_id, step.account_id) == (leader.id, grid.account_id)


def test_the_last_day_is_included_and_the_next_is_not(small_city: SmallCity) -> None:
    leader, grid = small_city.actor("A.village"), small_city.actor("A.grid")
    today = timezone.localdate()
    post = Post.objects.get(pk=leader.id)
    made = deputies.name_deputy(post, grid.account_id, today, today + 2 * DAY, "", leader)
    assert made.last == today + 2 * DAY
    account = small_city.account_of(grid)
    assert len(posts_of(account, today + 2 * DAY)) == 2
    assert len(posts_of(account, today + 3 * DAY)) == 1


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(-1, 3, "过去的日子"), (3, 1, "不能早于第一天"), (0, 800, "最长一年")],
    ids=["past", "backwards", "too-long"],
)
def test_days_that_cannot_be_are_refused_in_words(
    small_city: SmallCity, first: int, last: int, said: str
) -> None:
    leader, grid = small_city.actor("A.village"), small_city.actor("A.grid")
    page = reader(leader).post("/desk/deputies", form(leader.id, grid.account_id, first, last))
    assert page.status_code == 422
    assert said in words_of(page)
    assert not Deputy.objects.exists()
    assert changes() == 0


def test_nobody_from_far_away_and_nobody_twice(small_city: SmallCity) -> None:
    leader, grid = small_city.actor("A.village"), small_city.actor("A.grid")
    stranger, resident = small_city.actor("B.grid"), small_city.resident()
    client = reader(leader)
    for account in (stranger.account_id, resident.account_id, 10**9):
        assert client.post("/desk/deputies", form(leader.id, account, 0, 3)).status_code == 422
    assert "本来就任" in words_of(client.post("/desk/deputies", form(leader.id, leader.account_id, 0, 3)))
    assert client.post("/desk/deputies", form(leader.id, grid.account_id, 0, 3)).status_code == 302
    assert "已在代理" in words_of(client.post("/desk/deputies", form(leader.id, grid.account_id, 2, 5)))
    assert Deputy.objects.count() == 1


def test_a_deputy_is_ended_early_and_one_not_begun_is_taken_back(small_city: SmallCity) -> None:
    leader, grid = small_city.actor("A.village"), small_city.actor("A.grid")
    post, today = Post.objects.get(pk=leader.id), timezone.localdate()
    running = deputies.name_deputy(post, grid.account_id, today, today + 2 * DAY, "", leader)
    Deputy.objects.filter(pk=running.pk).update(valid_from=today - DAY)
    coming = deputies.name_deputy(post, grid.account_id, today + 9 * DAY, today + 12 * DAY, "", leader)
    client = reader(leader)
    for one in (running, coming):
        assert "不再有效" in words_of(client.post(f"/desk/deputies/{one.pk}/end", follow=True))
    assert "已经结束" in words_of(client.post(f"/desk/deputies/{running.pk}/end", follow=True))
    assert len(posts_of(small_city.account_of(grid))) == 1
    assert Deputy.objects.get().pk == running.pk  # what was in force stays readable
    assert changes() == 4


def test_a_grid_worker_names_nobody(small_city: SmallCity) -> None:
    grid, other = small_city.actor("A.grid"), small_city.actor("A.gridn")
    page = reader(grid).get("/desk/deputies")
    assert "由本单位审签人或单位管理员登记" in words_of(page)
    today = timezone.localdate()
    with pytest.raises(PermissionDenied):
        deputies.name_deputy(Post.objects.get(pk=grid.id), other.account_id, today, today, "", grid)
