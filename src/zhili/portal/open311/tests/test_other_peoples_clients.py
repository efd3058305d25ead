"""Clients we did not write read our server, over real HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from georeport import GeoReport

from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import Peer, PeerRequest, State
from zhili.core.exchange.open311 import choosing, client, delivering, peers, polling, pulling
from zhili.core.exchange.tests.test_sending_our_cases_to_another_server import opened, sooner
from zhili.core.people import tokens
from zhili.core.people.models import Account
from zhili.portal.open311.tests.asker import Asker, accept, answer


@pytest.fixture
def served(live_server: Any, city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of our own server, running."""
    monkeypatch.setenv("ZHILI_RATE_LIMIT", "0")
    return f"{live_server.url}/open311/v2"


@pytest.fixture
def number(city: SmallCity, served: str) -> str:
    app = Asker.with_key()
    number = app.reported(description="垃圾成堆", address_string="建设路1号")
    accept(city, number)
    return number


@pytest.mark.parametrize("how", ["json", "xml"])
def test_georeport_reads_services_definitions_and_requests(served: str, number: str, how: str) -> None:
    reader = GeoReport(served, jurisdiction="330400", output_format=how)
    listed = reader.get_service_list()
    assert [one["service_code"] for one in listed] == ["201001", "201013", "204003"]
    definition = reader.get_service_definition("201001")
    assert definition["service_code"] == "201001"
    found = reader.get_service_requests(status="open", service_code="201001")
    row = found[0] if isinstance(found, list) else found  # xmltodict makes one thing of a list of one
    assert row["service_request_id"] == number
    alone = reader.get_service_request(number)
    assert (alone["status"], alone["address"]) == ("open", "建设路1号")
    assert float(alone["lat"]) == 30.05


def test_georeport_gets_an_error_it_understands(served: str) -> None:
    import requests

    with pytest.raises(requests.HTTPError, match="404"):
        GeoReport(served).get_service_request("26000000017")
    with pytest.raises(requests.HTTPError, match="404"):
        GeoReport(served, jurisdiction="elsewhere").get_service_list()


def own_peer(served: str, how: str) -> tuple[Peer, Account]:
    """Ourselves as a peer, as another city would have us: with a key we gave out."""
    theirs = Account.objects.create(username="their-account-here", kind="machine")
    key, _row = tokens.issue(theirs, "t", (tokens.OPEN311,))
    given = peers.Given("own", served, "对岸", "330400", key, how, True, True, private_allowed=True)
    peer = peers.add(given)
    peers.map_service(peer, "201001", "201001")
    return peer, theirs


@pytest.mark.parametrize("how", ["xml", "json"])
def test_our_own_client_sends_to_our_own_server_and_hears_back(
    served: str, city: SmallCity, how: str
) -> None:
    peer, theirs = own_peer(served, how)
    case = opened(city)
    assert choosing.choose([peer], [case.pk]) == 1
    assert delivering.deliver_due() == 1
    sent = PeerRequest.objects.get(way="out")
    assert sent.state == State.LINKED
    arrived = Case.objects.get(number=sent.remote_id)
    assert (arrived.opener_id, arrived.channel, arrived.category) == (theirs.pk, "open311", "201001")
    assert case.number in Step.objects.get(case=arrived, seq=1).data["what"]
    accept(city, arrived.number)
    answer(city, arrived.number, "对岸办好了")
    sooner()
    assert polling.poll_due() == 1
    heard = Step.objects.filter(case=case).latest("seq").data
    assert (heard["status"], heard["number"]) == ("closed", arrived.number)
    assert "对岸办好了" in heard["note"]


def test_our_own_client_reads_our_own_server_in_pages(
    served: str, city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer, _theirs = own_peer(served, "xml")
    monkeypatch.setattr(pulling, "PAGE", 2)
    made = [opened(city).number for _ in range(5)]
    assert pulling.pull(peer)["opened"] == 5
    assert set(PeerRequest.objects.values_list("remote_id", flat=True)) == set(made)
    assert pulling.pull(peer)["opened"] == 0, "what was made here by the peer's account is not public"
    case = Case.objects.get(number=made[0])
    answer(city, case.number, "清了")
    assert pulling.pull(peer)["told"] == 1


def test_a_refusal_reaches_our_client_in_its_words(served: str, city: SmallCity) -> None:
    where = client.Endpoint(served, key="zhl_wrong", private_allowed=True)
    with pytest.raises(client.Trouble, match="403 api_key"):
        client.post(where, "requests", "request", {"service_code": "201001"}, "key")


def test_the_same_report_from_six_at_once_is_one_case(served: str, city: SmallCity) -> None:
    key = Asker.with_key().key
    form = {"api_key": key, "service_code": "201001", "address_string": "建设路", "description": "垃圾"}

    def send(_n: int) -> str:
        response = httpx.post(f"{served}/requests.json", data=form, timeout=60)
        return str(response.json()[0]["service_request_id"])

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(send, range(6)))) == 1
    assert Case.objects.count() == 1
