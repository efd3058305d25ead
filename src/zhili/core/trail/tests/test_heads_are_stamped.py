"""Time stamps of signed heads, by a real authority: `openssl ts` behind a small server on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from zhili.core.trail import checkpoints, leaves, sealing, stamping
from zhili.core.trail.models import Stamp

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("trail_home"),
    pytest.mark.skipif(
        shutil.which("openssl") is None and not os.environ.get("CI"), reason="no openssl on this machine"
    ),
]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
CONF = """
[tsa]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """Answers as an authority does; ``broken`` says how it should fail."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.broken, self.asked = folder, "", 0
        _openssl("req", "-x509", *NEW_KEY, "-keyout", f"{folder}/ca.key", "-out",
                 f"{folder}/ca.pem", "-subj", "/CN=Test root", "-days", "30")  # fmt: skip
        _openssl("req", *NEW_KEY, "-keyout", f"{folder}/tsa.key", "-out",
                 f"{folder}/tsa.csr", "-subj", "/CN=Test time")  # fmt: skip
        (folder / "ext").write_text(
            "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
        )
        _openssl("x509", "-req", "-in", f"{folder}/tsa.csr", "-CA", f"{folder}/ca.pem", "-CAkey",
                 f"{folder}/ca.key", "-CAcreateserial", "-out", f"{folder}/tsa.pem", "-days", "30", "-extfile",
                 f"{folder}/ext")  # fmt: skip
        (folder / "serial").write_text("01")
        (folder / "conf").write_text(CONF.format(folder=folder))
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                authority.asked += 1
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                body = authority.answer(asked)
                self.send_response(503 if authority.broken == "away" else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/tsa"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, asked: bytes) -> bytes:
        if self.broken == "away":
            return b""
        if self.broken == "rubbish":
            return b"<html>not here</html>"
        if self.broken == "replay" and (self.folder / "last").exists():
            return (self.folder / "last").read_bytes()
        (self.folder / "query").write_bytes(asked)
        _openssl("ts", "-reply", "-config", f"{self.folder}/conf", "-section", "tsa", "-queryfile",
                 f"{self.folder}/query", "-out", f"{self.folder}/last")  # fmt: skip
        return (self.folder / "last").read_bytes()


def _openssl(*words: str) -> bytes:
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    made = Authority(tmp_path_factory.mktemp("tsa"))
    yield made
    made.server.shutdown()


@pytest.fixture(autouse=True)
def asked(authority: Authority, settings: Any) -> Iterator[None]:
    settings.TSA_URL, settings.TSA_CERTIFICATE = authority.url, f"{authority.folder}/ca.pem"
    authority.broken, authority.asked = "", 0
    stamping.forget()
    yield
    stamping.forget()


def sign(word: str = "a") -> checkpoints.Signed:
    leaves.append("record", AT, {word: 1}, {}, b"s" * 16)
    sealing.seal_all()
    checkpoints.sign_due()
    found = checkpoints.latest()
    assert found is not None
    return found


def test_a_signed_head_is_stamped_and_openssl_itself_agrees(authority: Authority, tmp_path: Path) -> None:
    head = sign()
    assert stamping.stamp_due() == 1
    stamp = Stamp.objects.get()
    assert stamp.head_id == head.id
    assert abs(stamp.at - timezone.now()) < timedelta(minutes=1)
    (tmp_path / "text").write_text(head.text)
    (tmp_path / "token").write_bytes(bytes(stamp.token))
    said = _openssl("ts", "-verify", "-data", f"{tmp_path}/text", "-in", f"{tmp_path}/token", "-CAfile",
                    f"{authority.folder}/ca.pem")  # fmt: skip
    assert b"Verification: OK" in said
    assert stamping.stamp_due() == 0, "the same head is not stamped again"


def test_the_next_one_waits_its_time(settings: Any) -> None:
    sign()
    assert stamping.stamp_due() == 1
    sign("b")
    assert stamping.stamp_due() == 0
    settings.TSA_SECONDS = 0
    assert stamping.stamp_due() == 1
    assert Stamp.objects.count() == 2


@pytest.mark.parametrize("how", ["away", "rubbish", "replay"])
def test_an_authority_that_fails_is_left_alone_and_asked_again_later(
    authority: Authority, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign()
    if how == "replay":
        stamping.ask(b"something else")
    authority.broken, authority.asked = how, 0
    assert stamping.stamp_due() == 0
    assert stamping.stamp_due() == 0
    assert authority.asked == 1, "not at every round"
    assert stamping.standing()["said"]
    authority.broken = ""
    monkeypatch.setattr(stamping.time, "monotonic", lambda: 1e12)
    assert stamping.stamp_due() == 1
    assert stamping.standing()["said"] == ""


def test_a_stamp_by_an_authority_that_is_not_the_pinned_one_is_refused(
    settings: Any, tmp_path: Path, authority: Authority
) -> None:
    _openssl("req", "-x509", *NEW_KEY, "-keyout", f"{tmp_path}/k", "-out",
             f"{tmp_path}/other.pem", "-subj", "/CN=Test root", "-days", "30")  # fmt: skip
    sign()
    settings.TSA_CERTIFICATE = f"{tmp_path}/other.pem"
    assert stamping.stamp_due() == 0
    assert "does not hold" in stamping.standing()["said"]
    assert Stamp.objects.count() == 0


def test_a_stamp_over_another_text_is_refused(authority: Authority) -> None:
    token, _ = stamping.ask(b"this")
    with pytest.raises(stamping.StampError, match="does not hold"):
        stamping.verify(token, b"that", stamping._pinned())


def test_without_a_pinned_certificate_nothing_is_asked(settings: Any, authority: Authority) -> None:
    sign()
    settings.TSA_CERTIFICATE = ""
    assert stamping.stamp_due() == 0
    assert authority.asked == 0


def test_a_stamp_cannot_be_altered() -> None:
    sign()
    stamping.stamp_due()
    with pytest.raises(DatabaseError, match="only ever added to"):
        Stamp.objects.update(authority="x")
