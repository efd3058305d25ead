"""Files made by hand, good and bad, and the smallest way to send one."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from zhili.core.files import UploadRefused
from zhili.core.files.intake import Stored, store
from zhili.core.people.actors import ANONYMOUS, Actor

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    """An image whose left half is red and right half blue."""
    image = Image.new(mode, size, "blue" if mode != "P" else 1)
    if mode == "RGB":
        image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def camera_photo(orientation: int = 6) -> bytes:
    """A JPEG as a phone writes it: maker, place, and lying on its side."""
    exif = Image.Exif()
    exif[MAKE] = "SecretPhone"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 45.0, 0.0), 3: "E", 4: (120.0, 45.0, 0.0)})
    return picture(exif=exif, comment=b"taken by Zhang San")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *extra: bytes, pixels: bytes = b"") -> bytes:
    """A PNG whose header promises width × height, whatever its pixels are."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", pixels or zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + body + chunk(b"IEND", b"")


def webp(width: int, height: int) -> bytes:
    """An extended WebP that promises a canvas of width × height."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size + b"\0" * 32
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pdf(inside: bytes = b"") -> bytes:
    return b"%PDF-1.4\n" + inside + b"\nxref\n0 0\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def mp4(brand: bytes = b"isom", others: bytes = b"") -> bytes:
    return box(b"ftyp", brand + b"\0\0\2\0" + others) + box(b"moov", b"\0" * 32) + box(b"mdat", b"\0" * 64)


def mp3() -> bytes:
    """Four silent frames of MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes each."""
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * 4


def amr() -> bytes:
    return b"#!AMR\n" + b"\x3c" + b"\0" * 31


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("bomb", b"\0" * 5_000_000)
    return out.getvalue()


def send(data: bytes, name: str = "a.jpg", actor: Actor = ANONYMOUS, **options: Any) -> Stored:
    return store(BytesIO(data), name, actor, **options)


def refusal(data: bytes, name: str = "a.jpg", **options: Any) -> UploadRefused:
    with pytest.raises(UploadRefused) as refused:
        send(data, name, **options)
    return refused.value
