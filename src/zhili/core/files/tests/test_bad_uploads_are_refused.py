import errno
import tracemalloc
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from zhili.core.files import UploadRefused, blobs, scanning
from zhili.core.files.intake import store
from zhili.core.files.models import File
from zhili.core.files.tests.samples import (
    amr,
    archive,
    box,
    camera_photo,
    chunk,
    mp4,
    pdf,
    picture,
    png,
    refusal,
    send,
    webp,
)
from zhili.core.people.actors import ANONYMOUS

pytestmark = pytest.mark.django_db


class Endless:
    """A sender that never stops; counts what was taken from it."""

    def __init__(self, start: bytes) -> None:
        self.start = start
        self.given = 0

    def read(self, size: int = 65536, /) -> bytes:
        piece = (self.start if not self.given else b"").ljust(size, b"\0")
        self.given += len(piece)
        return piece


class Unreadable:
    def read(self, size: int = 0, /) -> bytes:
        raise AssertionError("the body was read")


def test_too_large_by_its_own_word_is_refused_before_a_byte_is_read(limit: Any) -> None:
    limit(max_size=1000)
    with pytest.raises(UploadRefused, match="文件太大了，每个最多 1000 B") as refused:
        store(Unreadable(), "a.jpg", ANONYMOUS, length=1001)
    assert refused.value.status == 413


def test_too_large_without_saying_so_is_cut_off_while_it_streams(limit: Any, media: Path) -> None:
    limit(max_size=1_000_000)
    sender = Endless(picture())
    with pytest.raises(UploadRefused) as refused:
        store(sender, "a.jpg", ANONYMOUS)
    assert refused.value.status == 413
    assert sender.given < 1_200_000
    assert not list((media / ".incoming").iterdir())
    assert not File.objects.exists()


def test_a_wrong_kind_is_cut_off_at_its_first_piece() -> None:
    sender = Endless(b"MZ\x90\0")
    with pytest.raises(UploadRefused) as refused:
        store(sender, "photo.jpg", ANONYMOUS)
    assert refused.value.status == 415
    assert sender.given <= 65536


def test_a_large_upload_costs_no_memory() -> None:
    data = b"ID3\x03\0\0\0\0\0\0" + b"\0" * 15_000_000
    stream = BytesIO(data)
    tracemalloc.start()
    try:
        store(stream, "a.mp3", ANONYMOUS)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg/>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 100,
        b"BM" + b"\0" * 100,
        b"#!/bin/sh\nrm -rf /",
        b"\x7fELF" + b"\0" * 100,
        b"\xff\xfb\x90\x00 only one frame",
        b"just words",
        archive(),
        zlib.compress(b"\0" * 10_000_000),
        b"\x1f\x8b\x08" + b"\0" * 50,
        mp4(b"heic", b"mif1"),
        mp4(b"avif"),
        mp4(b"jp2 "),
    ],
)
def test_other_kinds_are_refused_whatever_their_name(data: bytes) -> None:
    assert refusal(data, "photo.jpg").status == 415


def test_an_iphone_photo_in_heic_is_told_what_to_do() -> None:
    assert "兼容性最佳" in refusal(mp4(b"heic")).reason


@pytest.mark.parametrize(
    "data",
    [
        picture(comment=b"<script>alert(1)</script>"),
        picture(comment=b"%PDF-1.4"),
        picture() + archive(),
        pdf() + archive(),
        amr() + archive(),
        pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"),
        pdf(b"<< /S /Launch /F (cmd.exe) >>"),
        b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
    ],
)
def test_files_that_are_two_things_at_once_are_refused(data: bytes) -> None:
    assert refusal(data).status == 415


@pytest.mark.parametrize(
    "data",
    [
        picture(size=(2000, 2000))[:-500],
        camera_photo()[:200],
        picture("PNG")[:-20],
        picture("WEBP")[:-20],
        pdf()[:-20],
        mp4()[:-10],
        box(b"ftyp", b"isom\0\0\2\0") + box(b"mdat", b"\0" * 64),
        b"\xff\xd8\xff" + b"\xff" * 100_000,
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13) + chunk(b"teXt", b"") * 50_000,
        box(b"ftyp", b"isom\0\0\2\0") + box(b"free") * 100_000,
    ],
)
def test_what_did_not_arrive_whole_is_refused(data: bytes) -> None:
    refused = refusal(data)
    assert refused.status == 422
    assert "不完整" in refused.reason


def test_an_empty_file_is_refused() -> None:
    assert "空的" in refusal(b"").reason


@pytest.mark.parametrize(
    "bomb",
    [
        png(50_000, 50_000),
        png(20_000, 20_000),
        png(29_999, 2_200),
        png(40_000, 1),
        webp(16_000, 16_000),
        webp(16_777_216, 1),
    ],
)
def test_a_picture_that_would_swell_is_refused_from_its_header(bomb: bytes, monkeypatch: Any) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("pixels were unpacked"))
    refused = refusal(bomb, "a.png")
    assert refused.status == 413
    assert "尺寸太大" in refused.reason


def test_a_real_pixel_bomb_of_a_few_kilobytes_costs_no_memory() -> None:
    pixels = zlib.compressobj(9)
    body = b"".join(pixels.compress(b"\0" * 60_001) for _row in range(500)) + pixels.flush()
    bomb = png(20_000, 20_000, pixels=body)
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        assert refusal(bomb).status == 413
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


def test_a_text_bomb_inside_a_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a process in which a library has made Pillow lenient."""
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    swollen = chunk(b"zTXt", b"note\0\0" + zlib.compress(b"\0" * 50_000_000, 9))
    assert refusal(png(10, 10, swollen)).status == 422


def test_a_progressive_photo_with_hundreds_of_passes_is_refused() -> None:
    whole = picture(progressive=True)
    start = whole.index(b"\xff\xda")
    assert refusal(whole[:start] + whole[start:-2] * 300 + b"\xff\xd9").status == 422


def test_a_photo_of_a_large_phone_is_still_taken() -> None:
    assert send(picture(size=(8160, 6144), quality=1)).width == 8160


def test_the_pixel_limit_is_the_sites_own(limit: Any) -> None:
    limit(max_pixels=60 * 40 - 1)
    assert refusal(picture()).status == 413


def test_a_site_may_plug_in_a_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_scanners", [])
    scanning.register(lambda path, mime: "EICAR" if b"EICAR" in path.read_bytes() else None)
    assert send(picture())
    assert refusal(picture() + b"EICAR").reason == "这个文件没有通过安全检查，不能上传。"
    assert File.objects.count() == 1


def test_a_scanner_that_cannot_tell_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path, mime: str) -> str | None:
        raise ConnectionError

    monkeypatch.setattr(scanning, "_scanners", [broken])
    assert refusal(picture()).status == 503


def test_a_full_disk_is_told_to_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("zhili.core.files.intake.keep", full)
    assert refusal(picture()).status == 507


def test_a_sender_that_breaks_off_leaves_nothing(media: Path) -> None:
    class Broken(Endless):
        def read(self, size: int = 65536, /) -> bytes:
            if self.given:
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        store(Broken(picture()), "a.jpg", ANONYMOUS)
    assert not list(Path(blobs.incoming() or media).iterdir())
    assert not File.objects.exists()
