"""The protocol tus 1.0.0 as its text says, on /uploads/tus/."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.files import blobs, cleaning, hashing, limits, resuming
from zhili.core.files.models import File, Resumable
from zhili.core.files.tests.samples import archive, box, mp4, picture
from zhili.core.files.tests.uploading import BODY, HOME, TUS, begin, go_on, state
from zhili.portal.tests.pages_client import reader

pytestmark = pytest.mark.django_db
FILM = mp4() + box(b"free", bytes(range(256)) * 6_000)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def grid(small_city: SmallCity) -> Client:
    return reader(small_city.actor("A.grid"))


def test_what_we_speak_is_told_without_being_asked_in_it(client: Client) -> None:
    told = client.options(HOME)
    assert told.status_code == 204
    assert told["Tus-Version"] == "1.0.0"
    assert set(told["Tus-Extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    assert "sha1" in told["Tus-Checksum-Algorithm"].split(",")
    assert int(told["Tus-Max-Size"]) == 200 << 20


def test_another_version_is_refused(client: Client) -> None:
    refused = client.post(HOME, headers={"Tus-Resumable": "0.2.2", "Upload-Length": "5"})
    assert refused.status_code == 412
    assert refused["Tus-Version"] == "1.0.0"
    assert client.post(HOME, headers={"Upload-Length": "5"}).status_code == 412


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "x"}, 400),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Length": "5", "Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": str(3 << 30)}, 413),
    ],
)
def test_an_upload_that_cannot_be_is_not_begun(grid: Client, headers: dict[str, str], status: int) -> None:
    assert grid.post(HOME, headers={**TUS, **headers}).status_code == status
    assert not Resumable.objects.exists()


def test_a_film_in_three_pieces_becomes_a_file_like_any_other(grid: Client) -> None:
    where = begin(grid, FILM, "路口监控.mp4")
    assert go_on(grid, where, 0, FILM[:100]).status_code == 204
    asked = grid.head(where, headers=TUS)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("100", str(len(FILM)))
    assert asked["Cache-Control"] == "no-store"
    assert go_on(grid, where, 100, FILM[100:1_000_000])["Upload-Offset"] == "1000000"
    assert state(grid, where).get("file") is None
    assert go_on(grid, where, 1_000_000, FILM[1_000_000:])["Upload-Offset"] == str(len(FILM))
    told = state(grid, where)["file"]
    file = File.objects.get(pk=told["id"])
    assert (file.mime, file.name, file.size) == ("video/mp4", "路口监控.mp4", len(FILM))
    assert file.sha256 == told["sha256"] == hashlib.sha256(FILM).hexdigest()
    assert bytes(file.upload_token_hash) == hashlib.sha256(told["token"].encode()).digest()
    with default_storage.open(blobs.original(file.sha256)) as kept:
        assert kept.read() == FILM
    assert state(grid, where)["file"] == told  # asked again, the same file
    assert File.objects.count() == 1
    incoming = blobs.incoming()
    assert incoming is not None
    assert not [path for path in incoming.iterdir() if path.suffix != ".lock"]


def test_a_wrong_offset_is_refused_and_the_right_one_told(grid: Client) -> None:
    where = begin(grid, FILM)
    go_on(grid, where, 0, FILM[:500])
    refused = go_on(grid, where, 400, FILM[400:600])
    assert refused.status_code == 409
    assert refused["Upload-Offset"] == "500"
    assert go_on(grid, where, 500, FILM[500:]).status_code == 204
    assert state(grid, where)["file"]["sha256"] == hashlib.sha256(FILM).hexdigest()


def test_what_is_longer_than_announced_is_refused(grid: Client) -> None:
    where = begin(grid, FILM)
    assert go_on(grid, where, 0, FILM + b"x").status_code == 413
    assert grid.head(where, headers=TUS)["Upload-Offset"] == "0"


def test_only_the_body_of_the_protocol_is_taken(grid: Client) -> None:
    where = begin(grid, FILM)
    headers = {**TUS, "Upload-Offset": "0"}
    assert grid.patch(where, b"abc", content_type="text/plain", headers=headers).status_code == 415


def test_proxies_that_know_only_post_may_say_what_they_mean(grid: Client) -> None:
    where = begin(grid, FILM)
    headers = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert grid.post(where, FILM[:10], content_type=BODY, headers=headers).status_code == 204
    assert grid.head(where, headers=TUS)["Upload-Offset"] == "10"


def sum_of(data: bytes, algorithm: str = "sha1") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_piece_with_its_checksum_is_kept_when_it_fits(grid: Client, algorithm: str) -> None:
    where = begin(grid, FILM)
    piece = FILM[:70_000]
    assert go_on(grid, where, 0, piece, checksum=sum_of(piece, algorithm)).status_code == 204
    assert go_on(grid, where, 70_000, FILM[70_000:], checksum=sum_of(b"other")).status_code == 460
    assert grid.head(where, headers=TUS)["Upload-Offset"] == "70000"


@pytest.mark.parametrize("checksum", ["crc32 AAAA", "sha1", "sha1 ***", "shake_128 AAAA"])
def test_a_checksum_we_cannot_compute_is_refused(grid: Client, checksum: str) -> None:
    where = begin(grid, FILM)
    assert go_on(grid, where, 0, FILM[:10], checksum=checksum).status_code == 400
    assert grid.head(where, headers=TUS)["Upload-Offset"] == "0"


def test_an_upload_given_up_is_gone_with_its_bytes(grid: Client) -> None:
    where = begin(grid, FILM)
    go_on(grid, where, 0, FILM[:100])
    assert grid.delete(where, headers=TUS).status_code == 204
    assert grid.head(where, headers=TUS).status_code == 404
    assert not Resumable.objects.exists()
    incoming = blobs.incoming()
    assert incoming is not None
    assert not list(incoming.iterdir())


def test_an_upload_left_alone_expires(grid: Client) -> None:
    where = begin(grid, FILM)
    row = Resumable.objects.get()
    assert row.expires_at - timezone.now() > timedelta(hours=23)
    Resumable.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert go_on(grid, where, 0, FILM[:10]).status_code == 404
    assert cleaning.clean() == 1
    assert not resuming.place(row).exists()


def test_nobody_else_goes_on_with_it(grid: Client, client: Client, small_city: SmallCity) -> None:
    where = begin(grid, FILM)
    for other in (client, reader(small_city.resident())):
        assert go_on(other, where, 0, FILM[:10]).status_code == 404
        assert other.get(where).status_code == 404


def test_a_kind_not_taken_is_refused_with_its_first_piece(grid: Client) -> None:
    program = b"\x7fELF" + b"\0" * 100_000
    where = begin(grid, program)
    refused = go_on(grid, where, 0, program[:50_000])
    assert refused.status_code == 415
    assert "不能上传" in refused.content.decode()
    assert grid.head(where, headers=TUS).status_code == 415  # and stays refused
    assert not resuming.place(Resumable.objects.get()).exists()


def test_a_film_cut_off_at_its_source_is_refused_when_it_is_whole(grid: Client) -> None:
    cut = FILM[:-3]
    where = begin(grid, cut)
    assert go_on(grid, where, 0, cut).status_code == 422
    asked = grid.get(where)
    assert asked.status_code == 422
    assert "不完整" in asked.content.decode()
    assert not File.objects.exists()


def test_a_stranger_sends_only_what_anybody_may(client: Client) -> None:
    data = archive()
    assert go_on(client, begin(client, data), 0, data).status_code == 415
    assert client.post(HOME, headers={**TUS, "Upload-Length": str(201 << 20)}).status_code == 413
    photo = picture()
    where = begin(client, photo)
    assert go_on(client, where, 0, photo).status_code == 204
    assert state(client, where)["file"]["mime"] == "image/jpeg"


def test_after_a_restart_the_sum_is_made_from_the_disk(grid: Client) -> None:
    where = begin(grid, FILM)
    go_on(grid, where, 0, FILM[:1000])
    hashing.forget(Resumable.objects.get().pk)  # what a new process knows
    go_on(grid, where, 1000, FILM[1000:])
    assert state(grid, where)["file"]["sha256"] == hashlib.sha256(FILM).hexdigest()


def test_killed_between_keeping_the_bytes_and_saying_so_it_finds_its_file_again(grid: Client) -> None:
    where = begin(grid, FILM)
    go_on(grid, where, 0, FILM)
    told = state(grid, where)["file"]
    Resumable.objects.update(file=None)
    assert state(grid, where)["file"] == told


def test_unfinished_uploads_are_counted(grid: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read = limits.read
    monkeypatch.setattr(limits, "read", lambda key, how: 2 if key == "files.open_uploads" else read(key, how))
    begin(grid, FILM)
    begin(grid, FILM)
    refused = grid.post(HOME, headers={**TUS, "Upload-Length": "100"})
    assert refused.status_code == 429


def test_the_answer_is_for_programs(grid: Client) -> None:
    where = begin(grid, FILM)
    assert json.loads(grid.get(where).content) == {"offset": 0, "length": len(FILM)}
