"""A code lets an outsider into one case, as one party, until it ends."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from zhili.core.people import grants
from zhili.core.people.actors import ANONYMOUS, of_request
from zhili.core.people.models import Grant


def issue(case_id=7, party="reporter", actions=("rate",), expires=None):
    code, row = grants.prepare(case_id, party, actions, expires)
    grants.save([row])
    return code


def a_request(query="", user=None, **headers):
    request = RequestFactory().get(f"/c/1{query}", headers=headers)
    request.user = user or AnonymousUser()
    request.session = {}
    return request


def test_a_code_opens_its_case_for_its_party_and_actions(db, django_assert_num_queries):
    code = issue(actions=["rate", "reopen"])
    with django_assert_num_queries(1):
        actor = grants.resolve(code)
    assert actor is not None
    assert (actor.kind, actor.grant_case, actor.grant_party) == ("grant", 7, "reporter")
    assert actor.grant_actions == {"rate", "reopen"}
    assert (actor.roles, actor.account_id, actor.office_id) == (frozenset(), None, None)


def test_a_code_is_read_as_people_type_it(db):
    code = issue()
    forms = [
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f"  {code}\n",
        code.replace("-", "－"),
    ]
    forms.append(code.replace("0", "o").replace("1", "l"))
    forms.append("".join(chr(ord(c) + 0xFEE0) for c in code))
    assert all(grants.resolve(form) is not None for form in forms)


def test_codes_carry_eighty_bits_in_symbols_nobody_mistakes():
    codes = {grants.prepare(1, "reporter")[0] for _ in range(500)}
    assert len(codes) == 500
    assert all([len(part) for part in code.split("-")] == [4, 4, 4, 4] for code in codes)
    assert len(grants.ALPHABET) == 32
    assert not set("ILOU") & set("".join(codes))
    assert set("".join(codes)) - {"-"} == set(grants.ALPHABET)


def test_only_the_hash_is_kept(db):
    code = issue()
    kept = " ".join(str(value) for value in Grant.objects.values().get().values())
    assert code not in kept
    assert code.replace("-", "") not in kept


@pytest.mark.parametrize("typed", ["", "1234", "7QK2-M0XD-9TVE-4C8U", "x" * 100_000, "7QK2-M0XD-9TVE-4C8HA"])
def test_what_cannot_be_a_code_costs_no_query(db, django_assert_num_queries, typed):
    with django_assert_num_queries(0):
        assert grants.resolve(typed) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text):
    found = grants.tidy(text)
    assert found is None or (len(found) == 16 and set(found) <= set(grants.ALPHABET))


def test_unknown_expired_and_revoked_codes_look_the_same(db):
    expired = issue(expires=timezone.now() - timedelta(seconds=1))
    revoked = issue(case_id=8)
    grants.revoke(8)
    unknown, _ = grants.prepare(1, "reporter")
    assert [grants.resolve(code) for code in (expired, revoked, unknown)] == [None, None, None]
    assert grants.resolve(issue(expires=timezone.now() + timedelta(hours=1))) is not None


def test_revoking_one_party_leaves_the_others(db):
    reporter, operator, elsewhere = issue(party="reporter"), issue(party="operator"), issue(case_id=9)
    assert grants.revoke(7, "reporter") == 1
    assert grants.resolve(reporter) is None
    assert grants.resolve(operator) is not None
    assert grants.resolve(elsewhere) is not None


def test_a_request_may_bring_its_code_in_the_address_or_a_header(db):
    code = issue()
    assert of_request(a_request(f"?g={code}")).grant_case == 7
    assert of_request(a_request(**{"x-grant": code})).grant_case == 7
    assert of_request(a_request("?g=0000-0000-0000-0000")) is ANONYMOUS


def test_a_code_used_while_signed_in_gives_the_party_s_rights_not_the_post_s(account, county, seat):
    person = account()
    seat(person, county.city_office)
    actor = of_request(a_request(f"?g={issue()}", user=person))
    assert (actor.kind, actor.account_id, actor.roles) == ("grant", person.pk, frozenset())
    assert of_request(a_request("?g=0000-0000-0000-0000", user=person)).kind == "post"


def test_the_same_seed_gives_the_same_code():
    one, two = (grants.prepare(1, "reporter", seed=b"0123456789abcdef") for _ in range(2))
    other = grants.prepare(1, "reporter", seed=b"0123456789abcdeg"[::-1])
    assert one == two
    assert one[0] != other[0]


def test_a_grant_without_a_case_is_not_written(db):
    _, row = grants.prepare(None, "reporter")
    with pytest.raises(ValueError, match="without a case"):
        grants.save([row])
