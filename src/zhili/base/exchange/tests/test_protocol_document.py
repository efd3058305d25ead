"""docs/protocol.md and docs/protocol/*.json say what the code does, and the example in them verifies.

To write them anew after a change of the code: ``python -m zhili.base.exchange.tests.test_protocol_document``.
"""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import jsonschema
import pytest

from zhili.base.exchange import agreement, bodies, describe, discovery, gatefile, signing, wire
from zhili.base.exchange.errors import WireError, problem
from zhili.base.exchange.tests.making import (
    AGREED,
    DOCUMENT,
    JINSHAN,
    MATTER,
    NOW,
    PINGHU,
    RFC8032,
    RFC9421,
    URL,
    delivery,
    hand_over,
    message,
)

DOCS = Path(__file__).parents[5] / "docs"
DOCUMENT_PATH = DOCS / "protocol.md"
SCHEMAS = DOCS / "protocol"
PLACES = re.compile(r"<!-- (table [a-z-]+|errors|example) -->\n(.*?)<!-- end -->", re.DOTALL)
BLOCK = re.compile(r"```http\n(.*?)```", re.DOTALL)


def example() -> str:
    """A request and its answer, written out. Ed25519 gives the same signature every time."""
    small = hand_over(history=None, files=None, personal=None, place={"lon": 121.215, "lat": 30.735})
    body = wire.encode(delivery(message(body=small)))
    headers = signing.sign_request(
        "POST", URL, body, RFC9421, PINGHU, now=NOW, nonce="bm9uY2Utb2YtYS10ZXN0LTE"
    )
    answer = wire.encode(
        wire.Answer(
            "jinshan.shanghai",
            "pinghu.jiaxing",
            delivery().delivery,
            NOW,
            (wire.Result(f"matter:{MATTER}", 1, "accepted"),),
        )
    )
    request = signing.Request("POST", URL, headers)
    back = signing.sign_response(
        200, answer, request, RFC8032, JINSHAN, now=NOW, nonce="bm9uY2Utb2YtYS10ZXN0LTI"
    )
    lines = [
        "Public keys (JWK): `" + json.dumps(signing.jwk(PINGHU, RFC9421.public_key())) + "`,",
        "`" + json.dumps(signing.jwk(JINSHAN, RFC8032.public_key())) + "`.",
        "",
        "The request; its body is one line of canonical JSON without a line feed at the end:",
        "```http",
        "POST /exchange/v1/deliveries HTTP/1.1",
        "Host: jinshan.example",
        *(f"{name}: {value}" for name, value in headers.items()),
        "",
        body.decode(),
        "```",
        f"The signature base (RFC 9421 §2.5) that was signed; the target is `{URL}`:",
        "```text",
        base(headers),
        "```",
        f"The digest of its message, by which a repeat is told: `{wire.digest(message(body=small)).hex()}`.",
        "",
        "The answer:",
        "```http",
        "HTTP/1.1 200 OK",
        "Content-Type: application/json",
        *(f"{name}: {value}" for name, value in back.items()),
        "",
        answer.decode(),
        "```",
    ]
    return "\n".join(lines)


def base(headers: dict[str, str]) -> str:
    """The signature base by hand, as a stranger would put it together."""
    return "\n".join(
        [
            '"@method": POST',
            f'"@target-uri": {URL}',
            f'"content-digest": {headers["Content-Digest"]}',
            f'"content-type": {headers["Content-Type"]}',
            f'"@signature-params": {headers["Signature-Input"].removeprefix("zhili=")}',
        ]
    )


def filled(text: str) -> str:
    """The document with its tables and its example as the code has them."""

    def put(found: re.Match[str]) -> str:
        what = found[1]
        if what == "errors":
            made = describe.errors_table()
        elif what == "example":
            made = example()
        else:
            made = describe.table(what.removeprefix("table "))
        return f"<!-- {what} -->\n{made}\n<!-- end -->"

    return PLACES.sub(put, text)


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def test_the_tables_and_schemas_are_those_of_the_code():
    text = DOCUMENT_PATH.read_text("utf-8")
    assert filled(text) == text, "write it anew: " + textwrap.shorten(__doc__ or "", 300)
    told = {one[1].removeprefix("table ") for one in PLACES.finditer(text)}
    kinds = {name for name in describe.RECORDS if name.startswith("body-")}
    # refuse, return and withdraw hold the same
    assert kinds - told == {"body-return", "body-withdraw"}
    kept = {path.stem: path.read_text("utf-8") for path in SCHEMAS.glob("*.json")}
    assert kept == {name: as_json(schema) for name, schema in describe.schemas().items()}


