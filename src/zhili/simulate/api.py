"""The site as an outsider's program meets it: `/api/v1` over HTTP, with a token, a code, or nobody's name.

A request that found no answer, or a 5xx, is sent again under the same Idempotency-Key, and one that came too often
waits as long as it is told: whatever was kept the first time is then told again, never done twice.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx

from zhili.simulate.city import Seat
from zhili.simulate.tally import Tally

ROOT = "/api/v1"
TRIES = 8
LONGEST = 30.0
"""Seconds between two tries."""


@dataclass(frozen=True)
class Asker:
    """Who asks: a post by its token, an account by its token, the holder of a code, or nobody."""

    token: str = ""
    post: int = 0
    code: str = ""

    @classmethod
    def of(cls, seat: Seat) -> Asker:
        return cls(seat.token, seat.post)

    def headers(self) -> dict[str, str]:
        found = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if self.post:
            found["X-Post"] = str(self.post)
        return found | ({"X-Grant": self.code} if self.code else {})


NOBODY = Asker()


@dataclass(frozen=True)
class Answer:
    """Status and JSON of an answer; ``repeated``: it had been given before under this key."""

    status: int
    body: dict[str, Any]
    repeated: bool = False

    @property
    def problem(self) -> str:
        """The last word of a refusal's type, such as ``stale``."""
        return str(self.body.get("type", "")).rpartition(":")[2]


class Unreachable(RuntimeError):
    """The site gave no usable answer after many tries."""


class Api:
    """One site. ``tally`` hears of every request."""

    def __init__(self, url: str, tally: Tally, connections: int) -> None:
        self._tally = tally
        self._url = url.rstrip("/")
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + ROOT,
            timeout=httpx.Timeout(30.0, connect=5.0),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            trust_env=False,  # a proxy of the surroundings has no part in this
            headers={"User-Agent": "zhili-simulate", "Accept-Language": "zh-hans"},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str, asker: Asker = NOBODY, *, kind: str = "", **query: Any) -> Answer:
        return await self._ask("GET", path, asker, kind or path, query=query)

    async def post(self, path: str, body: Any, asker: Asker, key: str, *, kind: str) -> Answer:
        return await self._ask("POST", path, asker, kind, body=body, key=key)

    async def page(self, path: str, asker: Asker) -> str:
        """A page of the site as HTML, for what people read there and no program asks for; "" when it is refused."""
        found = await self._client.get(f"{self._url}{path}", headers=asker.headers())
        return found.text if found.status_code == 200 else ""

    async def _ask(
        self,
        method: str,
        path: str,
        asker: Asker,
        kind: str,
        *,
        query: Any = None,
        body: Any = None,
        key: str = "",
    ) -> Answer:
        headers = asker.headers() | ({"Idempotency-Key": key} if key else {})
        pause = 0.25
        for _ in range(TRIES):
            began = time.perf_counter()
            try:
                found = await self._client.request(
                    method, path, params=query or None, json=body, headers=headers
                )
            except httpx.TransportError as error:
                self._tally.troubles[type(error).__name__] += 1
                await asyncio.sleep(pause)
                pause = min(LONGEST, pause * 2)
                continue
            if found.status_code < 500 and found.status_code != 429:
                self._tally.request(kind, time.perf_counter() - began)
                return Answer(found.status_code, _json(found), "Idempotent-Replay" in found.headers)
            self._tally.troubles[str(found.status_code)] += 1
            told = found.headers.get("Retry-After", "")
            await asyncio.sleep(min(LONGEST, float(told)) if told.isdigit() else pause)
            pause = min(LONGEST, pause * 2)
        raise Unreachable(f"{method} {path}: 多次没有得到答复 no answer after {TRIES} tries")


def _json(found: httpx.Response) -> dict[str, Any]:
    if found.headers.get("Content-Type", "").startswith("text/csv"):
        return {"text": found.text}
    try:
        told = found.json()
    except ValueError:
        return {"text": found.text[:200]}
    return told if isinstance(told, dict) else {"items": told}
