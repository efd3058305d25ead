"""Pulling: their requests become cases here, once, and their changes are written on them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import present
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import Peer, PeerRequest, State
from zhili.core.exchange.open311 import polling, pulling
from zhili.core.exchange.tests.conftest import made
from zhili.core.exchange.tests.other_server import Other

pytestmark = pytest.mark.sql


def test_each_request_becomes_one_case_however_often_it_is_read(
    peer: Peer, other: Other, city: SmallCity
) -> None:
    other.add("100", description="A hole, call 13812345678")
    other.add("101", service_code="999", address="Main Street 5", lat="", long="")
    assert pulling.pull(peer) == Counter(opened=2)
    assert pulling.pull(peer) == Counter(same=2)
    case = PeerRequest.objects.get(remote_id="100").case
    assert case is not None
    assert (case.channel, case.category, case.lon, case.lat) == ("open311", "201001", 120.05, 30.05)
    assert case.office_id == city.offices["A.grid"].pk
    assert not case.public
    words = Step.objects.get(case=case).data["what"]
    assert "A hole" in words
    assert "（来自邻市，编号100）" in words
    assert "13812345678" not in words
    unplaced = PeerRequest.objects.get(remote_id="101").case
    assert unplaced is not None
    assert (unplaced.category, unplaced.address, unplaced.lon) == ("", "Main Street 5", None)


def test_a_lost_row_opens_no_second_case(peer: Peer, other: Other) -> None:
    other.add("100")
    pulling.pull(peer)
    PeerRequest.objects.all().delete()
    pulling.pull(peer)
    assert Case.objects.count() == 1


def test_what_was_over_before_we_asked_is_not_taken(peer: Peer, other: Other) -> None:
    other.add("100", status="closed")
    assert pulling.pull(peer) == Counter(skipped=1)
    assert Case.objects.count() == 0
    assert PeerRequest.objects.get().state == State.SKIPPED


def test_unmapped_services_only_if_wanted(peer: Peer, other: Other) -> None:
    Peer.objects.update(unmapped=False)
    peer.refresh_from_db()
    other.add("100", service_code="999")
    other.add("101")
    assert pulling.pull(peer) == Counter(opened=1, skipped=1)


def test_a_change_there_is_a_step_here(peer: Peer, other: Other, city: SmallCity) -> None:
    other.add("100")
    pulling.pull(peer)
    other.change("100", status="closed", status_notes="Repaired by the water company")
    assert pulling.pull(peer) == Counter(told=1)
    step = Step.objects.latest("id")
    assert step.action == "partner_word"
    who = present.timeline(Case.objects.get(), city.actor("A.grid"))[-1].who
    assert who == "协作系统"
    assert step.data == {
        "system": "邻市",
        "number": "100",
        "status": "closed",
        "note": "Repaired by the water company",
    }
    case = Case.objects.get()
    assert case.stage == "received", "a person decides what that means here"
    assert pulling.pull(peer) == Counter(same=1)
    assert Case.objects.get().seq == 2


def test_a_change_on_a_matter_that_is_over_here_is_only_noted(peer: Peer, other: Other) -> None:
    other.add("100")
    pulling.pull(peer)
    Case.objects.update(stage="closed", closed_at=timezone.now())
    other.change("100", status="closed")
    assert pulling.pull(peer) == Counter(told=1)
    assert "over" in PeerRequest.objects.get().error
    assert Case.objects.get().seq == 1


def test_old_ones_are_asked_after_by_number(peer: Peer, other: Other) -> None:
    other.add("100")
    pulling.pull(peer)
    other.change("100", status_notes="Crew on the way", requested_datetime="2001-01-01T00:00:00Z")
    PeerRequest.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    assert polling.poll_due() == 1
    assert Step.objects.latest("id").data["note"] == "Crew on the way"
    assert "service_request_id=100" in other.asked[-1]
    assert polling.poll_due() == 0


def test_a_first_reading_goes_back_in_spans_of_90_days(city: SmallCity, other: Other) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=200)
    peer = made(other, since=long_ago - timedelta(days=1))
    other.add("1", requested_datetime=long_ago.isoformat(), updated_datetime=long_ago.isoformat())
    other.add("2")
    pulling.pull(peer)
    spans = [one for one in other.asked if "start_date" in one and "page=1" in one]
    assert len(spans) == 2
    assert PeerRequest.objects.filter(state=State.LINKED).count() == 2
    peer.refresh_from_db()
    assert peer.pulled_until is not None
    assert timezone.now() - peer.pulled_until < timedelta(hours=1)


def test_a_clock_that_is_wrong_does_not_lose_requests(peer: Peer, other: Other) -> None:
    other.add("1", updated_datetime="2199-01-01T00:00:00Z")
    other.add("2", updated_datetime="not a date", requested_datetime="0001-01-01T00:00:00+14:00")
    assert pulling.pull(peer)["opened"] == 2
    peer.refresh_from_db()
    assert peer.pulled_until is not None
    assert peer.pulled_until <= timezone.now()


@pytest.mark.parametrize(
    "row",
    [
        {"lat": "0", "long": "0"},
        {"lat": "ninety", "long": "x"},
        {"lat": "120.05", "long": "30.05"},
        {"media_url": "javascript:alert(1)"},
        {"description": ""},
        {"description": "长" * 9000},
        {"address": "a" * 900},
        {"description": "<script>alert(1)</script>\u202e"},
    ],
)
def test_whatever_stands_in_a_request_it_is_taken(peer: Peer, other: Other, row: dict[str, str]) -> None:
    other.add("100", **row)
    assert pulling.pull(peer) == Counter(opened=1)


def test_a_request_without_a_number_is_left(peer: Peer, other: Other) -> None:
    other.add("x")
    other.requests["x"]["service_request_id"] = ""
    assert pulling.pull(peer) == Counter(refused=1)


def test_the_worker_asks_each_peer_by_its_interval(peer: Peer, other: Other) -> None:
    other.add("100")
    assert pulling.pull_due() == 1
    assert pulling.pull_due() == 0
    assert len([one for one in other.asked if "page=1&" in one]) == 1
    peer.refresh_from_db()
    assert peer.heard_at is not None
    assert peer.pull_at > timezone.now() + timedelta(minutes=4)
