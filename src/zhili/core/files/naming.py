"""Names that uploaders give to files, made harmless for pages, downloads and every kind of disk."""

import re
import unicodedata

from zhili.core.files import kinds

EXTENSIONS = {
    "image/jpeg": ("jpg", "jpeg", "jpe"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/amr": ("amr",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
    "video/x-matroska": ("mkv", "mka"),
    "audio/wav": ("wav",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/flac": ("flac",),
    kinds.DOCX: ("docx",),
    kinds.XLSX: ("xlsx",),
    kinds.PPTX: ("pptx",),
    kinds.ODT: ("odt",),
    kinds.ODS: ("ods",),
    kinds.ODP: ("odp",),
    kinds.OFD: ("ofd",),
    kinds.ZIP: ("zip",),
    kinds.GLB: ("glb",),
    kinds.PLY: ("ply",),
    kinds.LAS: ("las", "laz"),
}
LONGEST = 100
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


def harmless(name: str, mime: str) -> str:
    """The last part of the name, without controls, invisible marks and path characters, its ending that of
    the real kind ("a.html" holding a JPEG becomes "a.html.jpg"), at most 100 characters."""
    last = re.split(r"[/\\]", name[-1000:])[-1]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    plain = re.sub(r'[<>:"|?*%;\s]+', "_", seen).strip("._ ")
    endings = EXTENSIONS[mime]
    stem, dot, ending = plain.rpartition(".")
    if not dot or ending.lower() not in endings:
        stem, ending = plain, endings[0]
    stem = stem[: LONGEST - len(ending) - 1].strip("._ ")
    if not stem:
        stem = "文件"
    elif RESERVED.fullmatch(stem.split(".")[0]):
        stem = f"_{stem}"
    return f"{stem}.{ending.lower()}"
