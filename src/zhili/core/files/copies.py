"""Copies of images for showing: upright, smaller, without what the camera wrote into them (place, owner)."""

import threading
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from zhili.core.files import blobs, decisions, first_page
from zhili.core.files.decisions import NOTHING, WHOLE, Box, Standing
from zhili.core.files.inspection import FORMATS, be_strict
from zhili.core.files.models import File

SIDES = {"public": 2048, "thumbnail": 320, "wide": 8192}
"""The longer side of each copy, pixels."""
SQUARES = 6
"""Squares along the longer side of a masked rectangle."""
PDF = "application/pdf"

# Unpacking takes up to 4 bytes a pixel; two at a time keep a small machine alive.
_room = threading.BoundedSemaphore(2)


class NoCopy(Exception):
    """There is no such copy: the file is no image, or its pixels turned out to be broken."""


def public_copy(file: File, standing: Standing | None = None) -> str:
    """The storage name of a JPEG of at most 2048 px with today's masks, made at the first call. Raises NoCopy."""
    return made(file, "public", standing)


def thumbnail(file: File, standing: Standing | None = None) -> str:
    """The storage name of a WebP of at most 320 px, masked alike; of a PDF its first page. Raises NoCopy."""
    return made(file, "thumbnail", standing)


def clean_copy(file: File) -> str:
    """The public copy without masks: upright, without camera data. For offices, never for strangers. Raises NoCopy."""
    return made(file, "public", NOTHING)


def wide_copy(file: File, standing: Standing | None = None) -> str:
    """A JPEG of at most 8192 px, masked alike: for panoramas that one looks around in. Raises NoCopy."""
    return made(file, "wide", standing)


def made(file: File, variant: str, standing: Standing | None = None) -> str:
    standing = decisions.standing(file.sha256) if standing is None else standing
    if file.mime not in FORMATS and not (file.mime == PDF and variant == "thumbnail"):
        raise NoCopy(file.mime)
    name = blobs.copy(file.sha256, variant, standing.version)
    if not default_storage.exists(name):
        with _room:
            data = drawn(file, SIDES[variant], blobs.VARIANTS[variant], standing)
            saved = default_storage.save(name, ContentFile(data))
        if saved != name:  # somebody made the same copy meanwhile
            default_storage.delete(saved)
    return name


def drawn(file: File, side: int, ending: str, standing: Standing = NOTHING) -> bytes:
    """The pixels alone, drawn anew: no EXIF, comment, colour profile or trailing data comes along."""
    be_strict()
    try:
        if file.mime == PDF:
            picture = on_white(first_page.picture(file.sha256, side))
        else:
            with (
                default_storage.open(blobs.original(file.sha256)) as source,
                Image.open(source, formats=[FORMATS[file.mime]]) as image,
            ):
                image.draft("RGB", (side, side))  # JPEG: read at a fraction of its size
                # Shrunk before it is turned: turning copies all pixels.
                small = image.convert("RGBA") if image.mode in ("P", "PA", "1") else image
                small.thumbnail((side, side), reducing_gap=2.0)
                picture = on_white(ImageOps.exif_transpose(small))
    except FileNotFoundError:
        raise
    except Exception as error:  # Pillow raises many kinds on broken pixels
        raise NoCopy(str(error)) from error
    for box in standing.boxes:
        hide(picture, box, standing.style)
    out = BytesIO()
    if ending == "jpg":
        picture.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    else:
        picture.save(out, "WEBP", quality=75, method=4)
    return out.getvalue()


def hide(picture: Image.Image, box: Box, style: str) -> None:
    """Paint over a rectangle for good: black, or so few squares that no letter and no face can be read back."""
    width, height = picture.size
    left, top = box.left * width // WHOLE, box.top * height // WHOLE
    right = min(width, -(-(box.left + box.width) * width // WHOLE))
    bottom = min(height, -(-(box.top + box.height) * height // WHOLE))
    if right <= left or bottom <= top:
        return
    size = (right - left, bottom - top)
    if style == "black":
        picture.paste((0, 0, 0), (left, top, right, bottom))
        return
    share = SQUARES / max(size)
    few = (max(1, min(SQUARES, round(size[0] * share))), max(1, min(SQUARES, round(size[1] * share))))
    part = picture.crop((left, top, right, bottom)).resize(few, Image.Resampling.BOX)
    picture.paste(part.resize(size, Image.Resampling.NEAREST), (left, top))


def on_white(image: Image.Image) -> Image.Image:
    """A plain RGB picture; what was transparent becomes white. A new object, so no metadata follows."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        plain = Image.new("RGB", rgba.size, "white")
        plain.paste(rgba, mask=rgba.getchannel("A"))
        return plain
    source = image.convert("RGB")
    plain = Image.new("RGB", source.size)
    plain.paste(source)
    return plain
