#!/usr/bin/env python3
"""A receiver of Zhili webhooks, small enough to read: it checks the signature of each event and prints it once.

    python verify_webhook.py https://me.example city.example keys.json [port]

The first is this receiver's own public address, without the path, the second the host name of the city's site, and
keys.json what https://city.example/exchange/v1 gives: compare its keys once with what the city told you by telephone.
Needs Python 3.11 and `cryptography`; of Zhili it needs nothing. Put a web server with TLS before it.
"""

import base64
import hashlib
import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SKEW = 300  # seconds two clocks may differ
SEEN = 100_000  # events remembered: a repeat is answered, and not acted on again


class Refused(Exception):
    """Why a request is not believed."""


def keys_of(discovery):
    """Public keys by key id."""
    return {
        one["kid"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(one["x"] + "="))
        for one in discovery["keys"]
        if (one.get("kty"), one.get("crv")) == ("OKP", "Ed25519")
    }


def verify(method, url, headers, body, keys, now=None):
    """The key id that signed this request (RFC 9421). `url`: the address as it was subscribed. Raises Refused."""
    headers = {name.lower(): value.strip() for name, value in headers.items()}
    found = re.fullmatch(
        r'([a-z*][a-z0-9_.*-]*)=(\(((?:"[^"]+" ?)*)\)(;.*))', headers.get("signature-input", "")
    )
    if not found:
        raise Refused("no signature, or more than one")
    label, parameters, names, rest = found.groups()
    given = dict(re.findall(r';([a-z]+)=("[^"]*"|\d+)', rest))
    covered = re.findall(r'"([^"]+)"', names)
    wanted = {"@method", "@target-uri", "content-digest", "content-type"}
    wanted |= {name for name in headers if name.startswith("ce-")}  # binary mode: the attributes are headers
    if not wanted <= set(covered) or given.get("tag") != '"zhili-webhook"':
        raise Refused("the signature does not cover what it must")
    digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
    if headers.get("content-digest") != digest:
        raise Refused("the content is not what was signed")
    now = time.time() if now is None else now
    if not int(given.get("created", 0)) - SKEW <= now <= int(given.get("expires", 0)) + SKEW:
        raise Refused("the signature is not of now")
    parts = {"@method": method.upper(), "@target-uri": url}
    lines = [f'"{name}": {parts[name] if name in parts else headers.get(name, "")}' for name in covered]
    lines.append(f'"@signature-params": {parameters}')
    signature = re.fullmatch(re.escape(label) + r"=:([A-Za-z0-9+/=]+):", headers.get("signature", ""))
    key_id = given.get("keyid", "").strip('"')
    if key_id not in keys or not signature:
        raise Refused(f"unknown key {key_id}")
    try:
        keys[key_id].verify(base64.b64decode(signature[1]), "\n".join(lines).encode())
    except (InvalidSignature, ValueError):
        raise Refused("the signature is not by this key over this request") from None
    return key_id


def events_of(headers, body):
    """The CloudEvents of a request, in whichever mode it was sent."""
    headers = {name.lower(): value for name, value in headers.items()}
    kind = headers.get("content-type", "").split(";")[0].strip()
    if kind == "application/cloudevents-batch+json":
        return json.loads(body)
    if kind == "application/cloudevents+json":
        return [json.loads(body)]
    from urllib.parse import unquote

    event = {name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
    return [event | {"datacontenttype": kind, "data": json.loads(body)}]


def receiver(address, site, keys, take, allowed_rate=None):
    """A request handler. `address`: what it is subscribed as, without the path; `take(event)`: what to do with it."""
    seen = {}

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, **headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_OPTIONS(self):
            """Permission: without this answer nothing is sent."""
            if self.headers.get("WebHook-Request-Origin", "") != site:
                return self.answer(403)
            rate = str(allowed_rate or "*")
            self.answer(204, Allow="POST", WebHook_Allowed_Origin=site, WebHook_Allowed_Rate=rate)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                verify("POST", address + self.path, dict(self.headers), body, keys)
            except Refused:
                return self.answer(401)
            for event in events_of(dict(self.headers), body):
                if event["id"] not in seen:
                    take(event)
                    seen[event["id"]] = True
                    if len(seen) > SEEN:
                        del seen[next(iter(seen))]
            self.answer(204)

        def log_message(self, *_words):
            pass

    return Receiver


if __name__ == "__main__":
    own, city, file = sys.argv[1:4]
    port = int(sys.argv[4]) if len(sys.argv) > 4 else 8080
    with open(file, encoding="utf-8") as stream:
        known = keys_of(json.load(stream))
    show = receiver(own, city, known, lambda event: print(json.dumps(event, ensure_ascii=False), flush=True))
    ThreadingHTTPServer(("127.0.0.1", port), show).serve_forever()
