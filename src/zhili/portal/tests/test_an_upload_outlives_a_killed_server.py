"""A real server and line: killed in the middle, an upload goes on where it lay on the disk; two at once never mix."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from zhili.core.files import resuming
from zhili.core.files.tests.samples import box, mp4
from zhili.core.files.tests.uploading import BODY, HOME, TUS

pytestmark = pytest.mark.django_db(transaction=True)
FILM = mp4() + box(b"free", os.urandom(24 * 1024 * 1024))


class Site:
    """The web process on the test's database, as `zhili run` starts it."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        name = str(connection.settings_dict["NAME"])
        database = os.environ["DATABASE_URL"].replace("/zhili?", f"/{name}?")
        self.environment = {
            **os.environ,
            "PORT": str(self.port),
            "ZHILI_HOME": str(home),
            "DATABASE_URL": database,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "zhili.conf.web"], env=self.environment)
        end = time.monotonic() + 60
        while True:
            assert self.process.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server did not start"
            try:
                self.ask("OPTIONS", HOME)
            except OSError:
                time.sleep(0.1)
            else:
                return

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, where: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        line = self.line()
        line.request(
            method, where, body or None, {**TUS, **{k.replace("_", "-"): v for k, v in headers.items()}}
        )
        answer = line.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        line.close()
        return answer

    def begin(self) -> str:
        return str(self.ask("POST", HOME, Upload_Length=str(len(FILM))).getheader("Location"))

    def offset(self, where: str) -> int:
        return int(str(self.ask("HEAD", where).getheader("Upload-Offset")))

    def go_on(self, where: str, offset: int, body: bytes) -> int:
        return self.ask("PATCH", where, body, Upload_Offset=str(offset), Content_Type=BODY).status

    def became(self, where: str) -> str:
        answer = self.ask("GET", where)
        return str(json.loads(answer.body)["file"]["sha256"])  # type: ignore[attr-defined]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "static").mkdir()
    found = Site(tmp_path)
    found.start()
    yield found
    found.kill()


def test_killed_in_the_middle_it_goes_on(site: Site) -> None:
    where = site.begin()
    line = site.line()
    line.putrequest("PATCH", where)
    for name, value in {
        **TUS,
        "Upload-Offset": "0",
        "Content-Type": BODY,
        "Content-Length": str(len(FILM)),
    }.items():
        line.putheader(name, value)
    line.endheaders()
    sent = 0
    end = time.monotonic() + 60
    while site.offset(where) < 3 * resuming.PIECE:
        assert time.monotonic() < end
        line.send(FILM[sent : sent + 1024 * 1024])
        sent += 1024 * 1024
        assert sent < len(FILM), "it was to be killed in the middle"
    site.kill()
    line.close()
    site.start()
    kept = site.offset(where)
    assert 3 * resuming.PIECE <= kept <= sent
    assert sent - kept < 16 * 1024 * 1024
    assert site.go_on(where, 0, FILM[:100]) == 409
    assert site.go_on(where, kept, FILM[kept:]) == 204
    assert site.became(where) == hashlib.sha256(FILM).hexdigest()


def test_two_that_send_the_same_upload_at_once_never_mix(site: Site) -> None:
    where = site.begin()
    other = bytes(len(FILM))  # the second sends something else
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda data=data: answers.append(site.go_on(where, 0, data)))
        for data in (FILM, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at_once = sorted(answers)
    # 404: the first was refused whole (422, 415) and nothing of it is there any more when the second comes
    assert at_once in ([204, 409], [409, 422], [409, 415], [409, 409], [404, 415], [404, 422]), at_once
    if at_once == [204, 409]:  # what was refused whole is there no more
        assert site.offset(where) == len(FILM)
        assert site.became(where) == hashlib.sha256(FILM).hexdigest()
