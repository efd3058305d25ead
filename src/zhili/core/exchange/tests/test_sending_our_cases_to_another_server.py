"""Pushing: public matters that fit are sent once, the other side's number and progress come back as steps."""

from __future__ import annotations

from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.exchange.models import Peer, PeerRequest, State, Way
from zhili.core.exchange.open311 import choosing, delivering, polling, pulling
from zhili.core.exchange.open311.telling import words_of
from zhili.core.exchange.tests.other_server import Other, listed
from zhili.core.people.actors import ANONYMOUS
from zhili.core.streams import run_once

pytestmark = pytest.mark.sql
REPORT = "citizen_reports.report"


def opened(city: SmallCity, read: bool = True, **more: Any) -> Case:
    """A resident's report; once its office has read it, everybody may."""
    data = {"what": "井盖松动，电话13812345678", "place": INSIDE, "category": "201001", **more}
    number = doors.open_case(REPORT, "report", ANONYMOUS, data).number
    case = Case.objects.get(number=number)
    if read:
        short = next(name for name, office in city.offices.items() if office.pk == case.office_id)
        doors.act(case, "accept", city.actor(short), {})
        case.refresh_from_db()
    return case


def choose(case: Case) -> int:
    """As the consumer does when a step is taken."""
    return choosing.choose(Peer.objects.all(), [case.pk])


def sooner() -> None:
    """As if the waits were over."""
    PeerRequest.objects.filter(next_at__isnull=False).update(next_at=timezone.now() - timedelta(seconds=1))


def test_a_matter_goes_there_without_its_reporter(peer: Peer, other: Other, city: SmallCity) -> None:
    other.numbers_at_once = True
    case = opened(city, anonymous=False, phone="13912345678", name="张三丰")
    assert choose(case) == 1
    assert delivering.deliver_due() == 1
    (form,) = other.posted
    assert form["service_code"] == "006"
    assert (form["lat"], form["long"]) == ("30.050000", "120.050000")
    assert form["address_string"] == "建设路1号"
    assert form["jurisdiction_id"] == "other.example"
    assert "井盖松动" in form["description"]
    assert case.number in form["description"]
    for text in ("13812345678", "13912345678", "张三丰"):
        assert text not in str(form)
    assert not {"email", "phone", "first_name", "last_name"} & set(form)
    sent = PeerRequest.objects.get()
    assert (sent.state, sent.remote_id) == (State.LINKED, "R-1")
    step = Step.objects.filter(case=case).latest("seq")
    assert (step.action, step.data["status"], step.data["number"]) == ("partner_word", "sent", "R-1")
    assert words_of(case, step) == "", "a name and a number alone tell nobody anything"
    assert delivering.deliver_due() == 0


def test_the_stream_chooses_as_steps_happen(peer: Peer, other: Other, city: SmallCity) -> None:
    case = opened(city)
    choosing.Chooser().handle([_event(case)])
    choosing.Chooser().handle([_event(case)])
    assert PeerRequest.objects.filter(way=Way.OUT, case=case).count() == 1


def _event(case: Case) -> Any:
    from zhili.core.streams import Event

    return Event(1, 1, timezone.now(), "step", case.pk, {"case": case.pk})


def test_only_what_fits_is_chosen(peer: Peer, city: SmallCity, other: Other) -> None:
    assert choose(opened(city, read=False)) == 0, "not read by an office yet"
    assert choose(opened(city, category="204003")) == 0, "no service of theirs"
    Peer.objects.update(division=city.divisions["B"])
    assert choose(opened(city)) == 0, "not their ground"
    assert choose(opened(city, place=ELSEWHERE)) == 1
    Peer.objects.update(division=None, categories=["204"])
    assert choose(opened(city)) == 0, "not a category they want"
    Peer.objects.update(categories=["201"])
    assert choose(opened(city)) == 1, "their wish covers all below it"
    confidential = opened(city)
    Case.objects.filter(pk=confidential.pk).update(confidential=True)
    assert choose(confidential) == 0


def test_what_came_from_a_machine_is_not_sent_on(peer: Peer, other: Other, city: SmallCity) -> None:
    other.add("100")
    pulling.pull(peer)
    case = Case.objects.get()
    doors.act(case, "accept", city.actor("A.grid"), {})
    assert choose(case) == 0


def test_a_token_is_asked_after_until_it_has_a_number(peer: Peer, other: Other, city: SmallCity) -> None:
    case = opened(city)
    choose(case)
    assert delivering.deliver_due() == 0
    waiting = PeerRequest.objects.get()
    assert (waiting.state, waiting.token) == (State.TOKEN, "T1")
    sooner()
    assert delivering.deliver_due() == 0, "no number yet"
    other.give_numbers()
    sooner()
    assert delivering.deliver_due() == 1
    linked = PeerRequest.objects.get()
    assert (linked.state, linked.remote_id) == (State.LINKED, "R-900")
    assert len(other.posted) == 1


