"""A delivery is read whole or refused, and the refusal names the value at fault."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest

from zhili.base.exchange import gatefile, wire
from zhili.base.exchange.errors import ERRORS, WireError, problem, read_problem
from zhili.base.exchange.tests.making import MATTER, NOW, STREAM, URL, delivery, hand_over, message, told


def refused(body) -> WireError:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    with pytest.raises(WireError) as caught:
        wire.parse_delivery(raw)
    return caught.value


def test_what_is_written_is_read_again():
    sent = delivery(
        message(),
        message(2, "progress", {"stage": "处理中", "words": "", "at": "2026-11-22T10:00:00Z"}),
        checkpoint="pinghu.jiaxing/trail\n3\nAAAA\n",
        consistency=wire.Consistency(2, (bytes(32), bytes(range(32)))),
        witnessed=7,
    )
    assert wire.parse_delivery(wire.encode(sent)) == sent
    assert len(wire.digest(sent.messages[0])) == 32
    assert wire.digest(sent.messages[0]) == wire.digest(wire.parse_delivery(wire.encode(sent)).messages[0])
    assert wire.digest(sent.messages[0]) != wire.digest(message(body=hand_over(title="另一件")))
    fraction = wire.Message(STREAM, 1, "hand_over", NOW + timedelta(microseconds=7), hand_over())
    assert wire.digest(fraction) == wire.digest(message())
    error = WireError("out_of_order", expected=4)
    answer = wire.Answer(
        "jinshan.shanghai",
        "pinghu.jiaxing",
        sent.delivery,
        NOW,
        (wire.Result(STREAM, 1, "accepted"), wire.Result(STREAM, 9, "refused", error)),
        witnessed=3,
    )
    found = wire.parse_answer(wire.encode(answer))
    assert found.results[0] == answer.results[0]
    assert (found.results[1].error.code, found.results[1].error.expected) == ("out_of_order", 4)
    state = wire.MatterState(MATTER, "pinghu.jiaxing", "accepted", 2, 1)
    assert wire.parse_state(wire.encode_state(state)) == state


def test_the_fault_is_named_by_its_path():
    def spoilt(**changed):
        return told(messages=[{**told()["messages"][0], **changed}])

    for body, field in (
        (told(**{"from": "Pinghu!"}), "from"),
        (told(at="2026-11-22T10:00:00+00:00"), "at"),
        (told(at="2026-13-22T10:00:00Z"), "at"),
        (told(delivery="7D444840-9DC0-11D1-B245-5FFDCE74FAD2"), "delivery"),
        (told(more=1), "more"),
        ({k: v for k, v in told().items() if k != "to"}, "to"),
        ({k: v for k, v in told().items() if k != "protocol"}, "protocol"),
        (told(messages={}), "messages"),
        (told(witnessed=-1), "witnessed"),
        (told(witnessed=True), "witnessed"),
        (told(consistency={"from": 1, "proof": ["abc"]}), "consistency.proof[0]"),
        (spoilt(seq=0), "messages[0].seq"),
        (spoilt(seq=1.5), "messages[0].seq"),
        (spoilt(stream="matter:1"), "messages[0].stream"),
        (spoilt(stream=STREAM + "\n"), "messages[0].stream"),
        (spoilt(body=[]), "messages[0].body"),
        (told(messages=[told()["messages"][0]] * 2), "messages[1].seq"),
        (spoilt(body={"title": "\u0000"}), "messages[0].body.title"),
        (spoilt(body={"title": "x" * 70_000}), "messages[0].body.title"),
    ):
        error = refused(body)
        assert (error.code, error.field) == ("malformed", field), error


def test_other_versions_and_too_much():
    error = refused(told(protocol="zhili-exchange/2"))
    assert error.code == "unknown_version"
    assert error.supported == ("zhili-exchange/1",)
    assert refused(b" " * (wire.MOST_BYTES + 1)).code == "too_large"
    many = [{**told()["messages"][0], "seq": n + 1} for n in range(wire.MOST_MESSAGES + 1)]
    assert refused(told(messages=many)).code == "too_many"


def test_bombs_and_double_meanings_are_refused_at_once():
    began = time.perf_counter()
    for raw in (
        b"[" * 2_000_000,
        b'{"a":' * 500_000,
        b"9" * 2_000_000,
        b'{"a":1e999}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":9007199254740993}',
        b'{"from":"a","from":"b"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\u0000"}',
        b'{"\\u0000":1}',
        b"\xff\xfe",
        b'\xef\xbb\xbf{"a":1}',
        b"",
        b"null",
        b"[" + b"1," * 300_000 + b"1]",
        b"[" * 30 + b"]" * 30,
    ):
        assert refused(raw).code == "malformed", raw[:30]
    assert time.perf_counter() - began < 5


def test_an_error_travels_as_a_problem():
    sent = WireError("unknown_version", "no", "protocol", supported=("zhili-exchange/1",), retry_after=3)
    status, body = problem(sent)
    found = read_problem(body)
    assert status == 400
    assert json.loads(body)["type"] == "urn:zhili:exchange:unknown_version"
    assert (found.code, found.field, found.supported, found.retry_after) == (
        "unknown_version",
        "protocol",
        ("zhili-exchange/1",),
        3,
    )
    assert all(400 <= one.status < 600 and one.then in ("again", "resume", "mend") for one in ERRORS.values())
    for strange in (b"<html>", b"[]", b"{}", b'{"type":"urn:zhili:exchange:nonsense"}', b'{"type":7}'):
        assert read_problem(strange) is None
    assert WireError("malformed", field="lon").under("body.place").field == "body.place.lon"


def test_a_request_is_carried_in_a_file():
    body = wire.encode(delivery())
    file = gatefile.encode_request("POST", URL, {"Signature": "zhili=:AA==:", "Cookie": "x"}, body)
    assert gatefile.parse(file) == gatefile.CarriedRequest("POST", URL, {"signature": "zhili=:AA==:"}, body)
    back = gatefile.encode_answer(200, {"Signature": "s"}, b"{}", delivery().delivery)
    assert gatefile.parse(back) == gatefile.CarriedAnswer(200, {"signature": "s"}, b"{}", delivery().delivery)
    for spoilt, code, field in (
        ({"zhili-exchange": 2}, "unknown_version", "zhili-exchange"),
        ({"body": "?"}, "malformed", "body"),
        ({"method": "GET"}, "malformed", "method"),
        ({"headers": {"a b": "c"}}, "malformed", "headers.a b"),
        ({"more": 1}, "malformed", "more"),
    ):
        with pytest.raises(WireError) as caught:
            gatefile.parse(json.dumps({**json.loads(file), **spoilt}).encode())
        assert (caught.value.code, caught.value.field) == (code, field)
    with pytest.raises(WireError, match="too_large"):
        gatefile.parse(b" " * (gatefile.MOST_BYTES + 1))
