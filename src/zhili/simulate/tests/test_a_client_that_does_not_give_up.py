"""The player's requests: tried again under the same key, slowed down when told so, counted once."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from zhili.simulate import api
from zhili.simulate.api import NOBODY, Answer, Api, Asker, Unreachable
from zhili.simulate.tally import Tally, Times

Site = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been waited."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(api.asyncio, "sleep", sleep)
    return waited


def asked(site: Site, tally: Tally, asker: Asker = NOBODY) -> Answer:
    async def ask() -> Answer:
        one = Api("http://city.test", tally, 2)
        one._client = httpx.AsyncClient(
            base_url="http://city.test/api/v1", transport=httpx.MockTransport(site)
        )
        try:
            return await one.post("/cases/x/report", {"what": "坑"}, asker, "k-1", kind="POST report")
        finally:
            await one.close()

    return asyncio.run(ask())


def answers(*given: httpx.Response | Exception) -> tuple[Site, list[httpx.Request]]:
    seen: list[httpx.Request] = []
    left = list(given)

    def site(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        one = left.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    return site, seen


def test_no_answer_and_a_site_in_trouble_are_asked_again_under_the_same_key() -> None:
    site, seen = answers(
        httpx.ConnectError("gone"), httpx.Response(503), httpx.Response(201, json={"number": "7"})
    )
    tally = Tally()
    answer = asked(site, tally)
    assert (answer.status, answer.body["number"]) == (201, "7")
    assert {one.headers["Idempotency-Key"] for one in seen} == {"k-1"}
    assert tally.troubles == {"ConnectError": 1, "503": 1}
    assert tally.times["POST report"].count == 1


def test_too_many_waits_as_long_as_it_is_told(no_pauses: list[float]) -> None:
    site, _ = answers(httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(201, json={}))
    asked(site, Tally())
    assert no_pauses == [7.0]


def test_a_refusal_is_an_answer() -> None:
    site, seen = answers(httpx.Response(409, json={"type": "urn:zhili:problem:stale"}))
    answer = asked(site, Tally())
    assert (answer.status, answer.problem, len(seen)) == (409, "stale", 1)


def test_at_last_it_says_that_nobody_answers() -> None:
    site, seen = answers(*[httpx.ConnectError("gone")] * api.TRIES)
    with pytest.raises(Unreachable):
        asked(site, Tally())
    assert len(seen) == api.TRIES


def test_who_asks_is_said_in_the_headers() -> None:
    for asker, wanted in (
        (Asker("zhl_x", 12), {"authorization": "Bearer zhl_x", "x-post": "12"}),
        (Asker(code="7QK2"), {"x-grant": "7QK2"}),
    ):
        site, seen = answers(httpx.Response(201, json={}))
        asked(site, Tally(), asker)
        assert wanted.items() <= dict(seen[0].headers).items()
    assert "zhl_x" not in repr(Answer(200, {}))


def test_percentiles_are_right_to_a_twentieth() -> None:
    times = Times()
    for n in range(1, 1001):
        times.add(n / 1000)
    assert times.percentile(0.5) == pytest.approx(500, rel=0.05)
    assert times.percentile(0.95) == pytest.approx(950, rel=0.05)
    assert Times().percentile(0.5) == 0
