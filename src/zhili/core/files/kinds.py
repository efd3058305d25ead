"""What kind of file the bytes say it is. What the uploader says (name, Content-Type) is not asked."""

import struct

import filetype
from django.utils.translation import gettext as _

from zhili.core.files.refusal import UploadRefused

HEAD = 4096
"""Bytes from the start that decide."""

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
}
"""What the library `filetype` may call each kind; None where it does not know every brand."""

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


def kind_of(head: bytes) -> str:
    """The MIME type of a file that begins with `head` (its first HEAD bytes). Raises UploadRefused (415)."""
    mime = by_magic(head)
    if mime is None:
        raise UploadRefused(
            _("只能上传照片（JPG、PNG、WebP）、PDF、录音（MP3、M4A、AMR）和视频（MP4），请换一个文件。"), 415
        )
    second = filetype.guess(head)
    start = head[:MARKUP_WITHIN].lower()
    if (
        (second.mime if second else None) not in SECOND_OPINION[mime]
        or any(tag in start for tag in MARKUP)
        or (mime != "application/pdf" and b"%pdf-" in start)
    ):
        raise UploadRefused(
            _("这个文件同时像几种文件，为安全起见不能上传，请另存为普通图片或 PDF 再传。"), 415
        )
    return mime


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
