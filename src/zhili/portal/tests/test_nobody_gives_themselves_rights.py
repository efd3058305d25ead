"""Two things nobody can do in /desk/admin: give oneself more rights, and leave the city without an administrator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.people import deputies, machines, posts, staff
from zhili.core.people.actors import posts_of
from zhili.core.people.deputies import DeputyRefused
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Account, Deputy, Post, PostHolding
from zhili.core.trail.models import Change
from zhili.portal.tests.administering import Setting, setting_in
from zhili.portal.tests.pages_client import reader, words_of


@pytest.fixture
def one(small_city: SmallCity) -> Setting:
    return setting_in(small_city)


def own_post(one: Setting) -> Post:
    return Post.objects.get(pk=one.admin.id)


def test_not_by_a_post(one: Setting) -> None:
    """Neither directly, nor by adding to the post one sits in or stands in for, nor by standing in."""
    today = timezone.localdate()
    me = one.city.account_of(one.admin)
    with pytest.raises(AdminRefused, match="不能给自己任职"):
        posts.give_post(one.post, me, today, None, one.admin)
    with pytest.raises(PermissionDenied, match="您在这个岗位上"):
        posts.change_post(own_post(one).pk, "单位管理员", ["admin", "leader"], one.admin, None, "x")
    Deputy.objects.create(post_id=one.post, account=me, valid_from=today, valid_to=today + timedelta(days=9))
    with pytest.raises(PermissionDenied, match="您在这个岗位上"):
        posts.change_post(one.post, "handler", ["handler", "leader"], one.admin, None, "x")
    chief = Post.objects.get(office=one.city.offices["city"], title="leader")
    with pytest.raises(DeputyRefused, match="不能给自己"):
        deputies.name_deputy(chief, me.pk, today, today, "", one.admin)
    assert Change.objects.filter(subject="post").count() == 0


def test_not_by_taking_over_from_somebody_switched_off(one: Setting) -> None:
    me = one.city.account_of(one.admin)
    with pytest.raises(AdminRefused, match="不能给自己任职"):
        staff.switch_off(one.account, me, one.admin, None, "调离")
    assert Account.objects.get(pk=one.account).is_active


def test_not_by_a_machine_that_signs(one: Setting) -> None:
    leader = one.city.actor("A.zhzf", "leader")
    with pytest.raises(AdminRefused, match="只有经办或网格职责"):
        machines.create(leader.id or 0, "robot", "机器人", one.admin)


def test_a_town_cannot_make_itself_a_hotline(one: Setting) -> None:
    """The hotline opens personal values all over the city."""
    manager = one.city.actor("A.town", "admin")
    today = timezone.localdate()
    for role in ("hotline", "auditor", "arbiter", "commander"):
        with pytest.raises(AdminRefused, match="不能有所选的职责"):
            posts.add_post(one.city.offices["A.town"].pk, role, [role], today, manager)


def test_ones_own_account_is_somebody_elses_business(one: Setting) -> None:
    me = one.admin.account_id or 0
    for what in (staff.new_link, staff.reset_second_factor, staff.end_sessions):
        with pytest.raises(PermissionDenied, match="自己的账号"):
            what(me, one.admin, None)
    page = reader(one.admin).get(f"/desk/admin/accounts/{me}")
    assert "这是您自己的账号" in words_of(page)
    assert f"/desk/admin/accounts/{me}/off" not in page.content.decode()


def test_the_last_administrator_stays(one: Setting) -> None:
    other = one.city.actor("city", "admin", name="other-admin")
    last = one.city.account_of(one.admin)
    held = PostHolding.objects.get(account=last)
    today = timezone.localdate()
    # with two of them, one may go
    posts.take_back(held.pk, today + timedelta(days=5), other, None, "轮岗")
    # and then the other is the last from that day on
    other_held = PostHolding.objects.get(account_id=other.account_id)
    with pytest.raises(AdminRefused, match="没有管理员"):
        posts.take_back(other_held.pk, today + timedelta(days=6), one.admin, None, "x")
    with pytest.raises(AdminRefused, match="没有管理员"):
        posts.close_post(own_post(one).pk, today + timedelta(days=6), one.admin, None, "x")
    assert posts_of(Account.objects.get(pk=other.account_id), today + timedelta(days=30))


def test_the_last_administrator_is_not_switched_off(one: Setting) -> None:
    other = one.city.actor("city", "admin", name="other-admin")
    staff.switch_off(other.account_id or 0, None, one.admin, None, "退休")
    third = one.city.actor("city", "admin", name="third-admin")
    PostHolding.objects.filter(account_id=third.account_id).update(
        valid_to=timezone.localdate() + timedelta(days=1)
    )
    with pytest.raises(AdminRefused, match="没有管理员"):
        posts.take_back(
            PostHolding.objects.get(account_id=one.admin.account_id).pk,
            timezone.localdate() + timedelta(days=2), third, None, "x",
        )  # fmt: skip
