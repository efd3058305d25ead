"""Keys, deliveries and an agreement for tests. The keys are those RFC 9421 and RFC 8032 publish: no secret."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhili.base.exchange import agreement, signing, wire

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
URL = "https://jinshan.example/exchange/v1/deliveries"
MATTER = "0f8fad5b-d9cb-469f-a165-70867728950e"
STREAM = f"matter:{MATTER}"


def published_key(d: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(d + "="))


RFC9421 = published_key("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU")  # RFC 9421 B.1.4, test-key-ed25519
RFC8032 = published_key("TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs")  # RFC 8032 7.1, test 2
PINGHU = signing.keyid("pinghu.jiaxing", RFC9421.public_key())
JINSHAN = signing.keyid("jinshan.shanghai", RFC8032.public_key())
DOCUMENT: dict[str, Any] = {
    "code": "border-waste",
    "version": 1,
    "title": "界河垃圾与倾倒联动处置",
    "sites": ["pinghu.jiaxing", "jinshan.shanghai"],
    "group": "执法司法",
    "categories": [{"a": "waste.dumping", "b": "huanwei-03"}, {"a": "river.litter", "b": "shuiwu-11"}],
    "fields": ["river", "amount_kg"],
    "personal": ["reporter_name", "reporter_phone"],
    "gate_personal": False,
    "files": True,
    "due_days": 5,
    "topics": ["cells", "patrols"],
    "valid_from": "2026-01-01",
    "valid_to": None,
}
AGREED = agreement.parse_document(DOCUMENT)


def hand_over(**changed: Any) -> dict[str, Any]:
    body = {
        "agreement": "border-waste",
        "agreement_digest": AGREED.digest(),
        "title": "界河边倾倒建筑垃圾",
        "what": "两车建筑垃圾倒在界河东岸。",
        "category": "huanwei-03",
        "place": {"lon": 121.215, "lat": 30.735, "address": "界河东岸", "division": "330482"},
        "reported_at": "2026-11-22T08:12:00Z",
        "joint": False,
        "due_days": 5,
        "files": [],
        "fields": {"river": "界河", "amount_kg": 800},
        "personal": {},
        "history": [{"at": "2026-11-22T08:12:00Z", "stage": "已受理", "words": "已登记", "office": "新埭镇"}],
    }
    return {name: value for name, value in {**body, **changed}.items() if value is not None}


def message(seq: int = 1, kind: str = "hand_over", body: Any = None, stream: str = STREAM) -> wire.Message:
    return wire.Message(stream, seq, kind, NOW, hand_over() if body is None else body)


def delivery(*messages: wire.Message, **more: Any) -> wire.Delivery:
    return wire.Delivery(
        "pinghu.jiaxing",
        "jinshan.shanghai",
        "7d444840-9dc0-11d1-b245-5ffdce74fad2",
        NOW,
        messages or (message(),),
        **more,
    )


def told(**changed: Any) -> dict[str, Any]:
    """A delivery as JSON values, to be spoilt."""
    return {**json.loads(wire.encode(delivery())), **changed}
