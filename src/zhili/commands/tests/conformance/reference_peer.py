"""A small site that keeps docs/protocol.md, in memory: written from the document, beside our own receiving side.

It can be given faults, by name, so that the kit may be shown to find them.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from zhili.base import merkle, notes
from zhili.base.canonical import leaf_hash
from zhili.base.exchange import agreement, bodies, discovery, signing, wire
from zhili.base.exchange.errors import PROBLEM_TYPE, WireError, problem

SITE = "jinshan.shanghai"
BASE = "https://jinshan.example"


class Peer:
    """``faults``: names looked for below. ``known``: keys of sites; ``agreed``: agreements by code."""

    def __init__(self, clock, *faults: str) -> None:
        self.clock, self.faults = clock, set(faults)
        self.key, self.trail = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.known: dict[str, Ed25519PublicKey] = {}
        self.agreed: dict[str, agreement.Agreement] = {}
        self.nonces: set[tuple[str, str]] = set()
        self.taken: dict[str, list[tuple[int, bytes]]] = {}
        self.judged: dict[str, int] = {}
        self.states: dict[str, str] = {}
        self.leaves: list[bytes] = []
        self.theirs: notes.Checkpoint | None = None
        self.their_vkey = ""
        self.asked: list[float] = []
        self.per_minute = 5000
        self.fetch = None
        self.longest = signing.LASTS

    @property
    def keyid(self) -> str:
        return signing.keyid(SITE, self.key.public_key())

    @property
    def vkey(self) -> notes.Vkey:
        return notes.Vkey(f"{SITE}/trail", notes.ED25519, self.trail.public_key().public_bytes_raw())

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._http)

    def _http(self, request: httpx.Request) -> httpx.Response:
        headers = {name.decode().lower(): value.decode() for name, value in request.headers.raw}
        status, back, body = self.handle(request.method, str(request.url), headers, request.content)
        return httpx.Response(status, headers=back, stream=httpx.ByteStream(body))

    def handle(self, method: str, url: str, headers, body: bytes) -> tuple[int, dict[str, str], bytes]:
        asked = signing.Request(method, url, headers)
        path = urlsplit(url).path
        kind = wire.MEDIA
        try:
            if path == wire.DISCOVERY_PATH:
                return 200, {"Content-Type": kind}, self._discovery()
            if len(body) > wire.MOST_BYTES:
                raise WireError("too_large")
            site = self._admitted(method, url, headers, body)
            status, told = 200, self._do(site, path, url, body)
        except WireError as error:
            status, told = problem(error)
            kind = "text/plain" if "plain" in self.faults else PROBLEM_TYPE
            more = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
            return status, {"Content-Type": kind, **more, **self._signed(status, told, asked)}, told
        return status, {"Content-Type": kind, **self._signed(status, told, asked)}, told

    def _signed(self, status: int, told: bytes, asked: signing.Request) -> dict[str, str]:
        if "unsigned" in self.faults or ("unsigned refusals" in self.faults and status >= 400):
            return {}
        if "unbound" in self.faults:
            asked = signing.Request(asked.method, asked.url, {})
        return signing.sign_response(status, told, asked, self.key, self.keyid, now=self.clock())

    def _discovery(self) -> bytes:
        told = discovery.describe(
            SITE,
            "金山",
            {self.keyid: self.key.public_key()},
            ["310116"],
            per_minute=self.per_minute,
            trail=[str(self.vkey)],
        )
        if "discovery" in self.faults:
            del told["limits"]
        return wire.canonical(told)

    def _admitted(self, method: str, url: str, headers, body: bytes) -> str:
        now: datetime = self.clock()
        if "forgiving" in self.faults:  # asks the times nothing
            created = headers.get("signature-input", "").partition("created=")[2].partition(";")[0]
            now = datetime.fromtimestamp(int(created or 0), now.tzinfo)
        if "address" in self.faults and "signature" in headers:
            return "conformance.kit"
        found = signing.verify_request(method, url, headers, body, self._key, now=now, longest=self.longest)
        site = signing.site_of(found.keyid)
        minute = now.timestamp() - 60
        self.asked = [one for one in self.asked if one > minute] + [now.timestamp()]
        if len(self.asked) > self.per_minute and "flood" not in self.faults:
            raise WireError("slow_down", retry_after=60)
        if "replay" not in self.faults:
            if (found.keyid, found.nonce) in self.nonces:
                raise WireError("replayed")
            self.nonces.add((found.keyid, found.nonce))
        return site

    def _key(self, keyid: str) -> Ed25519PublicKey:
        if keyid in self.known:
            return self.known[keyid]
        known = any(signing.site_of(one) == signing.site_of(keyid) for one in self.known)
        raise WireError("unknown_key" if known else "unknown_site")

    def _do(self, site: str, path: str, url: str, body: bytes) -> bytes:
        if path == wire.DELIVERIES_PATH:
            return self._deliver(site, body)
        if path.startswith(wire.MATTERS_PATH):
            return self._state(site, path.removeprefix(wire.MATTERS_PATH))
        raise WireError("file_unknown", parse_qs(urlsplit(url).query).get("matter", [""])[0])

    def _state(self, site: str, matter: str) -> bytes:
        stream = f"matter:{matter}"
        if stream not in self.states:
            raise WireError("unknown_stream")
        last = self._last(stream)
        return wire.encode_state(wire.MatterState(matter, site, self.states[stream], last, 0))

    def _deliver(self, site: str, body: bytes) -> bytes:
        delivery = wire.parse_delivery(body)
        if delivery.sender != site:
            raise WireError("bad_signature", field="from")
        if delivery.receiver != SITE and "anyone" not in self.faults:
            raise WireError("not_for_us", field="to")
        results = [self._result(one) for one in delivery.messages]
        if "whole" in self.faults and any(one.error for one in results):
            results = [
                one if one.error else wire.Result(one.stream, one.seq, "refused", WireError("unavailable"))
                for one in results
            ]
        self._witness(delivery)
        size = len(self.leaves)
        return wire.encode(
            wire.Answer(
                SITE,
                site,
                delivery.delivery,
                self.clock(),
                tuple(results),
                self._head(),
                self._proof(delivery.witnessed, size),
                self.theirs.size if self.theirs else 0,
            )
        )

    def _last(self, stream: str) -> int:
        return self.taken[stream][-1][0] if self.taken.get(stream) else 0

    def _result(self, one: wire.Message) -> wire.Result:
        try:
            return wire.Result(one.stream, one.seq, self._judge(one))
        except WireError as error:
            if one.stream in self.states and error.then == "mend" and one.seq > self._last(one.stream):
                self.judged[one.stream] = one.seq
            if "keeps refused" in self.faults and one.kind == "hand_over":
                self.states.setdefault(one.stream, "waiting")
            if "nameless" in self.faults:
                error = WireError(error.code, error.detail, "", error.expected)
            return wire.Result(one.stream, one.seq, "refused", error)

    def _judge(self, one: wire.Message) -> str:
        last, digest = self._last(one.stream), wire.digest(one)
        if one.seq <= last:
            if "twice" in self.faults:
                self.taken[one.stream].append((last + 1, digest))
                return "accepted"
            if (one.seq, digest) in self.taken[one.stream] or "overwrites" in self.faults:
                return "duplicate"
            raise WireError("conflict")
        known = one.stream in self.states
        if not known and (one.kind not in bodies.OPENER | bodies.TOPIC or (one.seq == 1 and not begins(one))):
            raise WireError("unknown_stream")
        if one.seq > max(last, self.judged.get(one.stream, 0)) + 1 and "order" not in self.faults:
            raise WireError("out_of_order", expected=last + 1)
        bodies.check_side(one.stream, one.seq, one.kind, from_opener=True)
        bodies.check(one.kind, one.body)
        self._apply(one)
        self.taken.setdefault(one.stream, []).append((one.seq, digest))
        self.leaves.append(leaf_hash(digest))
        return "accepted"

    def _apply(self, one: wire.Message) -> None:
        state = self.states.get(one.stream, "")
        if state == "withdrawn":
            raise WireError("wrong_stage")
        if one.kind == "publish":
            topic = one.stream.removeprefix("topic:")
            if not any(topic in found.topics for found in self.agreed.values()):
                raise WireError("no_agreement")
            self.states[one.stream] = "topic"
        elif one.kind == "hand_over":
            found = self.agreed.get(one.body["agreement"])
            if found is None:
                raise WireError("no_agreement", field="body.agreement")
            if "any field" not in self.faults:
                found.check(one.body, SITE)
            self.states[one.stream] = "waiting"
            for file in one.body.get("files") or ():
                if self.fetch is not None:
                    self.fetch(self, one.stream, file["sha256"])
        elif one.kind == "withdraw":
            self.states[one.stream] = "withdrawn"

    def _head(self) -> str:
        leaves = self.leaves
        if "fork" in self.faults:
            leaves = [hashlib.sha256(bytes(len(self.leaves))).digest() for _ in self.leaves]
        made = notes.Checkpoint(self.vkey.name, len(leaves), merkle.tree_hash(leaves))
        signer = Ed25519PrivateKey.generate() if "checkpoint" in self.faults else self.trail
        key = notes.Vkey(self.vkey.name, notes.ED25519, signer.public_key().public_bytes_raw())
        return str(notes.Note(made.body(), (notes.sign(made.body(), key, signer.sign),)))

    def _proof(self, start: int, size: int) -> wire.Consistency | None:
        if not 0 < start < size:
            return None
        hashes = merkle.prove_consistency(start, size, lambda a, b: merkle.tree_hash(self.leaves[a:b]))
        return wire.Consistency(start, tuple(hashes))

    def _witness(self, delivery: wire.Delivery) -> None:
        if not delivery.checkpoint or not self.their_vkey or "no witness" in self.faults:
            return
        told = notes.parse_checkpoint(notes.verify_note(delivery.checkpoint, [self.their_vkey]).note.text)
        if self.theirs is None:
            self.theirs = told
        elif told.size > self.theirs.size and delivery.consistency is not None:
            proof = list(delivery.consistency.proof)
            merkle.verify_consistency(self.theirs.size, told.size, self.theirs.root, told.root, proof)
            self.theirs = told


def begins(one: wire.Message) -> bool:
    return one.kind in ("hand_over", "publish")
