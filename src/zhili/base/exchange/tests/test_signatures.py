"""A signature holds for one request, one key, one time; every other is refused with the protocol's own error."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from http_message_signatures import HTTPMessageSigner
from http_message_signatures.algorithms import ED25519

from zhili.base.exchange import signing
from zhili.base.exchange.errors import WireError
from zhili.base.exchange.tests.making import JINSHAN, NOW, PINGHU, RFC8032, RFC9421, URL

BODY = '{"title":"界河"}'.encode()


def keys(keyid: str):
    return {PINGHU: RFC9421.public_key(), JINSHAN: RFC8032.public_key()}.get(keyid)


def signed(**changed) -> dict[str, str]:
    given = {"now": NOW, "nonce": "nonce-of-sixteen-signs", **changed}
    return signing.sign_request("POST", URL, BODY, RFC9421, PINGHU, **given)


def refused(headers: dict[str, str], *, method="POST", url=URL, body=BODY, now=NOW, **more) -> WireError:
    with pytest.raises(WireError) as caught:
        signing.verify_request(method, url, headers, body, keys, now=now, **more)
    return caught.value


def test_the_example_of_rfc_9421_b_2_6():
    headers = {
        "Host": "example.com",
        "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "Content-Type": "application/json",
        "Content-Length": "18",
    }
    message = signing.Request("POST", "https://example.com/foo?param=Value&Pet=dog", headers)
    signer = HTTPMessageSigner(
        signature_algorithm=ED25519, key_resolver=signing.OneKey(RFC9421.public_key(), RFC9421)
    )
    covered = ("date", "@method", "@path", "@authority", "content-type", "content-length")
    created = datetime.fromtimestamp(1618884473)
    signer.sign(
        message,
        key_id="test-key-ed25519",
        created=created,
        label="sig-b26",
        include_alg=False,
        covered_component_ids=covered,
    )
    assert headers["Signature"] == (
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
    )
    verifier = signing._Verifier(
        signature_algorithm=ED25519, key_resolver=signing.OneKey(RFC9421.public_key())
    )
    assert verifier.verify(message, max_age=None)[0].label == "sig-b26"


def test_what_is_signed_verifies_and_says_whose_it_is():
    for headers in (signed(), {name.upper(): value for name, value in signed().items()}):
        found = signing.verify_request("POST", URL, headers, BODY, keys, now=NOW)
        assert (found.keyid, found.nonce) == (PINGHU, "nonce-of-sixteen-signs")
        assert found.expires - found.created == timedelta(seconds=300)
        assert found.forget_at - found.expires == timedelta(seconds=signing.SKEW)
    asked = f"https://jinshan.example/exchange/v1/files/{'0' * 64}?matter=a"
    headers = signing.sign_request("GET", asked, b"", RFC9421, PINGHU, now=NOW)
    assert "Content-Type" not in headers
    assert signing.verify_request("GET", asked, headers, b"", keys, now=NOW).keyid == PINGHU
    assert refused(headers, method="GET", url=asked[:-1] + "b", body=b"").code == "bad_signature"


def test_a_key_goes_out_as_a_jwk_and_comes_back():
    told = signing.jwk(PINGHU, RFC9421.public_key())
    assert told["x"] == "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
    assert signing.from_jwk(told)[0] == PINGHU == "pinghu.jiaxing#" + PINGHU[-16:]
    for spoilt in ({**told, "kid": JINSHAN}, {**told, "crv": "X25519"}, {**told, "x": "A"}, [], None):
        with pytest.raises(ValueError, match="key"):
            signing.from_jwk(spoilt)


def test_anything_altered_is_a_bad_signature():
    good = signed()
    bit = bytes([BODY[0] ^ 1]) + BODY[1:]
    assert refused(good, body=bit).code == "bad_signature"
    assert refused(good, body=b"").code == "bad_signature"
    assert refused(good, url=URL + "?x=1").code == "bad_signature"
    assert refused(good, url=URL.replace("https", "http")).code == "bad_signature"
    assert refused(good, url=URL.replace("jinshan", "pinghu")).code == "bad_signature"
    assert refused(good, method="PUT").code == "bad_signature"
    assert refused({**good, "Content-Type": "text/plain"}).code == "bad_signature"
    assert refused({**good, "Content-Digest": signing.content_digest(bit)}, body=bit).code == "bad_signature"
    for old, new in (
        ("created=", "created=1"),
        (PINGHU, JINSHAN),
        ("nonce-of", "nonce-on"),
        (signing.TAG, "zhili-exchangf"),
        (' "content-digest"', ""),
        (";tag=", ';alg="hmac-sha256";tag='),
        (";tag=", ";more=1;tag="),
        ("zhili=(", "other=("),
        ("zhili=(", "zhili=(("),
        ("created=", 'created="x"'),
    ):
        spoilt = {**good, "Signature-Input": good["Signature-Input"].replace(old, new)}
        assert spoilt != good
        assert refused(spoilt).code == "bad_signature", (old, new)
    half = {**good, "Signature": good["Signature"][:40] + "=:"}
    assert refused(half).code == "bad_signature"
    assert refused({**good, "Signature": "x" * 5000}).code == "bad_signature"
    assert refused({**good, "Signature": "zhili=:é:"}).code == "bad_signature"


def test_a_signature_that_does_not_cover_all_that_counts_is_refused():
    for left_out in ("content-digest", "@target-uri", "@method", "content-type"):
        headers = {"Content-Digest": signing.content_digest(BODY), "Content-Type": "application/json"}
        covered = [one for one in (*signing.REQUEST, "content-type") if one != left_out]
        signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=signing.OneKey(None, RFC9421))
        signer.sign(
            signing.Request("POST", URL, headers),
            key_id=PINGHU,
            created=NOW,
            expires=NOW + timedelta(seconds=300),
            nonce="nonce-of-sixteen-signs",
            tag=signing.TAG,
            covered_component_ids=covered,
            use_existing_digest=True,
        )
        error = refused(headers)
        assert error.code == "bad_signature"
        assert left_out in error.detail or "digest" in error.detail


def test_unsigned_twice_signed_and_strange_keys():
    good = signed()
    assert refused({}).code == "unsigned"
    assert refused({k: v for k, v in good.items() if k != "Signature"}).code == "unsigned"
    other = signed()
    twice = {
        **good,
        "Signature-Input": f"{good['Signature-Input']}, {other['Signature-Input'].replace('zhili=', 'b=')}",
        "Signature": f"{good['Signature']}, {other['Signature'].replace('zhili=', 'b=')}",
    }
    assert refused(twice).code == "bad_signature"
    stranger = signing.sign_request("POST", URL, BODY, RFC9421, "nowhere#0123456789abcdef", now=NOW)
    assert refused(stranger).code == "unknown_key"
    posing = signing.sign_request("POST", URL, BODY, RFC8032, PINGHU, now=NOW)
    assert refused(posing).code == "bad_signature"


def test_a_signature_has_its_time():
    good = signed()
    late, early = NOW + timedelta(seconds=601), NOW - timedelta(seconds=301)
    assert refused(good, now=late).code == "expired"
    assert refused(good, now=early).code == "ahead"
    for within in (NOW + timedelta(seconds=600), NOW - timedelta(seconds=300)):
        assert signing.verify_request("POST", URL, good, BODY, keys, now=within)
    assert refused(signed(lasts=301)).code == "bad_signature"
    assert refused(signed(lasts=0)).code == "bad_signature"
    carried = signed(lasts=signing.GATE_LASTS)
    much_later = NOW + timedelta(days=29)
    assert signing.verify_request(
        "POST", URL, carried, BODY, keys, now=much_later, longest=signing.GATE_LASTS
    )
    assert refused(signed(nonce="short")).code == "bad_signature"


def test_an_answer_belongs_to_one_request():
    request = signing.Request("POST", URL, signed())
    told = b'{"results":[]}'
    headers = signing.sign_response(200, told, request, RFC8032, JINSHAN, now=NOW)
    found = signing.verify_response(200, headers, told, request, keys, now=NOW)
    assert found.keyid == JINSHAN
    elsewhere = signing.Request("POST", URL, signed(nonce="another-nonce-of-it"))
    unsigned = signing.sign_response(401, told, signing.Request("POST", URL, {}), RFC8032, JINSHAN, now=NOW)
    for status, given, body, asked in (
        (202, headers, told, request),
        (200, headers, told + b" ", request),
        (200, headers, told, elsewhere),
        (401, unsigned, told, request),
    ):
        with pytest.raises(WireError, match="bad_signature"):
            signing.verify_response(status, given, body, asked, keys, now=NOW)
    with pytest.raises(WireError, match="unsigned"):
        signing.verify_response(200, {}, told, request, keys, now=NOW)
