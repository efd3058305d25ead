"""Copies of images for showing: upright, smaller, without what the camera wrote into them (place, owner)."""

import threading
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from zhili.core.files import blobs
from zhili.core.files.inspection import FORMATS
from zhili.core.files.models import File

PUBLIC_SIDE = 2048
THUMBNAIL_SIDE = 320

# Unpacking takes up to 4 bytes a pixel; two at a time keep a small machine alive.
_room = threading.BoundedSemaphore(2)


class NoCopy(Exception):
    """There is no such copy: the file is no image, or its pixels turned out to be broken."""


def public_copy(file: File) -> str:
    """The storage name of a JPEG of at most 2048 px, made at the first call. Raises NoCopy."""
    return made(file, "public", PUBLIC_SIDE)


def thumbnail(file: File) -> str:
    """The storage name of a WebP of at most 320 px, made at the first call. Raises NoCopy."""
    return made(file, "thumbnail", THUMBNAIL_SIDE)


def made(file: File, variant: str, side: int) -> str:
    if file.mime not in FORMATS:
        raise NoCopy(file.mime)
    name = blobs.copy(file.sha256, variant)
    if not default_storage.exists(name):
        with _room:
            saved = default_storage.save(name, ContentFile(redrawn(file, side, blobs.VARIANTS[variant])))
        if saved != name:  # somebody made the same copy meanwhile
            default_storage.delete(saved)
    return name


def redrawn(file: File, side: int, ending: str) -> bytes:
    """The pixels alone, drawn anew: no EXIF, comment, colour profile or trailing data comes along."""
    try:
        with (
            default_storage.open(blobs.original(file.sha256)) as source,
            Image.open(source, formats=[FORMATS[file.mime]]) as image,
        ):
            image.draft("RGB", (side, side))  # JPEG: read at a fraction of its size
            # Shrunk before it is turned: turning copies all pixels.
            small = image.convert("RGBA") if image.mode in ("P", "PA", "1") else image
            small.thumbnail((side, side), reducing_gap=2.0)
            drawn = on_white(ImageOps.exif_transpose(small))
    except FileNotFoundError:
        raise
    except Exception as error:  # Pillow raises many kinds on broken pixels
        raise NoCopy(str(error)) from error
    out = BytesIO()
    if ending == "jpg":
        drawn.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    else:
        drawn.save(out, "WEBP", quality=75, method=4)
    return out.getvalue()


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