def test_a_server_that_gives_neither_is_sent_to_once(peer: Peer, other: Other, city: SmallCity) -> None:
    def blackbox(handler: Any) -> bool:
        handler.say(200, listed("<service_notice>Thanks</service_notice>"))
        return True

    other.answer = blackbox
    choose(opened(city))
    assert delivering.deliver_due() == 1
    assert PeerRequest.objects.get().state == State.BLIND


def test_its_progress_comes_back_as_steps(peer: Peer, other: Other, city: SmallCity) -> None:
    other.numbers_at_once = True
    case = opened(city)
    choose(case)
    delivering.deliver_due()
    sooner()
    assert polling.poll_due() == 0, "open is no news"
    other.change("R-1", status="closed", status_notes="Cover replaced")
    sooner()
    assert polling.poll_due() == 1
    step = Step.objects.filter(case=case).latest("seq")
    assert step.data == {"system": "邻市", "number": "R-1", "status": "closed", "note": "Cover replaced"}
    sooner()
    assert polling.poll_due() == 0
    assert Step.objects.filter(case=case).latest("seq").seq == step.seq
    case.refresh_from_db()
    assert case.stage == "handling"


def test_a_refusal_is_kept_and_not_repeated(peer: Peer, other: Other, city: SmallCity) -> None:
    Peer.objects.get().services.update(service_code="007")
    choose(opened(city))
    assert delivering.deliver_due() == 1
    refused = PeerRequest.objects.get()
    assert refused.state == State.FAILED
    assert "service_code was not provided" in refused.error
    assert delivering.deliver_due() == 0
    PeerRequest.objects.update(service_code="006")
    other.numbers_at_once = True
    assert delivering.retry_failed(peer.pk) == 1
    assert delivering.deliver_due() == 1
    assert PeerRequest.objects.get().state == State.LINKED


def test_an_answer_that_was_lost_makes_no_second_request(peer: Peer, other: Other, city: SmallCity) -> None:
    """The request arrived, the answer did not; and the server knows no Idempotency-Key."""
    other.numbers_at_once = True

    def lose(handler: BaseHTTPRequestHandler) -> bool:
        if handler.command != "POST":
            return False
        other.answer = None
        case = Case.objects.values_list("number", flat=True)
        assert case is not None
        other.posted.append({})
        other.add("R-lost", description=f"[zhili {number}]")
        handler.close_connection = True
        handler.connection.close()
        return True

    case = opened(city)
    number = case.number
    choose(case)
    other.answer = lose
    assert delivering.deliver_due() == 0
    unsure = PeerRequest.objects.get()
    assert unsure.unsure
    assert unsure.next_at is not None
    assert unsure.next_at > timezone.now()
    sooner()
    assert delivering.deliver_due() == 1
    assert PeerRequest.objects.get().remote_id == "R-lost"
    assert len(other.posted) == 1


def test_a_server_that_is_away_is_left_alone_for_longer_each_time(peer: Peer, city: SmallCity) -> None:
    Peer.objects.update(url="http://127.0.0.1:1/api/v2")
    cases = [opened(city) for _ in range(3)]
    for case in cases:
        choose(case)
    assert delivering.deliver_due() == 0
    rows = PeerRequest.objects.all()
    assert {one.attempts for one in rows} == {0}, "no try is lost for it"
    assert {one.state for one in rows} == {State.QUEUED}
    peer.refresh_from_db()
    assert peer.failures == 1
    sooner()
    delivering.deliver_due()
    peer.refresh_from_db()
    assert peer.failures == 2
    assert "Connect" in peer.error


def test_who_is_busy_says_how_long(peer: Peer, other: Other, city: SmallCity) -> None:
    def busy(handler: Any) -> bool:
        handler.send_response(429)
        handler.send_header("Retry-After", "7200")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    other.answer = busy
    choose(opened(city))
    delivering.deliver_due()
    waiting = PeerRequest.objects.get()
    assert waiting.next_at is not None
    assert waiting.next_at > timezone.now() + timedelta(minutes=110)


def test_it_is_given_up_in_the_end(peer: Peer, other: Other, city: SmallCity) -> None:
    def broken(handler: Any) -> bool:
        handler.say(500, "")
        return True

    other.answer = broken
    choose(opened(city))
    for _ in range(delivering.TRIES + 1):
        sooner()
        delivering.deliver_due()
    assert PeerRequest.objects.get().state == State.FAILED


def test_matters_of_today_can_be_sent_to_a_new_peer(city: SmallCity, other: Other, peer: Peer) -> None:
    for _ in range(2):
        opened(city)
    assert choosing.choose_present(peer) == 2


@pytest.mark.parametrize("code", ["201001", "201", "2"])
def test_a_category_goes_where_it_or_one_above_it_is_mapped(peer: Peer, city: SmallCity, code: str) -> None:
    peer.services.update(category=code)
    assert choose(opened(city)) == 1


def test_nothing_is_sent_from_the_consumers_transaction(peer: Peer, other: Other, city: SmallCity) -> None:
    case = opened(city)
    run_once(choosing.Chooser())
    choose(case)
    assert other.posted == []
    assert other.asked == []
