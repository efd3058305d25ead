"""Looking into a whole file without unpacking it: is it complete, and will opening it later be safe?

Nothing here decodes pixels or inflates streams: headers and lengths are read, and what they promise judged.
"""

import mmap
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageFile

from zhili.core.files import containers, kinds, limits
from zhili.core.files.refusal import UploadRefused

LONGEST_SIDE = 30_000
ORIENTATION = 0x0112
SIDEWAYS = (5, 6, 7, 8)
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MOST_PARTS = 20_000
"""Segments, chunks or boxes walked before a file counts as broken: nobody shall keep us walking."""
MOST_SCANS = 200
PIXEL_COST = {"image/jpeg": 1, "progressive": 3, "image/png": 2, "image/webp": 4}
"""Memory that opening takes per pixel, against plain JPEG, which can be read at an eighth of its size."""
ZIP_TAIL = 65_557
"""Bytes at the end among which a zip archive's directory must lie."""


class Measured(NamedTuple):
    """Upright size of an image in pixels; None for other kinds."""

    width: int | None = None
    height: int | None = None


def inspect(path: Path, mime: str) -> Measured:
    """Raises UploadRefused for a file that is cut off, carries an archive or a program, or would swell."""
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if mime not in kinds.PACKED and hides_archive(data):
            raise UploadRefused(_("这个文件里夹带了压缩包，不能上传，请换一个文件。"), 415)
        if not COMPLETE.get(mime, always)(data):
            raise UploadRefused(_("这个文件不完整，可能没有传完，请重新选择再传。"), 422)
        if mime == "application/pdf":
            refuse_active(data)
        if mime == kinds.GLB:
            containers.refuse_reaching_out(data)
    return measure(path, mime) if mime in FORMATS else Measured()


def always(data: mmap.mmap) -> bool:
    return True


def hides_archive(data: mmap.mmap) -> bool:
    """Whether a zip archive (also jar, docx …) ends where the file ends."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - ZIP_TAIL))
    return (
        at >= 0 and len(data) >= at + 22 and at + 22 + struct.unpack_from("<H", data, at + 20)[0] == len(data)
    )


def whole_jpeg(data: mmap.mmap) -> bool:
    """Markers run unbroken up to the scan, and the scan is ended. (Phones may append data of their own.)"""
    at = 2
    for _step in range(MOST_PARTS):
        if at + 4 > len(data) or data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker == 0xDA:
            return data.find(b"\xff\xd9", at) > 0 and scans(data, at) <= MOST_SCANS
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return False


def scans(data: mmap.mmap, at: int) -> int:
    """How many passes over the picture a progressive JPEG asks for; counted no further than needed."""
    found = 0
    while at >= 0 and found <= MOST_SCANS:
        found += 1
        at = data.find(b"\xff\xda", at + 2)
    return found


def whole_png(data: mmap.mmap) -> bool:
    """Chunks run unbroken up to IEND, and pixels come before it."""
    at, pixels = 8, False
    for _step in range(MOST_PARTS):
        if at + 12 > len(data):
            break
        length, name = struct.unpack_from(">I4s", data, at)
        if name == b"IEND":
            return pixels
        pixels = pixels or name == b"IDAT"
        at += 12 + length
    return False


def whole_webp(data: mmap.mmap) -> bool:
    return bool(struct.unpack_from("<I", data, 4)[0] + 8 <= len(data)) if len(data) >= 20 else False


def whole_pdf(data: mmap.mmap) -> bool:
    tail = data[-2048:]
    return b"%%EOF" in tail and b"startxref" in tail


def whole_mp4(data: mmap.mmap) -> bool:
    """No box reaches beyond the end, and both the index and the media are there."""
    at, found = 0, set()
    for _step in range(MOST_PARTS):
        if at + 8 > len(data):
            break
        length, name = struct.unpack_from(">I4s", data, at)
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
        elif length == 0:
            length = len(data) - at
        if length < 8:
            return False
        found.add(name)
        at += length
    return at <= len(data) and {b"moov", b"mdat"} <= found


COMPLETE: dict[str, Callable[[mmap.mmap], bool]] = {
    "image/jpeg": whole_jpeg,
    "image/png": whole_png,
    "image/webp": whole_webp,
    "application/pdf": whole_pdf,
    "audio/mp4": whole_mp4,
    "video/mp4": whole_mp4,
    "video/quicktime": whole_mp4,
    "video/webm": containers.whole_matroska,
    "video/x-matroska": containers.whole_matroska,
    "audio/wav": containers.whole_wave,
    kinds.GLB: containers.whole_glb,
    kinds.PLY: containers.whole_ply,
    kinds.LAS: containers.whole_las,
}


def refuse_active(data: mmap.mmap) -> None:
    """PDFs that run something are refused where it shows. We never open one; their readers do."""
    if any(data.find(word) >= 0 for word in (b"/JavaScript", b"/Launch", b"/RichMedia")):
        raise UploadRefused(_("这个 PDF 里有会自动运行的内容，不能上传，请打印成普通 PDF 再传。"), 415)


def measure(path: Path, mime: str) -> Measured:
    """The upright size of an image, from its header alone."""
    try:
        width, height, cost, turned = webp_size(path) if mime == "image/webp" else pillow_size(path, mime)
    except Image.DecompressionBombError:
        raise too_many_pixels() from None
    except Exception:  # Pillow raises many kinds on broken headers
        raise UploadRefused(_("这张图片打不开，可能已经损坏，请换一张。"), 422) from None
    if width * height * cost > limits.max_pixels() or max(width, height) > LONGEST_SIDE:
        raise too_many_pixels()
    return Measured(height, width) if turned else Measured(width, height)


def be_strict() -> None:
    """Broken pictures are refused, whatever another library of this process asked of Pillow (WeasyPrint does)."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False


def pillow_size(path: Path, mime: str) -> tuple[int, int, int, bool]:
    """(width, height, memory cost per pixel, lying on its side) of a JPEG or PNG, opened lazily by Pillow."""
    be_strict()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged by our own limit
        with Image.open(path, formats=[FORMATS[mime]]) as image:
            cost = PIXEL_COST["progressive" if image.info.get("progressive") else mime]
            turned = mime == "image/jpeg" and image.getexif().get(ORIENTATION) in SIDEWAYS
            return image.width, image.height, cost, turned


def webp_size(path: Path) -> tuple[int, int, int, bool]:
    """The same of a WebP, read by hand: to open one, Pillow takes the memory of its whole canvas at once."""
    with path.open("rb") as source:
        head = source.read(30)
    kind, cost = head[12:16], PIXEL_COST["image/webp"]
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(head[24:27], "little"),
            1 + int.from_bytes(head[27:30], "little"),
            cost,
            False,
        )
    if kind == b"VP8L" and head[20] == 0x2F:
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), cost, False
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF, cost, False
    raise ValueError("no WebP picture")


def too_many_pixels() -> UploadRefused:
    return UploadRefused(_("这张图片的尺寸太大，请在手机或电脑上缩小后再传。"), 413)
