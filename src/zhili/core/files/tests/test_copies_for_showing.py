from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from zhili.core.files import public_copy, thumbnail
from zhili.core.files.blobs import copy
from zhili.core.files.copies import NoCopy
from zhili.core.files.decisions import Standing
from zhili.core.files.models import File
from zhili.core.files.tests.samples import camera_photo, mp4, pdf, picture, png, send

pytestmark = pytest.mark.django_db


def opened(name: str) -> Image.Image:
    with default_storage.open(name) as stored:
        return Image.open(BytesIO(stored.read()))


def sent(data: bytes) -> File:
    return File.objects.get(pk=send(data).id)


def test_the_public_copy_knows_neither_place_nor_camera_nor_name() -> None:
    file = sent(camera_photo())
    with default_storage.open(public_copy(file)) as stored:
        data = stored.read()
    assert b"SecretPhone" in camera_photo()
    for secret in (b"SecretPhone", b"Zhang San", b"Exif", b"GPS"):
        assert secret not in data
    assert not Image.open(BytesIO(data)).getexif()


def test_the_public_copy_stands_upright() -> None:
    # Orientation 6: turn a quarter clockwise; the red left half comes to the top.
    copy = opened(public_copy(sent(camera_photo(6)))).convert("RGB")
    assert copy.size == (40, 60)
    red, _green, blue = copy.getpixel((20, 5))  # type: ignore[misc]
    assert red > 200 > 60 > blue


def test_copies_are_no_larger_than_they_need_to_be() -> None:
    file = sent(picture(size=(4000, 1000)))
    assert opened(public_copy(file)).size == (2048, 512)
    assert opened(thumbnail(file)).size == (320, 80)
    assert opened(public_copy(sent(picture(size=(30, 20))))).size == (30, 20)


@pytest.mark.parametrize(
    "data", [picture("PNG", mode="RGBA"), picture("PNG", mode="LA"), picture("WEBP", mode="RGBA")]
)
def test_transparent_pictures_are_drawn_on_white(data: bytes) -> None:
    assert opened(public_copy(sent(data))).mode == "RGB"


@pytest.mark.parametrize(
    "data",
    [picture("PNG", mode=mode) for mode in ("P", "1", "L", "I;16")]
    + [picture("JPEG", mode="CMYK"), picture("WEBP")],
)
def test_every_kind_of_colour_can_be_copied(data: bytes) -> None:
    assert opened(thumbnail(sent(data))).format == "WEBP"


def test_a_transparent_corner_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(public_copy(sent(out.getvalue()))).getpixel((5, 5)) == (255, 255, 255)


def test_a_copy_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    file = sent(picture())
    name = public_copy(file)
    monkeypatch.setattr("zhili.core.files.copies.drawn", lambda *_: pytest.fail("drawn again"))
    assert public_copy(file) == name


def test_of_two_makers_of_the_same_copy_one_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    file = sent(picture())

    def overtaken(of: File, side: int, ending: str, standing: Standing) -> bytes:
        default_storage.save(copy(of.sha256, "public"), ContentFile(b"the other's"))
        return b"ours"

    monkeypatch.setattr("zhili.core.files.copies.drawn", overtaken)
    name = public_copy(file)
    assert len(default_storage.listdir(name.rpartition("/")[0])[1]) == 1
    with default_storage.open(name) as stored:
        assert stored.read() == b"the other's"


@pytest.mark.parametrize("data", [pdf(), mp4(), png(100, 100)])
def test_what_is_no_picture_or_a_broken_one_has_no_copy(data: bytes) -> None:
    with pytest.raises(NoCopy):
        public_copy(sent(data))
