import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from zhili.core.files.models import File
from zhili.core.files.tests.samples import amr, camera_photo, mp3, mp4, pdf, picture, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("data", "mime", "name"),
    [
        (picture("JPEG"), "image/jpeg", "井盖.jpg"),
        (picture("JPEG", progressive=True), "image/jpeg", "井盖.jpg"),
        (picture("PNG"), "image/png", "井盖.png"),
        (picture("WEBP"), "image/webp", "井盖.webp"),
        (picture("WEBP", lossless=True), "image/webp", "井盖.webp"),
        (pdf(), "application/pdf", "井盖.pdf"),
        (mp3(), "audio/mpeg", "井盖.mp3"),
        (b"ID3\x03\0\0\0\0\0\0" + mp3(), "audio/mpeg", "井盖.mp3"),
        (amr(), "audio/amr", "井盖.amr"),
        (mp4(b"M4A "), "audio/mp4", "井盖.m4a"),
        (mp4(), "video/mp4", "井盖.mp4"),
        (mp4(b"XAVC", b"mp42"), "video/mp4", "井盖.mp4"),
        (mp4(b"qt  "), "video/quicktime", "井盖.mov"),
    ],
)
def test_photos_voice_video_and_pdf_are_taken_by_their_bytes(data: bytes, mime: str, name: str) -> None:
    ending = name.rsplit(".", 1)[1]
    kept = send(data, f"井盖.{ending}")
    assert (kept.mime, kept.name, kept.size) == (mime, name, len(data))


def test_the_bytes_come_back_exactly_and_lie_under_their_hash(media: Path) -> None:
    data = camera_photo()
    kept = send(data, "a.jpg")
    file = File.objects.get(pk=kept.id)
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    with default_storage.open(f"{file.sha256[:2]}/{file.sha256[2:4]}/{file.sha256}") as stored:
        assert stored.read() == data
    assert not list((media / ".incoming").iterdir())


def test_the_same_photo_twice_is_two_files_but_one_set_of_bytes(media: Path) -> None:
    first, second = send(picture()), send(picture())
    assert first.id != second.id
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_size_is_told_as_the_eye_sees_it() -> None:
    assert (send(camera_photo(6)).width, send(camera_photo(6)).height) == (40, 60)
    assert (send(camera_photo(1)).width, send(camera_photo(1)).height) == (60, 40)
    kept = send(picture("WEBP", (70, 50)))
    assert (kept.width, kept.height) == (70, 50)
    lossless = send(picture("WEBP", (70, 50), lossless=True))
    assert (lossless.width, lossless.height) == (70, 50)
    assert send(pdf()).width is None


def test_the_token_is_told_once_and_not_kept() -> None:
    kept = send(picture())
    file = File.objects.get(pk=kept.id)
    assert bytes(file.upload_token_hash) == hashlib.sha256(kept.token.encode()).digest()
    assert kept.token not in str(vars(file))


def test_a_photo_with_a_phones_own_data_after_it_is_taken() -> None:
    assert send(picture() + b"MotionPhoto_Data" + mp4()).mime == "image/jpeg"
