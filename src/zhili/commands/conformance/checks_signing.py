"""Discovery, signatures and the frame of a delivery (docs/protocol.md §2 to §5, §14)."""

from __future__ import annotations

import json
import time
import uuid
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner
from http_message_signatures.algorithms import ED25519

from zhili.base.exchange import discovery, signing, wire
from zhili.base.exchange.errors import WireError
from zhili.commands.conformance.asking import Said
from zhili.commands.conformance.checks import Broken, NotRun, Trial, check, refused_whole


@check("2", "discovery is public and as the document has it")
def discovery_answers(trial: Trial) -> None:
    peer = trial.peer
    said = peer.send("GET", peer.url(wire.DISCOVERY_PATH), {}, b"")
    if said.status != 200:
        raise Broken(f"expected 200 without a signature, got {said.code}")
    try:
        trial.discovery = discovery.parse(said.body)
    except WireError as error:
        raise Broken(str(error)) from None
    if trial.discovery["site"] != peer.kit.peer:
        raise Broken(f"it calls itself {trial.discovery['site']}; the kit was made for {peer.kit.peer}")


@check("3", "the id of each key is that of its key")
def keys_have_their_ids(trial: Trial) -> None:
    if not trial.discovery:
        raise NotRun("no discovery")
    if not trial.discovery["keys"]:
        raise Broken("it tells no key at all")
    for one in trial.discovery["keys"]:
        try:
            kid, public = signing.from_jwk(one)
        except ValueError as error:
            raise Broken(f"{one.get('kid')}: {error}") from None
        if signing.site_of(kid) != trial.peer.kit.peer:
            raise Broken(f"{kid} is not in its own name")
        trial.peer.keys.setdefault(kid, public)


@check("5.1", "a delivery without messages is taken")
def empty_delivery_taken(trial: Trial) -> None:
    said = trial.peer.deliver()
    if said.answer is None:
        detail = f": {said.error.detail}" if said.error else ""
        raise Broken(f"expected 200 and an answer, got {said.code}{detail}")
    if said.answer.results:
        raise Broken("results for messages that were not there")


@check("4.2", "an answer is signed, and bound to its request")
def answer_signed_and_bound(trial: Trial) -> None:
    peer = trial.peer
    body = wire.encode(sent := peer.delivery())
    url = peer.url(wire.DELIVERIES_PATH)
    headers = peer.signed("POST", url, body)
    said = peer.send("POST", url, headers, body)
    _signed(said)
    if said.answer is None or (said.answer.delivery, said.answer.sender, said.answer.receiver) != (
        sent.delivery,
        peer.kit.peer,
        peer.kit.site,
    ):
        raise Broken("delivery, from and to of the answer are not those of the delivery, turned round")
    other = signing.Request("POST", url, peer.signed("POST", url, body))
    try:
        signing.verify_response(said.status, said.headers, said.body, other, peer.keys.get, now=peer.now())
    except WireError:
        return
    raise Broken("the same answer also verifies for another request")


@check("4.2", "a refusal is signed too")
def refusal_signed(trial: Trial) -> None:
    said = trial.peer.deliver(receiver="elsewhere.example")
    refused_whole(said, "not_for_us")
    _signed(said)


@check("4.3", "an unsigned delivery is refused")
def unsigned_refused(trial: Trial) -> None:
    peer = trial.peer
    body = wire.encode(peer.delivery())
    headers = {"Content-Type": wire.MEDIA, "Content-Digest": signing.content_digest(body)}
    refused_whole(peer.send("POST", peer.url(wire.DELIVERIES_PATH), headers, body), "unsigned")


@check("3", "a site that is not known is refused")
def unknown_site_refused(trial: Trial) -> None:
    stranger = Ed25519PrivateKey.generate()
    keyid = signing.keyid("nobody.knows", stranger.public_key())
    refused_whole(_altered(trial, key=stranger, keyid=keyid), "unknown_site", "unknown_key")


@check("3", "a key that is not known is refused, though the site is")
def unknown_key_refused(trial: Trial) -> None:
    stranger = Ed25519PrivateKey.generate()
    keyid = signing.keyid(trial.peer.kit.site, stranger.public_key())
    refused_whole(_altered(trial, key=stranger, keyid=keyid), "unknown_key")


@check("4.3", "a signature by another key in our name is refused")
def posing_refused(trial: Trial) -> None:
    refused_whole(_altered(trial, key=Ed25519PrivateKey.generate()), "bad_signature")


