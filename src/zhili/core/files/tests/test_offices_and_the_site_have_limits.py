"""Totals by office and site, the same bytes once; what the disk must keep free; refused with clear words."""

from typing import Any

import pytest

from zhili.core.files import cleaning, limits, quotas
from zhili.core.files.models import File, Usage
from zhili.core.files.quotas import SITE
from zhili.core.files.tests.samples import picture, refusal, send
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.people.models import Account

pytestmark = pytest.mark.django_db
A, B, LARGE = picture(), picture("PNG"), picture("WEBP", size=(400, 300), lossless=True)


@pytest.fixture
def set_limit(monkeypatch: pytest.MonkeyPatch) -> Any:
    """set_limit("files.site_total", 100)."""
    read, held = limits.read, {}
    monkeypatch.setattr(limits, "read", lambda key, how: held.get(key) or read(key, how))
    return held.__setitem__


def clerk(office: int) -> Actor:
    account = Account.objects.create(username=f"clerk{office}")
    return Actor(kind="post", id=office, account_id=account.pk, office_id=office)


def test_the_same_bytes_are_counted_once_for_an_office_and_once_for_the_site() -> None:
    one, other = clerk(1), clerk(2)
    for actor in (one, one, other):
        send(A, actor=actor)
    send(B, actor=other)
    send(A, actor=ANONYMOUS)
    quotas.count()
    held = {row.pk: (row.bytes, row.files) for row in Usage.objects.all()}
    assert held == {SITE: (len(A) + len(B), 2), 1: (len(A), 1), 2: (len(A) + len(B), 2)}
    assert [office for office, _standing in quotas.largest()] == [2, 1]


def test_what_came_since_the_last_count_counts_too() -> None:
    send(A, actor=clerk(1))
    quotas.count()
    send(B, actor=Actor(kind="post", id=1, office_id=1))
    assert quotas.total(1).bytes == len(A) + len(B)


def test_an_office_that_is_full_is_told_so_and_others_go_on(set_limit: Any) -> None:
    set_limit("files.office_total", len(A) + 10)
    one, other = clerk(1), clerk(2)
    send(A, actor=one)
    refused = refusal(B, actor=one)
    assert refused.status == 507
    assert "本单位" in refused.reason
    assert "其他内容可以先提交" in refused.reason
    assert send(A, actor=other)


def test_a_site_that_is_full_takes_nothing_more(set_limit: Any) -> None:
    set_limit("files.site_total", len(A) + 10)
    send(A)
    assert refusal(B).status == 507


def test_the_disk_keeps_some_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "disk_free", lambda: (1 << 30) - 1)
    refused = refusal(A)
    assert refused.status == 507
    assert not File.objects.exists()


def test_bytes_of_a_day_are_limited_as_well_as_files(limit: Any) -> None:
    limit(bytes_per_day=len(LARGE) + 10)
    send(LARGE, origin="203.0.113.5")
    assert refusal(LARGE, origin="203.0.113.5").status == 429
    assert send(LARGE, origin="203.0.113.6")


def test_a_limit_is_warned_of_before_it_is_reached() -> None:
    assert not quotas.Standing(80, 1, 100).warns
    assert quotas.Standing(90, 1, 100).warns
    assert not quotas.Standing(90, 1, 0).warns


def test_the_worker_counts_and_says_it_has_nothing_more_to_do() -> None:
    send(A)
    assert cleaning.count_totals() == 0
    assert Usage.objects.get(pk=SITE).files == 1
