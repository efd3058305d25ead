"""Larger kinds made by hand, good and bad."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image

from zhili.core.files.tests.samples import GPS, MAKE, chunk, picture, png


def glb(scene: Mapping[str, Any] | None = None, data: bytes = b"\0" * 16) -> bytes:
    """A glTF 2.0 binary with one buffer."""
    told = json.dumps(scene or {"asset": {"version": "2.0"}, "buffers": [{"byteLength": len(data)}]}).encode()
    told += b" " * (-len(told) % 4)
    data += b"\0" * (-len(data) % 4)
    parts = struct.pack("<I4s", len(told), b"JSON") + told + struct.pack("<I4s", len(data), b"BIN\0") + data
    return b"glTF" + struct.pack("<II", 2, 12 + len(parts)) + parts


def zipped(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def office(folder: str = "word", **more: bytes) -> bytes:
    extra = {name.replace("__", "/"): data for name, data in more.items()}
    return zipped({"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": b"<w/>", **extra})


def open_document() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr("content.xml", b"<office/>", zipfile.ZIP_DEFLATED)
    return out.getvalue()


def overlapping() -> bytes:
    """The trick of bombs that need no nesting: many entries of the directory name the same packed bytes."""
    data = bytearray(zipped({"a": b"\0" * 500_000}))
    at = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    entry = bytes(data[at:end])
    many = 200
    tail = bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, many, many, many * len(entry))
    return bytes(data[:at]) + entry * many + bytes(tail)


def encrypted() -> bytes:
    data = bytearray(zipped({"a.txt": b"secret"}))
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(start) + flags] |= 1
    return bytes(data)


def ply(points: int = 4, given: int | None = None) -> bytes:
    head = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {points}\n"
        "property float x\nproperty float y\nproperty float z\nend_header\n"
    )
    return head.encode() + b"\0" * 12 * (points if given is None else given)


def las(points: int = 3, given: int | None = None) -> bytes:
    head = bytearray(227)
    head[:4] = b"LASF"
    head[24:26] = b"\x01\x02"
    struct.pack_into("<I", head, 96, 227)
    struct.pack_into("<BHI", head, 104, 0, 20, points)
    return bytes(head) + b"\0" * 20 * (points if given is None else given)


def wave() -> bytes:
    sound = b"\0" * 100
    body = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    body += b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webm(length: int = 40, kept: int | None = None) -> bytes:
    header = b"\x1aE\xdf\xa3\x8b\x42\x82\x88matroska"[:5] + b"\x42\x82\x84webm" + b"\xec\x82\0\0"
    header = header[:4] + bytes([0x80 | (len(header) - 5)]) + header[5:]
    return header + b"\x18\x53\x80\x67" + bytes([0x80 | length]) + b"\0" * (length if kept is None else kept)


def private_photo(kind: str) -> bytes:
    """A picture that says where it was taken and whose camera it was, as each format carries it."""
    exif = Image.Exif()
    exif[MAKE] = "Phone"
    exif[0x013B] = "Zhang San"
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 45.0, 0.0), 3: "E", 4: (120.0, 45.0, 0.0)})
    return picture(kind, exif=exif)


def png_with_words() -> bytes:
    return png(4, 4, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x exif:GPSLatitude='30,45N'/>"))
