"""What each kind holds, who may send it, and what an agreement lets through."""

from __future__ import annotations

import json
from datetime import date

import pytest

from zhili.base.exchange import agreement, bodies
from zhili.base.exchange.errors import WireError
from zhili.base.exchange.tests.making import AGREED, DOCUMENT, STREAM, hand_over

AT = "2026-11-22T10:00:00Z"
FILE = {"sha256": "a" * 64, "size": 1, "mime": "image/jpeg", "name": "现场.jpg"}


def fault(kind: str, body) -> str:
    with pytest.raises(WireError) as caught:
        bodies.check(kind, body)
    assert caught.value.code in ("malformed", "wrong_kind")
    return caught.value.field


def test_each_kind_has_its_body():
    for kind, body in (
        ("hand_over", hand_over(files=[FILE])),
        ("hand_over", hand_over(place=None, fields=None, personal=None, history=None, files=None)),
        ("accept", {}),
        ("accept", {"office": "城运中心", "reference": "JS-1", "due_at": AT, "at": AT, "words": "已收"}),
        (
            "progress",
            {"stage": "现场处置", "words": "清运一车", "office": "绿化市容", "at": AT, "files": [FILE]},
        ),
        ("refuse", {"reason": "不在辖区"}),
        ("return", {"reason": "需要对岸先测量"}),
        ("withdraw", {"reason": "群众撤回"}),
        ("close", {"result": "已清运", "words": "全部清运", "satisfied": True}),
        ("publish", {"document": {"cells": []}}),
    ):
        bodies.check(kind, body)
    assert set(bodies.BODIES) == bodies.OPENER | bodies.OTHER | bodies.TOPIC


def test_a_fault_in_a_body_is_named():
    for body, field in (
        (hand_over(place={"lon": 200, "lat": 30}), "body.place.lon"),
        (hand_over(place={"lon": "121", "lat": 30}), "body.place.lon"),
        (hand_over(place={"lat": 30}), "body.place.lon"),
        (hand_over(place={"lon": 121, "lat": True}), "body.place.lat"),
        (hand_over(title=""), "body.title"),
        (hand_over(title="x" * 201), "body.title"),
        (hand_over(title=None), "body.title"),
        (hand_over(joint="yes"), "body.joint"),
        (hand_over(due_days=0), "body.due_days"),
        (hand_over(agreement_digest="A" * 64), "body.agreement_digest"),
        (hand_over(files=[FILE, {**FILE, "sha256": "zz"}]), "body.files[1].sha256"),
        (hand_over(files=[FILE] * 51), "body.files"),
        (hand_over(fields={"river": {"deep": 1}}), "body.fields.river"),
        (hand_over(fields={"Bad Name": 1}), "body.fields.Bad Name"),
        (hand_over(history=[{"at": "yesterday", "words": ""}]), "body.history[0].at"),
        (hand_over(secret=1), "body.secret"),
    ):
        assert fault("hand_over", body) == field
    assert fault("refuse", {"reason": ""}) == "body.reason"
    assert fault("publish", {"document": []}) == "body.document"
    assert fault("dance", {}) == "kind"


def test_each_side_sends_its_own_kinds():
    topic = "topic:cells"
    for stream, seq, kind, opener in (
        (STREAM, 1, "hand_over", True),
        (STREAM, 2, "withdraw", True),
        (STREAM, 1, "accept", False),
        (STREAM, 3, "close", False),
        (topic, 1, "publish", True),
    ):
        bodies.check_side(stream, seq, kind, from_opener=opener)
    for stream, seq, kind, opener in (
        (STREAM, 2, "hand_over", True),
        (STREAM, 1, "progress", True),
        (STREAM, 2, "accept", True),
        (STREAM, 1, "withdraw", False),
        (STREAM, 1, "publish", True),
        (topic, 1, "hand_over", True),
    ):
        with pytest.raises(WireError, match="wrong_kind"):
            bodies.check_side(stream, seq, kind, from_opener=opener)


def test_an_agreement_is_one_text_on_both_sides():
    found = agreement.parse(json.dumps(DOCUMENT, ensure_ascii=False).encode())
    assert found == AGREED
    assert agreement.parse_document(found.document()) == found
    reordered = dict(reversed(list(DOCUMENT.items())))
    assert agreement.parse_document(reordered).digest() == found.digest()
    assert agreement.parse_document({**DOCUMENT, "due_days": 6}).digest() != found.digest()
    assert found.theirs("pinghu.jiaxing", "waste.dumping") == "huanwei-03"
    assert found.theirs("jinshan.shanghai", "shuiwu-11") == "river.litter"
    assert found.theirs("pinghu.jiaxing", "parking") is None
    assert found.other("pinghu.jiaxing") == "jinshan.shanghai"
    assert found.codes("jinshan.shanghai") == ("huanwei-03", "shuiwu-11")
    assert found.holds_on(date(2026, 1, 1))
    assert not found.holds_on(date(2025, 12, 31))
    assert not agreement.parse_document({**DOCUMENT, "valid_to": "2026-06-30"}).holds_on(date(2026, 7, 1))


def test_a_fault_in_an_agreement_is_named():
    for changed, field in (
        ({"code": "no spaces"}, "code"),
        ({"version": 0}, "version"),
        ({"sites": ["a"]}, "sites"),
        ({"sites": ["a", "a"]}, "sites[1]"),
        ({"categories": [{"a": "x"}]}, "categories[0].b"),
        ({"categories": [{"a": "x", "b": "y"}] * 2}, "categories[1]"),
        ({"fields": ["river", "river"]}, "fields[1]"),
        ({"personal": ["river"]}, "personal[0]"),
        ({"gate_personal": 1}, "gate_personal"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"valid_to": "2025-01-01"}, "valid_to"),
        ({"more": 1}, "more"),
    ):
        with pytest.raises(WireError) as caught:
            agreement.parse_document({**DOCUMENT, **changed})
        assert (caught.value.code, caught.value.field) == ("malformed", field)


def test_only_what_is_agreed_comes_through():
    here = "jinshan.shanghai"
    AGREED.check(hand_over(personal={"reporter_phone": "021-0000"}, files=[FILE]), here)
    stricter = agreement.parse_document({**DOCUMENT, "files": False})
    for who, body, gate, code, field in (
        (AGREED, hand_over(agreement_digest="0" * 64), False, "agreement_differs", "body.agreement_digest"),
        (AGREED, hand_over(category="waste.dumping"), False, "mapping", "body.category"),
        (AGREED, hand_over(fields={"depth": 1}), False, "field_not_agreed", "body.fields.depth"),
        (
            AGREED,
            hand_over(personal={"id_number": "x"}),
            False,
            "field_not_agreed",
            "body.personal.id_number",
        ),
        (AGREED, hand_over(personal={"reporter_name": "x"}), True, "field_not_agreed", "body.personal"),
        (
            stricter,
            hand_over(files=[FILE], agreement_digest=stricter.digest()),
            False,
            "field_not_agreed",
            "body.files",
        ),
    ):
        with pytest.raises(WireError) as caught:
            who.check(body, here, gate=gate)
        assert (caught.value.code, caught.value.field) == (code, field)
