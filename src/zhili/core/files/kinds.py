"""What kind of file the bytes say it is. What the uploader says (name, Content-Type) is not asked."""

import struct
from collections.abc import Collection

import filetype
from django.utils.translation import gettext as _

from zhili.core.files.refusal import UploadRefused

HEAD = 4096
"""Bytes from the start that decide."""

PICTURES = ("image/jpeg", "image/png", "image/webp")
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
DOCX, XLSX, PPTX = (
    f"{_OOXML}wordprocessingml.document",
    f"{_OOXML}spreadsheetml.sheet",
    f"{_OOXML}presentationml.presentation",
)
ODT, ODS, ODP = f"{_ODF}text", f"{_ODF}spreadsheet", f"{_ODF}presentation"
OFD = "application/ofd"
ZIP = "application/zip"
GLB, PLY, LAS = "model/gltf-binary", "model/x-ply", "application/vnd.las"
PACKED = frozenset((ZIP, DOCX, XLSX, PPTX, ODT, ODS, ODP, OFD))
"""Kinds that are zip archives (packed.py)."""
GROUPS: dict[str, tuple[str, ...]] = {
    "pictures": PICTURES,
    "documents": ("application/pdf", DOCX, XLSX, PPTX, ODT, ODS, ODP, OFD),
    "recordings": ("audio/mpeg", "audio/mp4", "audio/amr", "audio/wav", "audio/ogg", "audio/flac"),
    "video": ("video/mp4", "video/quicktime", "video/webm", "video/x-matroska"),
    "archives": (ZIP,),
    "models": (GLB, PLY, LAS),
}
"""What a form may ask for, and what the limits of size go by."""
GROUP_OF = {mime: group for group, mimes in GROUPS.items() for mime in mimes}
BASIC = frozenset(
    (*PICTURES, "application/pdf", "audio/mpeg", "audio/mp4", "audio/amr", "video/mp4", "video/quicktime")
)
"""What anybody may send. The other kinds are for forms that ask for them, and for senders we know."""

SECOND_OPINION: dict[str, set[str | None]] = {
    "image/jpeg": {"image/jpeg"},
    "image/png": {"image/png", "image/apng"},
    "image/webp": {"image/webp"},
    "application/pdf": {"application/pdf"},
    "audio/mpeg": {"audio/mpeg", None},
    "audio/mp4": {"audio/mp4", "video/mp4", "video/x-m4v", None},
    "audio/amr": {"audio/amr"},
    "video/mp4": {"video/mp4", "video/x-m4v", "video/3gpp", None},
    "video/quicktime": {"video/quicktime", "video/mp4", None},
    "video/webm": {"video/webm", "video/x-matroska"},
    "video/x-matroska": {"video/webm", "video/x-matroska", None},
    "audio/wav": {"audio/x-wav", "audio/wav"},
    "audio/ogg": {"audio/ogg", "audio/opus", None},
    "audio/flac": {"audio/x-flac", "audio/flac"},
    GLB: {None, "model/gltf-binary"},
    PLY: {None},
    LAS: {None},
}
"""What the library `filetype` may call each kind; None where it does not know every brand."""

STARTS = {
    b"PK\x03\x04": ZIP,
    b"glTF\x02\0\0\0": GLB,
    b"ply\nformat ": PLY,
    b"ply\r\nformat ": PLY,
    b"LASF": LAS,
    b"OggS\0\x02": "audio/ogg",
    b"fLaC\0\0\0": "audio/flac",
}
BRANDS = {
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"), "video/mp4"),
    **dict.fromkeys((b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6", b"dash"), "video/mp4"),
    b"qt  ": "video/quicktime",
}
HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
MARKUP = (b"<html", b"<script", b"<svg", b"<!doctype", b"<?php", b"<body", b"<iframe")
MARKUP_WITHIN = 1024
"""Bytes in which old browsers look for markup; PDF readers look as far for "%PDF-"."""


def kind_of(head: bytes, taken: Collection[str] = BASIC) -> str:
    """The MIME type of a file that begins with `head` (its first HEAD bytes); an office document counts as the zip it
    is until the whole is there (packed.py). Raises UploadRefused (415) for what is not `taken`."""
    mime = by_magic(head)
    if mime is None or mime not in taken:
        raise refused(taken)
    second = filetype.guess(head)
    start = head[:MARKUP_WITHIN].lower()
    # what a zip begins with says little: its directory, at the end, is what counts
    doubtful = mime != ZIP and (second.mime if second else None) not in SECOND_OPINION[mime]
    if (
        doubtful
        or (mime != ZIP and any(tag in start for tag in MARKUP))
        or (mime != "application/pdf" and b"%pdf-" in start)
    ):
        raise UploadRefused(
            _("这个文件同时像几种文件，为安全起见不能上传，请另存为普通图片或 PDF 再传。"), 415
        )
    return mime


def refused(taken: Collection[str]) -> UploadRefused:
    if GLB in taken:
        sentence = _(
            "这种文件不能上传。可以上传照片、PDF、Office 和 OFD 文档、录音、视频、ZIP 压缩包、"
            "GLB 三维模型和点云（PLY、LAS）。"
        )
    else:
        sentence = _(
            "只能上传照片（JPG、PNG、WebP）、PDF、录音（MP3、M4A、AMR）和视频（MP4），请换一个文件。"
        )
    return UploadRefused(sentence, 415)


def by_magic(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "audio/amr"
    if head[4:8] == b"ftyp":
        return by_brand(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return (
            "video/webm" if b"webm" in head[:64] else "video/x-matroska" if b"matroska" in head[:64] else None
        )
    for start, mime in STARTS.items():
        if head.startswith(start):
            return mime
    if head.startswith(b"ID3") or is_mpeg_audio(head):
        return "audio/mpeg"
    return None


def by_brand(head: bytes) -> str | None:
    (length,) = struct.unpack(">I", head[:4])
    brands = [head[8:12]] + [head[at : at + 4] for at in range(16, min(length, len(head)), 4)]
    if HEIF & set(brands):
        raise UploadRefused(
            _(
                "还不能上传 HEIC 或 AVIF 格式的照片，请另存为 JPG 再传。"
                "苹果手机可在“设置—相机—格式”里选“兼容性最佳”。"
            ),
            415,
        )
    return next((BRANDS[brand] for brand in brands if brand in BRANDS), None)


BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
LOW_BITRATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
RATES = (44100, 48000, 32000, 0)


def is_mpeg_audio(head: bytes) -> bool:
    """Whether it begins with two MPEG layer III frames in a row: a single sync would let anything in."""
    length = frame_length(head)
    return length > 0 and frame_length(head[length:]) > 0


def frame_length(at: bytes) -> int:
    """Bytes of the layer III frame that begins here, 0 if none does."""
    if len(at) < 4 or at[0] != 0xFF or at[1] & 0xE6 != 0xE2:
        return 0
    version = at[1] >> 3 & 3  # 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
    rate = RATES[at[2] >> 2 & 3] >> (0 if version == 3 else 1 if version == 2 else 2)
    bits = (BITRATES if version == 3 else LOW_BITRATES)[at[2] >> 4] * 1000
    if version == 1 or not rate or not bits:
        return 0
    return (144 if version == 3 else 72) * bits // rate + (at[2] >> 1 & 1)
