"""With the real clamd: found is refused, what it cannot tell is refused or kept unseen, as the site says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhili.core.files import decisions, rescanning
from zhili.core.files.clamd import Clamd, NotScanned
from zhili.core.files.models import File
from zhili.core.files.tests.samples import pdf, picture, refusal, send
from zhili.core.files.tests.virus_daemon import STREAM_MOST, harmless_virus, running

pytestmark = pytest.mark.django_db
NOWHERE = "unix:/nowhere/clamd.sock"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("clam")) as (address, _process):
        yield address


def infected() -> bytes:
    return pdf(b"1 0 obj\n" + harmless_virus() + b"\nendobj")


def test_what_the_scanner_knows_is_refused_and_not_kept(clamd: str, settings: Any, media: Path) -> None:
    settings.CLAMD = clamd
    refused = refusal(infected(), "a.pdf")
    assert refused.status == 422
    assert "没有通过安全检查" in refused.reason
    assert not File.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_what_is_clean_is_kept_and_said_to_be(clamd: str, settings: Any) -> None:
    settings.CLAMD = clamd
    assert File.objects.get(pk=send(picture()).id).scan == "clean"
    settings.CLAMD = ""
    assert File.objects.get(pk=send(picture()).id).scan == ""


def test_the_finding_has_its_name(clamd: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"before " + harmless_virus() + b" after")
    assert Clamd(clamd)(path) == "Test.Eicar.UNOFFICIAL"
    path.write_bytes(b"nothing")
    assert Clamd(clamd)(path) is None
    assert Clamd(clamd).version().startswith("ClamAV")


def test_a_large_file_is_streamed_in_pieces(clamd: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\0" * 3_000_000 + harmless_virus())
    assert Clamd(clamd)(path) == "Test.Eicar.UNOFFICIAL"


def test_a_file_larger_than_the_scanner_takes_counts_as_unseen(clamd: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\0" * (STREAM_MOST + 3_000_000))
    with pytest.raises(NotScanned, match=r"limit|answer|Broken|reset"):
        Clamd(clamd)(path)


def test_without_an_answer_the_upload_is_refused_for_now(settings: Any) -> None:
    settings.CLAMD = NOWHERE
    refused = refusal(picture())
    assert refused.status == 503
    assert "过一会儿" in refused.reason
    assert not File.objects.exists()


def test_a_scanner_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    silent = socket.socket(socket.AF_UNIX)
    silent.bind(str(tmp_path / "s"))
    silent.listen()
    with silent, pytest.raises(NotScanned, match="timed out"):
        Clamd(f"unix:{tmp_path}/s", answer_seconds=0.2)(path)


@pytest.mark.parametrize(
    "said",
    [
        b"stream: OK",
        b"stream: Odd FOUND\0",
        b"",
        b"nonsense\0",
        b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
    ],
)
def test_over_a_network_it_speaks_the_same(said: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    heard = bytearray()
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _from = door.accept()
        with line:
            while not heard.endswith(b"\0\0\0\0"):
                heard.extend(line.recv(100))
            line.sendall(said)

    thread = threading.Thread(target=serve)
    thread.start()
    asked = Clamd(f"tcp://127.0.0.1:{door.getsockname()[1]}")
    if said in (b"", b"nonsense\0") or b"Limits" in said:
        with pytest.raises(NotScanned):
            asked(path)
    else:
        assert asked(path) == (None if said.endswith(b"OK") else "Odd")
    thread.join()
    door.close()
    assert bytes(heard) == b"zINSTREAM\0\0\0\0\x03abc\0\0\0\0"


def test_a_site_may_keep_what_waits_for_its_scan(clamd: str, settings: Any) -> None:
    settings.CLAMD, settings.CLAMD_DOWN = NOWHERE, "keep"
    good, bad = send(picture()), send(infected(), "a.pdf")
    assert set(File.objects.values_list("scan", flat=True)) == {"waits"}
    assert rescanning.scan_waiting() == 0  # still nobody there
    settings.CLAMD = clamd
    assert rescanning.scan_waiting() == 2
    assert File.objects.get(pk=good.id).scan == "clean"
    assert not decisions.standing(File.objects.get(pk=good.id).sha256).withdrawn
    found = decisions.standing(File.objects.get(pk=bad.id).sha256)
    assert found.withdrawn
    assert "Test.Eicar" in found.reason
