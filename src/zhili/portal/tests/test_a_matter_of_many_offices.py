"""A lead case with ten assisting offices: its page shows who has what, and costs no more than any other."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhili.core.cases import doors, kin
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    found = Lead(small_city)
    asked = (
        "A",
        "A.zhzf",
        "A.village",
        "A.village2",
        "A.grid",
        "A.grid2",
        "B",
        "B.town",
        "B.village",
        "B.grid",
    )
    children = found.ask(*asked)
    doors.act(children[1].pk, "reply", small_city.actor("A.zhzf"), {"result": "井盖已更换。"})
    doors.act(children[2].pk, "refuse", small_city.actor("A.village"), {"reason": "不在我村"})
    return found


def client_of(lead: Lead) -> Client:
    client = Client()
    account = lead.city.account_of(lead.town)
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_page_costs_at_most_twelve_queries(lead: Lead) -> None:
    client = client_of(lead)
    url = f"/desk/c/{lead.number}"
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        page = client.get(url)
    assert page.status_code == 200
    text = page.content.decode()
    assert "南湖区综合行政执法局" in text
    assert "井盖已更换。" in text
    assert len(seen) <= MOST, "\n".join(q["sql"][:150] for q in seen)


def test_it_shows_who_has_what_and_what_came_of_it(lead: Lead) -> None:
    found = kin.family(lead.case, lead.town)
    assert len(found.children) == 10
    assert found.still_open == 8
    done = found.children[1]
    assert (done.kind, done.stage, done.outcome, done.reply) == ("协办", "已反馈", "closed", "井盖已更换。")
    assert found.children[2].reply == "不在我村"
    assert all(one.due_at for one in found.children if one.closed_at is None)


def test_an_office_asked_sees_where_it_came_from_and_not_the_others(lead: Lead) -> None:
    handler = lead.actor("B.town")
    child = lead.children[7]
    found = kin.family(child, handler)
    assert found.parent is not None
    assert found.parent.number == lead.number
    assert [one.number for one in kin.family(lead.case, handler).children] == [child.number]


def test_a_lead_lists_its_duplicates_and_they_it(lead: Lead) -> None:
    twin = Lead(lead.city, "居民乙")
    twin.act("merge_into", {"lead": lead.number, "reason": "同一处"})
    assert [one.number for one in kin.family(lead.case, lead.town).duplicates] == [twin.number]
    above = kin.family(twin.case, lead.town).lead
    assert above is not None
    assert above.number == lead.number


def test_a_refused_form_under_more_is_shown_open_with_its_words(lead: Lead) -> None:
    answer = client_of(lead).post(f"/desk/c/{lead.number}/act/ask_extension", {"days": "3"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert re.search(r'<details class="[^"]*more[^"]*" open>', text)
    assert "为什么需要更多时间" in text
