"""What a member of staff may act as today: own posts, deputised ones, never one that has ended."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.test import RequestFactory

from zhili.core.people import actors
from zhili.core.people.actors import ANONYMOUS, PostNotHeld, of_account, of_request, posts_of
from zhili.core.people.models import Office


def a_request(user=None, **session):
    request = RequestFactory().get("/")
    request.user = user
    request.session = SessionStore()
    for name, value in session.items():
        request.session[name] = value
    return request


def test_a_post_gives_its_office_and_roles_and_hides_the_name(account, county, seat):
    person = account(display_name="张三")
    post = seat(person, county.county_office, "审签人", ("handler", "leader"))
    actor = of_account(person)
    assert (actor.kind, actor.id, actor.account_id) == ("post", post.pk, person.pk)
    assert (actor.office_id, actor.office_level) == (county.county_office.pk, "county")
    assert actor.division_id == county.county.pk
    assert actor.roles == {"handler", "leader"}
    assert actor.label == "南湖区社会治理中心 审签人"


def test_a_resident_acts_for_themselves_and_the_label_does_not_name_them(account):
    actor = of_account(account("li", "resident", display_name="李四"))
    assert (actor.kind, actor.roles, actor.office_id) == ("account", frozenset(), None)
    assert "李四" not in actor.label


def test_a_post_ends_on_its_last_day_and_does_not_begin_early(account, county, seat, today, tomorrow):
    person = account()
    seat(person, county.city_office, "去年的", until=today)
    seat(person, county.city_office, "明天的", since=tomorrow)
    now = seat(person, county.city_office, "今天的", since=today, until=tomorrow)
    assert [s.post_id for s in posts_of(person)] == [now.pk]


def test_a_closed_office_gives_nobody_a_post(account, county, seat, today):
    person = account()
    seat(person, county.county_office)
    Office.objects.filter(pk=county.county_office.pk).update(valid_to=today)
    assert posts_of(person) == []
    assert of_account(person).kind == "account"


def test_a_disabled_account_holds_no_post(account, county, seat):
    person = account(is_active=False)
    seat(person, county.county_office)
    assert posts_of(person) == []


def test_a_deputy_acts_in_the_post_while_it_lasts(
    account, county, seat, stand_in, today, yesterday, tomorrow
):
    holder, deputy = account("a"), account("b")
    post = seat(holder, county.county_office, "审签人", ("leader",))
    stand_in(deputy, post, yesterday, tomorrow)
    actor = of_account(deputy)
    assert (actor.id, actor.roles, actor.account_id) == (post.pk, {"leader"}, deputy.pk)
    assert actor.label.endswith("（代）")
    assert posts_of(deputy, tomorrow) == []
    assert posts_of(deputy, yesterday - timedelta(days=1)) == []


def test_own_posts_come_before_deputised_ones(account, county, seat, stand_in, today, tomorrow):
    holder, person = account("a"), account("b")
    theirs = seat(holder, county.city_office)
    own = seat(person, county.village_office)
    stand_in(person, theirs, today, tomorrow)
    stand_in(person, own, today, tomorrow)  # by mistake: it stays one post, their own
    assert [(s.post_id, s.deputy) for s in posts_of(person)] == [(own.pk, False), (theirs.pk, True)]


def test_one_may_choose_among_posts_but_not_take_another_s(account, county, seat):
    person, other = account("a"), account("b")
    seat(person, county.city_office)
    second = seat(person, county.county_office)
    foreign = seat(other, county.village_office)
    request = a_request(person)
    assert actors.choose(request, second.pk).id == second.pk
    assert request.session["post"] == second.pk
    assert of_request(request).id == second.pk
    with pytest.raises(PostNotHeld):
        actors.choose(request, foreign.pk)
    assert of_request(request).id == second.pk


def test_a_post_chosen_yesterday_that_has_ended_gives_way_to_the_first(account, county, seat, today):
    person = account()
    first = seat(person, county.city_office)
    ended = seat(person, county.county_office, until=today)
    assert of_request(a_request(person, post=ended.pk)).id == first.pk


def test_a_passer_by_costs_no_query(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert of_request(a_request()) is ANONYMOUS


def test_the_actor_of_a_request_is_found_once(account, county, seat, django_assert_num_queries):
    person = account()
    seat(person, county.city_office)
    request = a_request(person)
    with django_assert_num_queries(1):
        assert of_request(request) is of_request(request)


@pytest.mark.urls("zhili.core.people.tests.urls")
def test_a_signed_in_request_costs_its_session_its_account_and_its_posts(
    client, account, county, seat, django_assert_num_queries
):
    person = account()
    seat(person, county.city_office)
    client.force_login(person)
    client.get("/whoami")
    with django_assert_num_queries(3):
        assert client.get("/whoami").content.decode() == "post 市社会治理中心 经办人"
