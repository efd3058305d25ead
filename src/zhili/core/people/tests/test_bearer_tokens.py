"""Machines and scripts act with a token, for as long as it lives and as far as it reaches."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from zhili.core.people import tokens
from zhili.core.people.actors import PostNotHeld, TokenRefused, of_request
from zhili.core.people.models import ApiToken


def a_request(token, method="get", user=None, **headers):
    made = getattr(RequestFactory(), method)("/", headers={"authorization": f"Bearer {token}", **headers})
    made.user = user or AnonymousUser()
    made.session = {}
    return made


def test_a_token_acts_in_its_account_s_post_in_two_queries(account, county, seat, django_assert_num_queries):
    machine = account("lamp", "machine")
    post = seat(machine, county.city_office)
    text, _ = tokens.issue(machine, "路灯平台")
    with django_assert_num_queries(2):
        actor = of_request(a_request(text, "post"))
    assert (actor.kind, actor.id, actor.account_id) == ("post", post.pk, machine.pk)


def test_a_machine_without_a_post_acts_for_itself(account):
    text, _ = tokens.issue(account("lamp", "machine"), "路灯平台")
    assert of_request(a_request(text)).kind == "account"


def test_only_the_hash_is_kept(account):
    text, row = tokens.issue(account("lamp", "machine"), "路灯平台")
    kept = " ".join(str(value) for value in ApiToken.objects.values().get(pk=row.pk).values())
    assert text not in kept
    assert text.removeprefix(tokens.PREFIX) not in kept


def test_a_revoked_expired_or_unknown_token_is_refused_even_with_a_session(account):
    person = account()
    revoked, row = tokens.issue(person, "a")
    tokens.revoke(row)
    expired, _ = tokens.issue(person, "b", expires=timezone.now() - timedelta(seconds=1))
    for text in (revoked, expired, "zhl_" + "x" * 43, "", "nonsense"):
        with pytest.raises(TokenRefused):
            of_request(a_request(text, user=person))


def test_a_token_of_a_disabled_account_is_refused(account):
    text, _ = tokens.issue(account(is_active=False), "a")
    with pytest.raises(TokenRefused):
        of_request(a_request(text))


def test_revoking_twice_keeps_the_first_time(account):
    _, row = tokens.issue(account(), "a")
    tokens.revoke(row)
    first = ApiToken.objects.get(pk=row.pk).revoked_at
    tokens.revoke(row)
    assert ApiToken.objects.get(pk=row.pk).revoked_at == first is not None


def test_a_reading_token_cannot_write(account):
    text, _ = tokens.issue(account("lamp", "machine"), "大屏", scopes=[tokens.READ])
    assert of_request(a_request(text)).kind == "account"
    with pytest.raises(TokenRefused):
        of_request(a_request(text, "post"))


def test_a_token_may_name_one_of_its_posts_and_no_other(account, county, seat):
    machine, other = account("lamp", "machine"), account("x")
    seat(machine, county.city_office)
    second = seat(machine, county.county_office)
    foreign = seat(other, county.village_office)
    text, _ = tokens.issue(machine, "路灯平台")
    assert of_request(a_request(text, **{"x-post": str(second.pk)})).id == second.pk
    with pytest.raises(PostNotHeld):
        of_request(a_request(text, **{"x-post": str(foreign.pk)}))