def test_the_example_in_the_document_verifies():
    text = DOCUMENT_PATH.read_text("utf-8")
    request, answer = (_split(one) for one in BLOCK.findall(text))
    assert base(request[1]) in text
    keys = {PINGHU: RFC9421.public_key(), JINSHAN: RFC8032.public_key()}
    RFC9421.public_key().verify(_raw(request[1]["Signature"]), base(request[1]).encode())
    asked = signing.Request("POST", URL, request[1])
    found = signing.verify_request("POST", URL, request[1], request[2], keys.get, now=NOW)
    assert found.keyid == PINGHU
    assert signing.verify_response(200, answer[1], answer[2], asked, keys.get, now=NOW).keyid == JINSHAN
    read = wire.parse_delivery(request[2])
    assert wire.digest(read.messages[0]).hex() in text
    assert wire.parse_answer(answer[2]).delivery == read.delivery
    bodies.check("hand_over", read.messages[0].body)
    AGREED.check(read.messages[0].body, "jinshan.shanghai")


def test_the_schemas_judge_as_the_code_does():
    schemas = describe.schemas()
    for one in schemas.values():
        jsonschema.Draft202012Validator.check_schema(one)

    def judged(name: str, value: object) -> bool:
        return jsonschema.Draft202012Validator(schemas[name]).is_valid(value)

    sent = json.loads(wire.encode(delivery()))
    file = json.loads(gatefile.encode_request("POST", URL, {}, b"{}"))
    told = discovery.describe("jinshan.shanghai", "金山", {JINSHAN: RFC8032.public_key()}, ["310116"])
    assert discovery.parse(as_json({**told, "more": 1}).encode()) == told
    for name, value in (
        ("delivery", sent),
        ("body-hand-over", hand_over()),
        ("agreement", DOCUMENT),
        ("gate-request", file),
        ("discovery", told),
        ("problem", json.loads(problem(WireError("malformed", "x", "at"))[1])),
    ):
        assert judged(name, value), name
    for name, value, refuses in (
        ("delivery", {**sent, "at": "2026-11-22 10:00"}, wire.parse_delivery),
        ("delivery", {**sent, "more": 1}, wire.parse_delivery),
        ("delivery", {**sent, "from": "-"}, wire.parse_delivery),
        ("agreement", {**DOCUMENT, "version": 0}, agreement.parse),
        ("gate-request", {**file, "method": "GET"}, gatefile.parse),
        ("discovery", {**told, "keys": [{}]}, discovery.parse),
    ):
        assert not judged(name, value), name
        with pytest.raises(WireError):
            refuses(as_json(value).encode())
    for body in (hand_over(title=""), hand_over(place={"lon": 200, "lat": 0}), hand_over(more=1)):
        assert not judged("body-hand-over", body)
        with pytest.raises(WireError):
            bodies.check("hand_over", body)


def _split(block: str) -> tuple[str, dict[str, str], bytes]:
    head, _, body = block.rstrip("\n").partition("\n\n")
    first, *lines = head.split("\n")
    return first, dict(line.split(": ", 1) for line in lines), body.encode()


def _raw(value: str) -> bytes:
    import base64

    return base64.b64decode(value.removeprefix("zhili=:").removesuffix(":"))


if __name__ == "__main__":
    DOCUMENT_PATH.write_text(filled(DOCUMENT_PATH.read_text("utf-8")), "utf-8")
    SCHEMAS.mkdir(exist_ok=True)
    for name, schema in describe.schemas().items():
        (SCHEMAS / f"{name}.json").write_text(as_json(schema), "utf-8")
