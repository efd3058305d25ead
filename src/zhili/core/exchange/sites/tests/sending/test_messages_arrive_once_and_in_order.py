"""What waits for another site goes there: once, in order, whatever becomes of the line or of the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhili.base.exchange import wire
from zhili.core.exchange.models import Link, Outgoing, RemoteSite
from zhili.core.exchange.sites import delivering, reconciling, standing
from zhili.core.exchange.sites.queueing import Draft, enqueue_many
from zhili.core.exchange.sites.tests.sending.peer import Peer
from zhili.core.exchange.sites.tests.sending.saying import hand_over, progress
from zhili.core.people.models import Secret

pytestmark = pytest.mark.django_db
Links = Callable[..., Link]


def send() -> int:
    return delivering.deliver_due(apart=False)


def states(link: Link) -> list[tuple[int, str]]:
    return list(Outgoing.objects.filter(link=link).order_by("pk").values_list("seq", "state"))


def test_several_matters_travel_together_each_in_its_order(peer: Peer, site: RemoteSite, link: Links) -> None:
    one, two = link(), link()
    hand_over(one, personal={"phone": "13800138000"})
    hand_over(two)
    progress(one), progress(two), progress(one, "清理完毕")
    assert send() == 5
    assert peer.kinds(one.stream) == ["hand_over", "progress", "progress"]
    assert peer.kinds(two.stream) == ["hand_over", "progress"]
    assert len(peer.deliveries) == 1
    assert states(one) == [(1, "sent"), (2, "sent"), (3, "sent")]
    # the personal part is joined on the way, and stands nowhere in the clear here
    assert peer.taken[one.stream][0].body["personal"] == {"phone": "13800138000"}
    kept = Outgoing.objects.get(link=one, seq=1)
    assert "personal" not in kept.body
    assert b"13800138000" not in bytes(Secret.objects.get(pk=kept.secret_id).ciphertext or b"")
    site.refresh_from_db()
    assert (site.failures, site.error) == (0, "")
    assert site.heard_at is not None
    # one line, kept open
    progress(two)
    assert send() == 1
    assert len(peer.lines) == 1


def test_many_messages_are_put_in_line_by_few_queries_and_sent_in_several_deliveries(
    peer: Peer, link: Links
) -> None:
    there = [link() for _ in range(3)]
    drafts = [Draft(there[n % 3], "progress", {"words": "x"}, {"phone": str(n)}) for n in range(450)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        enqueue_many(drafts)
    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) == 4
    assert send() == 450
    assert [len(one.messages) for one in peer.deliveries] == [200, 200, 50]
    assert [[m.seq for m in peer.taken[one.stream]] for one in there] == [list(range(1, 151))] * 3


def test_a_lost_answer_costs_nothing(peer: Peer, site: RemoteSite, link: Links, clock: Any) -> None:
    one = link()
    hand_over(one)
    peer.after = lambda handler, _delivery: handler.hang_up()
    assert send() == 0
    peer.after = None
    progress(one)
    assert send() == 0  # it is left alone for a moment
    clock(timedelta(seconds=2))
    assert send() == 2
    assert peer.kinds(one.stream) == ["hand_over", "progress"]


def test_a_site_that_fails_is_left_alone_longer_each_time_and_never_given_up(
    peer: Peer, site: RemoteSite, link: Links, clock: Any
) -> None:
    one = link()
    hand_over(one)
    peer.before = lambda handler, _delivery: handler.plain(503, b"") or True
    waits = []
    for _ in range(14):
        send()
        site.refresh_from_db()
        assert site.next_at is not None
        waits.append((site.next_at - timezone.now()).total_seconds())
        clock(timedelta(seconds=waits[-1] + 0.1))
    assert site.failures == 14
    assert "503" in site.error
    assert waits[0] <= 1
    assert all(300 <= one <= 600 for one in waits[-3:])
    clock(timedelta(days=3))
    found = standing.standings()[0]
    assert found.late
    assert found.waiting == 1
    assert standing.warn_late() == standing.warn_late() == 0  # nobody administers this small city
    peer.before = None
    assert send() == 1
    assert peer.kinds(one.stream) == ["hand_over"]


def test_who_asks_for_time_gets_it(peer: Peer, site: RemoteSite, link: Links, clock: Any) -> None:
    hand_over(link())
    slow = wire.WireError("slow_down", retry_after=90)
    peer.before = lambda handler, _delivery: handler.refuse(slow, Retry_After="90") or True
    send()
    site.refresh_from_db()
    assert site.next_at is not None
    assert 85 < (site.next_at - timezone.now()).total_seconds() <= 90
    peer.before = None
    clock(timedelta(seconds=80))
    assert send() == 0
    clock(timedelta(seconds=11))
    assert send() == 1


def test_where_nobody_is_it_is_asked_again_within_a_minute(site: RemoteSite, link: Links, clock: Any) -> None:
    RemoteSite.objects.update(url="http://127.0.0.1:1")
    hand_over(link())
    for _ in range(12):
        send()
        site.refresh_from_db()
        assert site.next_at is not None
        assert site.next_at - timezone.now() <= timedelta(minutes=1)
        clock(timedelta(minutes=1))
    assert site.failures == 12


def test_a_site_that_is_heard_again_is_tried_at_once(peer: Peer, site: RemoteSite, link: Links) -> None:
    hand_over(link())
    hour = timezone.now() + timedelta(hours=1)
    RemoteSite.objects.update(next_at=hour, failures=20, error_at=timezone.now())
    assert send() == 0
    RemoteSite.objects.update(heard_at=timezone.now())
    assert send() == 1


def test_no_site_is_sent_to_by_two_workers_and_a_killed_ones_claim_ends(
    peer: Peer, site: RemoteSite, link: Links, clock: Any
) -> None:
    hand_over(link())
    assert delivering._claims.take(5) == [site.pk]  # a worker that is killed here
    delivering._claims.held.clear()
    assert send() == 0
    clock(timedelta(seconds=16))
    assert send() == 1


def test_an_answer_that_is_not_that_sites_word_is_not_believed(
    peer: Peer, site: RemoteSite, link: Links
) -> None:
    one = link()
    hand_over(one)

    def unsigned(handler: Any, delivery: wire.Delivery) -> bool:
        handler.plain(200, peer.answer(delivery))
        return True

    peer.before = unsigned
    assert send() == 0
    assert states(one) == [(1, "waiting")]
    site.refresh_from_db()
    assert "unsigned" in site.error


def test_after_their_restore_what_they_lost_is_sent_again(peer: Peer, link: Links) -> None:
    one = link()
    hand_over(one), progress(one), progress(one)
    send()
    del peer.taken[one.stream][1:]
    progress(one, "又来了")
    assert send() == 3
    assert peer.kinds(one.stream) == ["hand_over", "progress", "progress", "progress"]


def test_after_our_restore_we_go_on_after_them(peer: Peer, site: RemoteSite, link: Links) -> None:
    one = link()
    hand_over(one), progress(one), progress(one, "备份以后的事")
    send()
    # the backup knew only the first
    Outgoing.objects.filter(link=one, seq__gt=1).delete()
    Link.objects.filter(pk=one.pk).update(out_seq=1)
    assert [(d.kind, d.mended) for d in reconciling.reconcile(site, mend=False)] == [("we_lost", False)]
    progress(one, "恢复以后的事")  # number 2, which is taken there
    assert send() == 1
    assert [m.body.get("words") for m in peer.taken[one.stream]][1:] == [
        "已到现场",
        "备份以后的事",
        "恢复以后的事",
    ]
    one.refresh_from_db()
    assert one.out_seq == 4
    assert reconciling.reconcile(site) == []


def test_a_version_both_speak_is_looked_for(peer: Peer, site: RemoteSite, link: Links, clock: Any) -> None:
    RemoteSite.objects.update(protocol="zhili-exchange/7")
    hand_over(link())
    other = wire.WireError("unknown_version", supported=wire.SUPPORTED)
    peer.before = lambda handler, _delivery: (setattr(peer, "before", None), handler.refuse(other)) and True
    assert send() == 1
    site.refresh_from_db()
    assert site.protocol == wire.PROTOCOL
    peer.protocols = ("zhili-exchange/9",)
    progress(link())
    peer.before = lambda handler, _delivery: handler.refuse(other) or True
    assert send() == 0
    site.refresh_from_db()
    assert site.failures == 1
