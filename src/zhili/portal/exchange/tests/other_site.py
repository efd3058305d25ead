"""Another site as it looks from here: it signs deliveries and sends them through the real door."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from zhili.base.exchange import signing, wire
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import RemoteSite
from zhili.core.exchange.sites import keys, peers
from zhili.core.people.actors import Actor

HERE, THERE = "here.example", "there.example"
BASE = "https://here.example"
BY = Actor(kind="rule", label="测试")


@dataclass
class OtherSite:
    """``deliver`` sends messages; ``send`` any bytes, spoilt as a test wants."""

    site: RemoteSite
    key: Ed25519PrivateKey
    http: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    @property
    def keyid(self) -> str:
        return keys.key_id(self.site.site, self.key.public_key().public_bytes_raw())

    def delivery(self, messages: Sequence[wire.Message], **more: Any) -> wire.Delivery:
        given: dict[str, Any] = {
            "sender": self.site.site, "receiver": HERE, "delivery": str(uuid.uuid4()), "at": timezone.now(),
        }  # fmt: skip
        return wire.Delivery(**{**given, **more}, messages=tuple(messages))

    def signed(
        self, body: bytes, *, at: datetime | None = None, path: str = "/deliveries", **more: Any
    ) -> dict[str, str]:
        url = f"{BASE}/exchange/v1{path}"
        method = more.pop("method", "POST")
        given = {"key": self.key, "keyid": self.keyid, "now": at or timezone.now(), **more}
        return signing.sign_request(method, url, body, **given)

    def deliver(self, *messages: wire.Message, **more: Any) -> list[wire.Result]:
        """What became of each; the answer's signature is verified."""
        return list(self.answer(self.delivery(messages, **more)).results)

    def answer(self, delivery: wire.Delivery) -> wire.Answer:
        body = wire.encode(delivery)
        headers = self.signed(body)
        response = self.send(body, headers)
        assert response.status_code == 200, response.content
        self.verified(response, headers)
        return wire.parse_answer(response.content)

    def send(
        self, body: bytes, headers: Mapping[str, str], path: str = "/deliveries", **more: Any
    ) -> HttpResponse:
        """As it comes in behind a proxy: another scheme and another host than the address that was signed."""
        sent = {name: value for name, value in headers.items() if name != "Content-Type"}
        response: HttpResponse = self.http.post(
            f"/exchange/v1{path}", body, content_type=headers.get("Content-Type", "application/json"),
            headers=sent, **more,
        )  # fmt: skip
        return response

    def refused(self, body: bytes, headers: Mapping[str, str], **more: Any) -> dict[str, Any]:
        """The problem it was answered with: ``code`` and what else stands there."""
        return problem(self.send(body, headers, **more))

    def verified(
        self,
        response: HttpResponse,
        headers: Mapping[str, str],
        method: str = "POST",
        path: str = "/deliveries",
    ) -> None:
        asked = signing.Request(method, f"{BASE}/exchange/v1{path}", headers)
        own = keys.current().private.public_key()
        signing.verify_response(
            response.status_code,
            dict(response.headers),
            response.content,
            asked,
            lambda _kid: own,
            now=timezone.now(),
        )


def problem(response: HttpResponse) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    told = json.loads(response.content)
    assert told["status"] == response.status_code
    return {**told, "code": told["type"].rpartition(":")[2]}


def known(city: SmallCity, name: str = THERE, **more: Any) -> OtherSite:
    """A site we know, with its key pinned and an agreement on the topic ``cells``."""
    key = Ed25519PrivateKey.generate()
    given = peers.Known(
        name,
        f"{name} 治理",
        f"https://{name}",
        city.offices["A"].code,
        (key.public_key().public_bytes_raw(),),
        **more,
    )
    site = peers.add(given, BY)
    peers.load_agreement(site, agreement(name), BY)
    return OtherSite(site, key)


def agreement(name: str, version: int = 1, **more: Any) -> dict[str, Any]:
    since = timezone.localdate() - timedelta(days=1)
    return {
        "code": "shared-river", "version": version, "title": "界河共治", "sites": [HERE, name], "group": "",
        "categories": [{"a": "201001", "b": "x-1"}], "fields": ["river"], "personal": [], "gate_personal": False,
        "files": True, "due_days": 5, "topics": ["cells"], "valid_from": since.isoformat(), "valid_to": None, **more,
    }  # fmt: skip


def shared(seq: int, topic: str = "cells", **document: Any) -> wire.Message:
    """A message of a topic."""
    body = {"document": document or {"n": seq}}
    return wire.Message(f"topic:{topic}", seq, "publish", timezone.now().replace(microsecond=0), body)


def hand_over(**more: Any) -> wire.Message:
    """The beginning of a matter."""
    body = {
        "agreement": "shared-river", "agreement_digest": "0" * 64, "title": "界河边倾倒", "what": "两车建筑垃圾。",
        "category": "x-1", "reported_at": "2026-11-22T08:12:00Z", "joint": False, "due_days": 5, **more,
    }  # fmt: skip
    return wire.Message(f"matter:{uuid.uuid4()}", 1, "hand_over", timezone.now().replace(microsecond=0), body)
