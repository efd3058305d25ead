from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.files import limits
from zhili.core.files.models import File
from zhili.core.files.tests.samples import picture, refusal, send
from zhili.core.people.actors import CLOCK, Actor
from zhili.core.people.models import Account

pytestmark = pytest.mark.django_db


def test_an_account_may_send_so_many_a_day(limit: Any) -> None:
    limit(per_day=2)
    account = Account.objects.create(username="zhang")
    actor = Actor(kind="account", id=account.pk, account_id=account.pk)
    send(picture(), actor=actor)
    send(picture(), actor=actor)
    refused = refusal(picture(), actor=actor)
    assert refused.status == 429
    assert "明天再传" in refused.reason
    File.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert send(picture(), actor=actor)


def test_senders_without_an_account_are_counted_by_address_and_not_told_apart_later(limit: Any) -> None:
    limit(per_day=1)
    send(picture(), origin="203.0.113.5")
    assert refusal(picture(), origin="203.0.113.5").status == 429
    assert send(picture(), origin="203.0.113.6")
    assert not File.objects.filter(quota_key__contains="203").exists()


def test_the_holder_of_a_receipt_is_counted_by_it(limit: Any) -> None:
    limit(per_day=1)
    send(picture(), actor=Actor(kind="grant", id=1), origin="203.0.113.5")
    assert refusal(picture(), actor=Actor(kind="grant", id=1), origin="203.0.113.9").status == 429
    assert send(picture(), actor=Actor(kind="grant", id=2), origin="203.0.113.5")


def test_the_machines_own_work_is_not_counted(limit: Any) -> None:
    limit(per_day=0)
    assert send(picture(), actor=CLOCK)


@pytest.mark.parametrize(
    ("text", "size"), [("20MB", 20 << 20), (" 512 kb ", 512 << 10), ("1G", 1 << 30), ("77", 77)]
)
def test_sizes_are_written_as_people_write_them(text: str, size: int) -> None:
    assert limits.size(text) == size


def test_a_limit_that_cannot_be_read_counts_as_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd:
        text = "很多"

    monkeypatch.setattr("zhili.core.params.get", lambda _key: Odd)
    assert limits.max_size() == 20 << 20


def test_the_declared_limits_are_in_force() -> None:
    assert limits.max_size() == 20 << 20
    assert limits.max_pixels() == 64_000_000
    assert limits.max_request() == 10 * (20 << 20) + limits.FORM_ROOM


@pytest.mark.parametrize(("size", "words"), [(20 << 20, "20 MB"), (1536, "1.5 KB"), (10, "10 B")])
def test_sizes_are_told_in_words(size: int, words: str) -> None:
    assert limits.in_words(size) == words
