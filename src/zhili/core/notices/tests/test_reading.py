"""Each reads their own messages and those of the office they act for."""

import pytest

from zhili.core.notices.models import Notice
from zhili.core.notices.reading import mark_read, mine, unread
from zhili.core.people.actors import ANONYMOUS, Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(site):
    for number, to in enumerate(
        [{"account": site.reporter}, {"office": site.town}, {"office": site.town}, {"office": site.county}]
    ):
        Notice.objects.create(
            **to, channel="app", subject=f"消息{number}", body="", key=str(number), state="sent"
        )
    Notice.objects.create(
        account=site.reporter, channel="email", subject="信", body="", key="m", state="sent"
    )
    resident = Actor("account", site.reporter.pk, account_id=site.reporter.pk)
    clerk = Actor("post", 1, account_id=site.reporter.pk, office_id=site.town.pk)
    return resident, clerk


def test_a_resident_sees_their_own(people) -> None:
    assert [n.subject for n in mine(people[0])] == ["消息0"]


def test_a_clerk_sees_their_own_and_the_offices(people) -> None:
    assert unread(people[1]) == 3


def test_a_stranger_sees_none(people) -> None:
    assert unread(ANONYMOUS) == 0


def test_reading_one_leaves_the_others(people) -> None:
    first = mine(people[1]).order_by("id")[0]
    assert mark_read(people[1], [first.pk]) == 1
    assert unread(people[1]) == 2


def test_reading_all(people, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert mark_read(people[1]) == 3
    with django_assert_num_queries(1):
        assert unread(people[1]) == 0
    assert set(mine(people[1]).values_list("state", flat=True)) == {"read"}


def test_nobody_reads_anothers(people) -> None:
    county = Notice.objects.get(key="3")
    assert mark_read(people[1], [county.pk]) == 0
    county.refresh_from_db()
    assert county.read_at is None
