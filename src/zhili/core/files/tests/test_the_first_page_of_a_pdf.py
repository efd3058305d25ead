from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from zhili.core.files import first_page, public_copy, thumbnail
from zhili.core.files.copies import NoCopy
from zhili.core.files.models import File
from zhili.core.files.tests.samples import pdf, send

pytestmark = pytest.mark.django_db


def page(width: int = 210, height: int = 297) -> bytes:
    """A one-page PDF whose whole page is red."""
    out = BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "PDF")
    return out.getvalue()


def test_it_is_drawn_small(settings: Any) -> None:
    file = File.objects.get(pk=send(page(), "告知书.pdf").id)
    with default_storage.open(thumbnail(file)) as stored, Image.open(stored) as image:
        assert image.format == "WEBP"
        assert max(image.size) == 320
        red, green, blue = image.convert("RGB").getpixel((100, 100))  # type: ignore[misc]
        assert red > 200
        assert max(green, blue) < 60


def test_a_pdf_has_no_other_copy() -> None:
    with pytest.raises(NoCopy):
        public_copy(File.objects.get(pk=send(page(), "a.pdf").id))


def test_one_that_cannot_be_drawn_has_none_and_breaks_nothing() -> None:
    with pytest.raises(NoCopy):
        thumbnail(File.objects.get(pk=send(pdf(), "a.pdf").id))


def test_one_that_takes_too_long_or_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    file = File.objects.get(pk=send(page(), "a.pdf").id)
    monkeypatch.setattr(first_page, "SECONDS", 0.01)
    with pytest.raises(NoCopy):
        thumbnail(file)
