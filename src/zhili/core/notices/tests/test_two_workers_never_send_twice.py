"""A message is claimed by one worker; a dead worker's claim ends by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.notices import delivery
from zhili.core.notices.delivery import deliver_due
from zhili.core.notices.models import Notice
from zhili.core.notices.tests.conftest import queue, time_passes
from zhili.core.streams.tests.conftest import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_workers_share_the_queue(site, server) -> None:
    queue(site, *range(40))

    def work() -> None:
        while deliver_due(limit=3):
            pass

    with elsewhere(*[work] * 4):
        pass
    assert len(server.received) == 40
    assert len({mail["message-id"] for mail in server.received}) == 40
    assert set(Notice.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_what_one_worker_is_sending_no_other_takes(site, server, monkeypatch) -> None:
    queue(site, 1)
    send = delivery._send

    def look_meanwhile(post, claim):
        with elsewhere(lambda: seen.append(deliver_due())):
            pass
        return send(post, claim)

    seen: list[int] = []
    monkeypatch.setattr(delivery, "_send", look_meanwhile)
    assert deliver_due() == 1
    assert seen == [0]
    assert len(server.received) == 1


def test_a_worker_killed_after_the_server_took_it_means_once_more_under_the_same_id(
    site, server, monkeypatch
) -> None:
    queue(site, 1)

    def killed(claim, outcome):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_note", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver_due()
    assert deliver_due() == 0, "the claim still holds"
    time_passes()
    assert deliver_due() == 1
    first, second = server.received
    assert first["message-id"] == second["message-id"]


def test_a_worker_whose_claim_ended_does_not_overwrite_the_next_ones_result(
    site, server, monkeypatch
) -> None:
    (notice,) = queue(site, 1)
    (old,) = delivery._take(1)
    time_passes()
    (new,) = delivery._take(1)
    assert delivery._note(old, delivery.Outcome("550 late", final=True)) == 0
    assert delivery._note(new, delivery.Outcome()) == 1
    notice.refresh_from_db()
    assert notice.state == "sent"


def test_messages_not_begun_in_time_are_given_back(site, server, monkeypatch) -> None:
    queue(site, 1, 2)
    monkeypatch.setattr(delivery, "CLAIM", delivery.MARGIN - timedelta(seconds=1))
    assert deliver_due() == 0
    assert server.received == []
    assert set(Notice.objects.values_list("state", "attempts")) == {("queued", 0)}
    assert all(n.next_at <= timezone.now() for n in Notice.objects.all())
