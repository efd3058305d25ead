"""E-mail against a real server: taken, refused for good, refused for now, cut off, slow, down and back."""

import time

import pytest

from zhili.core.notices import delivery
from zhili.core.notices.delivery import backlog, deliver_due, retry_failed
from zhili.core.notices.models import Notice
from zhili.core.notices.telling import Notices
from zhili.core.notices.tests.conftest import queue, time_passes, use
from zhili.core.people.models import Secret
from zhili.core.trail.models import Access

pytestmark = pytest.mark.django_db


def test_a_chinese_message_arrives_as_written(site, server) -> None:
    Notices().handle([site.event("accept")])
    assert deliver_due() == 1
    (mail,) = server.received
    assert mail["subject"] == "路灯报修 26 0000 0017 3：已受理"
    assert mail.get_content().strip() == "您报修的26 0000 0017 3已由凤桥镇中心受理，现在正在修。"
    assert mail["to"] == "wang@example.org"
    assert mail["from"] == "no-reply@city.example"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["message-id"].endswith("@city.example>")
    notice = Notice.objects.get(channel="email")
    assert (notice.state, notice.attempts, notice.error) == ("sent", 1, "")
    assert notice.sent_at is not None


def test_many_messages_share_a_connection(site, server) -> None:
    queue(site, *range(10))
    assert deliver_due() == 10
    assert len(server.received) == 10
    assert len(server.sessions) == 1


def test_only_so_many_at_a_time(site, server) -> None:
    queue(site, 1, 2, 3)
    assert deliver_due(limit=2) == 2
    assert deliver_due(limit=2) == 1
    assert deliver_due(limit=2) == 0


def test_a_recipient_refused_for_good_is_given_up_at_once_and_the_next_is_sent(site, server) -> None:
    queue(site, 1, 2)
    server.on_recipient = ["550 5.1.1 <wang@example.org>: no such user"]
    assert deliver_due() == 2
    failed, sent = Notice.objects.order_by("id")
    assert (failed.state, failed.error) == ("failed", "550 5.1.1 no such user")
    assert sent.state == "sent"
    assert backlog()["failed"] == 1


def test_a_message_refused_for_good_is_given_up(site, server) -> None:
    queue(site, 1)
    server.on_data = ["554 5.7.1 spam"]
    deliver_due()
    assert Notice.objects.get().state == "failed"


def test_a_refusal_for_now_is_tried_again_later_and_not_before(site, server) -> None:
    queue(site, 1)
    server.on_recipient = ["451 4.7.1 greylisted"]
    assert deliver_due() == 0
    assert deliver_due() == 0
    assert server.received == []
    state = backlog()
    assert (state["queued"], state["retrying"], state["error"]) == (1, 1, "451 4.7.1 greylisted")
    time_passes()
    assert deliver_due() == 1
    assert Notice.objects.get().attempts == 2


def test_waits_grow_and_tries_end(site, server) -> None:
    queue(site, 1)
    server.on_recipient = ["451 later"] * 20
    waits = []
    for _ in range(delivery.TRIES):
        deliver_due()
        notice = Notice.objects.get()
        waits.append(notice.next_at)
        time_passes()
    assert notice.state == "failed"
    assert notice.attempts == delivery.TRIES
    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])
    assert deliver_due() == 0


def test_what_was_given_up_can_be_sent_after_all(site, server) -> None:
    queue(site, 1)
    server.on_recipient = ["550 full"]
    deliver_due()
    assert retry_failed() == 1
    assert deliver_due() == 1
    assert Notice.objects.get().state == "sent"


def test_a_line_cut_in_the_middle_costs_one_try_and_holds_nobody_up(site, server) -> None:
    queue(site, 1, 2)
    server.on_recipient = ["cut"]
    assert deliver_due() == 1
    first, second = Notice.objects.order_by("id")
    assert (first.state, first.attempts, second.state) == ("queued", 1, "sent")
    time_passes()
    assert deliver_due() == 1
    assert len(server.received) == 2


def test_taken_but_not_confirmed_goes_again_under_the_same_id(site, server) -> None:
    queue(site, 1)
    server.on_data = ["cut"]
    deliver_due()
    time_passes()
    assert deliver_due() == 1
    first, second = server.received
    assert first["message-id"] == second["message-id"]


def test_a_slow_server_is_not_waited_for_forever(site, server, settings) -> None:
    use(settings, server, timeout=0.3)
    queue(site, 1)
    server.on_data = ["silent"]
    started = time.monotonic()
    assert deliver_due() == 0
    assert time.monotonic() - started < 5
    assert "timed out" in Notice.objects.get().error


def test_a_server_that_is_down_costs_no_try_and_all_goes_out_when_it_is_back(
    site, server, start_server
) -> None:
    queue(site, 1, 2, 3)
    server.stop()
    assert deliver_due() == 0
    assert set(Notice.objects.values_list("state", "attempts")) == {("queued", 0)}
    assert "refused" in backlog()["error"]
    time_passes()
    again = start_server(server.port)
    assert deliver_due() == 3
    assert len(again.received) == 3
    assert backlog()["error"] == ""


def test_a_server_restarted_between_two_messages_is_met_anew(site, server, start_server, monkeypatch) -> None:
    queue(site, 1, 2)
    noted, again = delivery._note, []

    def restart_then_note(claim, outcome):
        if not again:
            server.stop()
            again.append(start_server(server.port))
        return noted(claim, outcome)

    monkeypatch.setattr(delivery, "_note", restart_then_note)
    assert deliver_due() == 2
    assert (len(server.received), len(again[0].received)) == (1, 1)
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}


def test_the_address_is_opened_for_the_sending_and_the_opening_is_kept(site, server) -> None:
    site.leave_address("private@example.org")
    Notices().handle([site.event("accept")])
    deliver_due()
    assert [m["to"] for m in server.received] == ["private@example.org"]
    access = Access.objects.get()
    assert (access.case_id, access.actor_kind, access.purpose) == (17, "rule", "发送办理进展通知")


def test_an_address_erased_meanwhile_is_not_written_to(site, server) -> None:
    from zhili.core.people import secrets

    site.leave_address("private@example.org")
    Notices().handle([site.event("accept")])
    secrets.erase(Secret.objects.values_list("pk", flat=True))
    deliver_due()
    assert server.received == []
    assert Notice.objects.get(channel="email").state == "failed"


def test_an_address_no_server_would_take_is_given_up(site, server) -> None:
    site.reporter.email = "not an address\r\nBcc: x@example.org"
    site.reporter.save()
    queue(site, 1)
    deliver_due()
    assert server.received == []
    assert Notice.objects.get().state == "failed"


def test_nothing_is_sent_when_mail_is_switched_off(site, server, settings) -> None:
    queue(site, 1)
    settings.EMAIL_URL = ""
    assert deliver_due() == 0
    assert Notice.objects.get().attempts == 0