@check("4.3", "a body of which one bit was altered is refused")
def altered_body_refused(trial: Trial) -> None:
    peer = trial.peer
    body = wire.encode(peer.delivery())
    url = peer.url(wire.DELIVERIES_PATH)
    at = (
        body.index(b'"delivery":"') + 26
    )  # the 4 of a UUID of version 4 becomes a 5: as good a delivery, but another
    bit = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    refused_whole(peer.send("POST", url, peer.signed("POST", url, body), bit), "bad_signature")


@check("4.3", "a signature made for another address is refused")
def other_address_refused(trial: Trial) -> None:
    peer = trial.peer
    body = wire.encode(peer.delivery())
    headers = peer.signed("POST", "https://elsewhere.example/exchange/v1/deliveries", body)
    refused_whole(peer.send("POST", peer.url(wire.DELIVERIES_PATH), headers, body), "bad_signature")


@check("4.1", "a signature that does not cover the digest is refused")
def uncovered_digest_refused(trial: Trial) -> None:
    refused_whole(_covering(trial, ("@method", "@target-uri", "content-type")), "bad_signature")


@check("4.1", "a signature that does not cover the address is refused")
def uncovered_address_refused(trial: Trial) -> None:
    refused_whole(_covering(trial, ("@method", "content-digest", "content-type")), "bad_signature")


@check("4.1", "a digest that is not that of the body is refused")
def bad_digest_refused(trial: Trial) -> None:
    covered = (*signing.REQUEST, "content-type")
    refused_whole(_covering(trial, covered, digest_of=b"something else"), "bad_signature")


@check("4.1", "two signatures are refused")
def two_signatures_refused(trial: Trial) -> None:
    peer = trial.peer
    body = wire.encode(peer.delivery())
    url = peer.url(wire.DELIVERIES_PATH)
    one, two = peer.signed("POST", url, body), peer.signed("POST", url, body)
    for name in ("Signature-Input", "Signature"):
        one[name] = f"{one[name]}, {two[name].replace(signing.LABEL + '=', 'second=', 1)}"
    refused_whole(peer.send("POST", url, one, body), "bad_signature")


@check("4.1", "a signature that lasts too long is refused")
def lasting_too_long_refused(trial: Trial) -> None:
    refused_whole(_altered(trial, lasts=3600), "bad_signature")


@check("4.1", "another tag is refused")
def other_tag_refused(trial: Trial) -> None:
    refused_whole(_altered(trial, tag="something-else"), "bad_signature")


@check("4.3", "an expired signature is refused")
def expired_refused(trial: Trial) -> None:
    refused_whole(_altered(trial, now=trial.peer.now() - timedelta(minutes=20)), "expired")


@check("4.3", "a signature from the future is refused")
def ahead_refused(trial: Trial) -> None:
    refused_whole(_altered(trial, now=trial.peer.now() + timedelta(minutes=20)), "ahead")


@check("4.3", "the same request twice is refused the second time")
def replay_refused(trial: Trial) -> None:
    peer = trial.peer
    body = wire.encode(peer.delivery())
    url = peer.url(wire.DELIVERIES_PATH)
    headers = peer.signed("POST", url, body)
    first = peer.send("POST", url, headers, body)
    if first.answer is None:
        raise NotRun(f"the first was not taken: {first.code}")
    refused_whole(peer.send("POST", url, headers, body), "replayed")


@check("4.3", "a nonce used again in another request is refused")
def nonce_again_refused(trial: Trial) -> None:
    nonce = uuid.uuid4().hex
    first = _altered(trial, nonce=nonce)
    if first.answer is None:
        raise NotRun(f"the first was not taken: {first.code}")
    refused_whole(_altered(trial, nonce=nonce), "replayed")


@check("5.1", "a delivery in the name of another site is refused")
def other_sender_refused(trial: Trial) -> None:
    said = trial.peer.deliver(sender="elsewhere.example")
    refused_whole(said, "bad_signature", "malformed", "unknown_site")


@check("4.3", "a delivery for another site is refused")
def not_for_us_refused(trial: Trial) -> None:
    refused_whole(trial.peer.deliver(receiver="elsewhere.example"), "not_for_us")


@check("14", "a version not spoken is refused, and those spoken are listed")
def unknown_version_refused(trial: Trial) -> None:
    said = trial.peer.post(_spoilt(trial, protocol="zhili-exchange/99"))
    refused_whole(said, "unknown_version")
    if said.error is None or wire.PROTOCOL not in said.error.supported:
        raise Broken(f"`supported` does not list {wire.PROTOCOL}")


@check("5.1", "a body over 4 MiB is refused")
def too_large_refused(trial: Trial) -> None:
    body = wire.encode(trial.peer.delivery())
    refused_whole(trial.peer.post(body + b" " * (wire.MOST_BYTES + 1)), "too_large")


