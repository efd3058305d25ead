"""The administrator of a county keeps its own subtree, and nothing beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhili.core.cases import doors, duties
from zhili.core.cases.duties import Line
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SCENARIO, SmallCity
from zhili.core.people import posts, staff
from zhili.core.people.actors import ANONYMOUS
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Account
from zhili.portal.tests.administering import Setting, setting_in
from zhili.portal.tests.pages_client import reader, words_of


@pytest.fixture
def one(small_city: SmallCity) -> Setting:
    return setting_in(small_city)


def test_its_own_offices_and_not_the_neighbours(one: Setting) -> None:
    here, there = one.city.actor("A", "admin"), one.city.actor("B", "admin")
    page = f"/desk/admin/offices/{one.office}"
    assert reader(here).get(page).status_code == 200
    assert reader(there).get(page).status_code == 403
    assert reader(here).get(f"/desk/admin/offices/{one.city.offices['city'].pk}").status_code == 403
    assert reader(there).get(f"/desk/admin/accounts/{one.account}").status_code == 403
    for what in ("close", "give"):
        assert reader(there).get(f"/desk/admin/posts/{one.post}/{what}").status_code == 403
    today = timezone.localdate()
    posts.add_post(one.office, "窗口", ["handler"], today, here)
    with pytest.raises(PermissionDenied):
        posts.add_post(one.office, "窗口二", ["handler"], today, there)


def test_an_account_with_a_post_above_belongs_to_those_above(one: Setting) -> None:
    here = one.city.actor("A", "admin")
    second = one.city.account_of(one.second)  # a leader of the city office
    posts.give_post(one.post, second, timezone.localdate(), None, here)
    with pytest.raises(PermissionDenied, match="不管理的单位"):
        staff.new_link(second.pk, here, None)
    staff.new_link(second.pk, one.admin, None)


def test_duty_lines_between_its_own_offices_on_its_own_ground(one: Setting) -> None:
    here = one.city.actor("A", "admin")
    soon = timezone.localdate() + timedelta(days=2)
    hall, ground = one.city.offices["A"].pk, one.city.divisions["A"].pk
    duties.put(Line(SCENARIO, "201013", ground, hall), soon, here, None)
    with pytest.raises(PermissionDenied):
        duties.put(Line(SCENARIO, "201013", one.city.divisions["B"].pk, hall), soon, here, None)
    with pytest.raises(PermissionDenied):
        duties.put(Line(SCENARIO, "201", ground, one.city.offices["B"].pk), soon, here, None)
    worker = one.city.actor("A.zhzf", "admin")
    with pytest.raises(PermissionDenied):  # a department does not take matters from its neighbours
        duties.put(Line(SCENARIO, "201", ground, one.office), soon, worker, None)


def test_city_wide_things_are_the_citys(one: Setting) -> None:
    here = one.city.actor("A", "admin")
    assert reader(here).get(f"/desk/admin/calendar/{one.day}").status_code == 403
    answer = reader(here).post("/desk/admin/parameters/referrals.assist", {"value": "9wd"})
    assert answer.status_code == 403
    shown = reader(here).get("/desk/admin/parameters/referrals.assist")
    assert "提议新的取值" not in words_of(shown)


def test_a_new_person_comes_in_by_a_link_used_once(one: Setting) -> None:
    soon = timezone.localdate()
    account, path = staff.create(one.post, "Wang", "王芳", "13800138000", soon, None, one.admin)
    assert account.username == "wang"
    assert not account.has_usable_password()
    assert account.phone_index
    client = reader()
    form = client.get(path, follow=True)
    assert form.status_code == 200
    where = form.redirect_chain[-1][0]
    secret = "长长的一句话当密码-92"
    client.post(where, {"password1": secret, "password2": secret})
    account.refresh_from_db()
    assert account.check_password(secret)
    again = reader().get(path, follow=True)
    assert "password1" not in again.content.decode()
    with pytest.raises(AdminRefused, match="用户名"):
        staff.create(one.post, "wang", "别人", "", soon, None, one.admin)


def test_sessions_end_everywhere_and_only_there(one: Setting) -> None:
    worker, other = one.city.actor("A.zhzf", "handler"), one.city.actor("A.zhzf", "leader")
    inside, beside = reader(worker), reader(other)
    assert inside.get("/desk").status_code == beside.get("/desk").status_code == 200
    staff.end_sessions(one.account, one.admin, None)
    assert inside.get("/desk").status_code == 302
    assert beside.get("/desk").status_code == 200
    assert reader(worker).get("/desk").status_code == 200  # may sign in again


def test_somebody_who_leaves_hands_over(one: Setting) -> None:
    """With open matters and nobody else in the post a successor must be named."""
    data = {"what": "违建", "place": INSIDE}
    number = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data).number
    Case.objects.filter(number=number).update(office=one.office)
    client, address = reader(one.admin), f"/desk/admin/accounts/{one.account}/off"
    shown = words_of(client.get(address))
    assert "单位在办1件，岗位上没有别人" in shown
    refused = client.post(address, {"reason": "调离", "successor": ""})
    assert refused.status_code == 422
    assert "请写接任人" in words_of(refused)
    assert client.post(address, {"reason": "调离", "successor": "second"}).status_code == 302
    assert not Account.objects.get(pk=one.account).is_active
    second = one.city.account_of(one.second)
    assert one.post in second.holdings.values_list("post_id", flat=True)
