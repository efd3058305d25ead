"""What a camera wrote into a file besides the picture: does it say where it was taken, or whose it is?

Only whether it does is kept (File.tells), never what it says: handing out such an original is recorded like the opening
of a personal value, since a photo taken at home says where somebody lives.
"""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

GPS, EXIF = 0x8825, 0x8769
WHERE = {2, 4}
"""Latitude, longitude."""
WHOSE = {0x013B, 0x8298, 0x9C9D}
"""Artist, copyright, author."""
WHOSE_CAMERA = {0xA430, 0xA431}
"""Owner's name, serial number."""
XMP_PLACE = (b"GPSLatitude", b"Iptc4xmpExt:Location")
XMP_OWNER = (b"dc:creator", b"OwnerName", b"SerialNumber")
FILM_PLACE = (b"\xa9xyz", b"loci", b"location.ISO6709")
MOST_BLOCKS = 2000
LARGEST_BLOCK = 1 << 20


def tells(path: Path, mime: str) -> str:
    """ "", "place", "owner" or "place,owner"."""
    finder = FINDERS.get(mime)
    if finder is None:
        return ""
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = {one for kind, block in finder(data) for one in said(kind, block)}
    return ",".join(one for one in ("place", "owner") if one in found)


def said(kind: str, block: bytes) -> set[str]:
    if kind == "exif":
        return in_exif(block)
    if kind == "words":
        return {"owner"} if block.strip(b"\0 ") else set()
    places, owners = (FILM_PLACE, ()) if kind == "film" else (XMP_PLACE, XMP_OWNER)
    found = {"place"} if any(one in block for one in places) else set()
    return found | ({"owner"} if any(one in block for one in owners) else set())


def in_exif(block: bytes) -> set[str]:
    """A block that cannot be read counts as one that says where: better one record too many."""
    try:
        exif = Image.Exif()
        exif.load(block)
        found = {"place"} if WHERE & set(exif.get_ifd(GPS)) else set()
        own = any(exif.get(tag) for tag in WHOSE) or WHOSE_CAMERA & set(exif.get_ifd(EXIF))
        return found | ({"owner"} if own else set())
    except Exception:  # Pillow raises many kinds
        return {"place"}


def in_jpeg(data: mmap.mmap) -> Iterator[tuple[str, bytes]]:
    at = 2
    for _block in range(MOST_BLOCKS):
        if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] == 0xDA:
            return
        if data[at + 1] == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        body = data[at + 4 : at + 2 + length]
        if data[at + 1] == 0xE1 and body.startswith(b"Exif\0"):
            yield "exif", body
        elif data[at + 1] == 0xE1:
            yield "xmp", body
        elif data[at + 1] == 0xFE:
            yield "words", body
        at += 2 + length


def in_png(data: mmap.mmap) -> Iterator[tuple[str, bytes]]:
    at = 8
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + min(length, LARGEST_BLOCK)]
        if name == b"eXIf":
            yield "exif", body
        elif name in (b"iTXt", b"tEXt", b"zTXt"):
            # an older way to carry EXIF is packed text: not unpacked here, so taken to say all
            yield ("exif", b"") if body.startswith(b"Raw profile") else ("xmp", body)
        at += 12 + length


def in_webp(data: mmap.mmap) -> Iterator[tuple[str, bytes]]:
    at = 12
    for _block in range(MOST_BLOCKS):
        if at + 8 > len(data):
            return
        name, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + min(length, LARGEST_BLOCK)]
        if name in (b"EXIF", b"XMP "):
            yield name.decode().strip().lower(), body
        at += 8 + length + (length & 1)


def in_film(data: mmap.mmap) -> Iterator[tuple[str, bytes]]:
    """The index of an MP4 or QuickTime film: there phones write where it was taken."""
    at = 0
    for _block in range(MOST_BLOCKS):
        if at + 16 > len(data):
            return
        length, name = struct.unpack_from(">I4s", data, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
        if name == b"moov":
            yield "film", data[at : at + min(length or len(data), 16 * LARGEST_BLOCK)]
        if length < 8:
            return
        at += length


FINDERS = {
    "image/jpeg": in_jpeg,
    "image/png": in_png,
    "image/webp": in_webp,
    "video/mp4": in_film,
    "video/quicktime": in_film,
    "audio/mp4": in_film,
}