@check("5.1", "a delivery of 201 messages is refused")
def too_many_refused(trial: Trial) -> None:
    matter = str(uuid.uuid4())
    body = trial.hand_over()
    many = [trial.message(n + 1, "hand_over", body, matter=matter) for n in range(wire.MOST_MESSAGES + 1)]
    refused_whole(trial.peer.deliver(*many), "too_many")


@check("5.3", "a frame that is not right is refused with the field at fault")
def frame_names_its_field(trial: Trial) -> None:
    message = {**trial.new().told(), "seq": 0}
    said = trial.peer.post(_spoilt(trial, messages=[message]))
    refused_whole(said, "malformed", field="messages[0].seq")
    refused_whole(trial.peer.post(_spoilt(trial, at="yesterday")), "malformed", field="at")


@check("1", "JSON that two programs could read differently is refused")
def ambiguous_json_refused(trial: Trial) -> None:
    whole = json.dumps(json.loads(wire.encode(trial.peer.delivery())))
    for words, raw in (
        ("no JSON", b"{"),
        ("not UTF-8", b"\xff\xfe{}"),
        ("a name twice", ('{"to":"elsewhere",' + whole[1:]).encode()),
        ("NaN", (whole[:-1] + ',"witnessed":NaN}').encode()),
        ("nested 100,000 deep", b"[" * 100_000),
        ("an integer of 400 digits", (whole[:-1] + ',"x":' + "9" * 400 + "}").encode()),
    ):
        said = trial.peer.post(raw)
        try:
            refused_whole(said, "malformed")
        except Broken as error:
            raise Broken(f"{words}: {error}") from None


@check("1", "a member this version does not know is refused by name")
def unknown_member_refused(trial: Trial) -> None:
    refused_whole(trial.peer.post(_spoilt(trial, novelty=1)), "malformed", field="novelty")


@check("10", "a site that asks too often is slowed, and told for how long")
def flood_slowed(trial: Trial) -> None:
    most = trial.discovery.get("limits", {}).get("per_minute")
    if not trial.flood:
        raise NotRun("only with --flood")
    if not most or most > 5000:
        raise NotRun("it tells no limit, or a very high one")
    peer = trial.peer
    body, url = wire.encode(peer.delivery()), peer.url(wire.DELIVERIES_PATH)
    began = time.monotonic()
    for _one in range(2 * most + 50):
        said = peer.send("POST", url, peer.signed("POST", url, body), body)
        if said.error is not None and said.error.code == "slow_down":
            refused_whole(said, "slow_down")
            if not said.headers.get("retry-after", "").isdigit():
                raise Broken("slow_down without Retry-After")
            return
    seconds = time.monotonic() - began
    if seconds > 60:
        raise NotRun(f"it could not be asked fast enough: {2 * most + 50} requests took {seconds:.0f} s")
    raise Broken(
        f"{2 * most + 50} requests in {seconds:.0f} s, and none was slowed (it says {most} a minute)"
    )


def _signed(said: Said) -> None:
    if said.unsigned:
        raise Broken(f"{said.status} {said.code}: {said.unsigned}")


def _altered(trial: Trial, **more: Any) -> Said:
    """An empty delivery whose signature is otherwise."""
    peer = trial.peer
    body = wire.encode(peer.delivery())
    url = peer.url(wire.DELIVERIES_PATH)
    return peer.send("POST", url, peer.signed("POST", url, body, **more), body)


def _covering(trial: Trial, covered: tuple[str, ...], digest_of: bytes | None = None) -> Said:
    """An empty delivery whose signature covers these and no others."""
    peer = trial.peer
    body = wire.encode(peer.delivery())
    url = peer.url(wire.DELIVERIES_PATH)
    digest = signing.content_digest(body if digest_of is None else digest_of)
    headers = {"Content-Digest": digest, "Content-Type": wire.MEDIA}
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=signing.OneKey(private=peer.kit.key))
    created = peer.now()
    signer.sign(
        signing.Request("POST", url, headers),
        key_id=peer.kit.keyid,
        created=created,
        expires=created + timedelta(seconds=signing.LASTS),
        nonce=uuid.uuid4().hex,
        tag=signing.TAG,
        include_alg=False,
        covered_component_ids=covered,
        use_existing_digest=True,
    )
    return peer.send("POST", url, headers, body)


def _spoilt(trial: Trial, **changed: Any) -> bytes:
    """The bytes of an empty delivery with these values otherwise."""
    whole = json.loads(wire.encode(trial.peer.delivery()))
    return json.dumps({**whole, **changed}, ensure_ascii=False).encode()
