"""Zip archives and what is built on them (office documents): judged by their directory, nothing is unpacked."""

import zipfile
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from zhili.core.files import kinds
from zhili.core.files.refusal import UploadRefused

MOST_ENTRIES: Final = 20_000
SWELLS: Final = 200
"""How many times its size an archive may become when unpacked; text and empty tables reach about 100."""
SMALL: Final = 50 * 1024 * 1024
"""What unpacks to no more than this is harmless, however well it was packed."""
ENCRYPTED: Final = 0x1
OPEN_DOCUMENTS: Final = {kinds.ODT, kinds.ODS, kinds.ODP}
OFFICE: Final = {"word/": kinds.DOCX, "xl/": kinds.XLSX, "ppt/": kinds.PPTX}
ACTIVE: Final = ("vbaproject.bin", "/activex/", "basic/script-lc.xml", "/embeddings/oleobject")


def judged(path: Path) -> str:
    """The kind of a file that begins like a zip. Raises UploadRefused: broken, a bomb, encrypted, with macros."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            refuse_swelling(entries, path.stat().st_size)
            return kind_of(archive, entries)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError, UnicodeError):
        raise UploadRefused(_("这个压缩包不完整或读不懂，请重新压缩再传。"), 422) from None


def refuse_swelling(entries: list[zipfile.ZipInfo], size: int) -> None:
    if not entries:
        raise UploadRefused(_("这个压缩包是空的，请重新选择。"), 422)
    unpacked = sum(one.file_size for one in entries)
    # parts that overlap are the trick of bombs that need no nesting
    overlapping = sum(one.compress_size for one in entries) > size
    if len(entries) > MOST_ENTRIES or overlapping or unpacked > max(SMALL, SWELLS * size):
        raise UploadRefused(_("这个压缩包解开后会大得异常，不能上传。请分成几个普通的压缩包。"), 413)
    if any(one.flag_bits & ENCRYPTED for one in entries):
        raise UploadRefused(_("加了密码的压缩包不能做安全检查，请去掉密码再传。"), 415)
    if any(leaves_its_folder(one.filename) for one in entries):
        raise UploadRefused(_("这个压缩包里有指向别处的路径，不能上传，请重新压缩。"), 415)


def leaves_its_folder(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or "\x00" in name or plain[1:2] == ":"


def kind_of(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    names = [one.filename for one in entries]
    kind = kinds.ZIP
    if "[Content_Types].xml" in names:
        kind = next((m for start, m in OFFICE.items() if any(n.startswith(start) for n in names)), kind)
    elif entries[0].filename == "mimetype" and entries[0].compress_type == zipfile.ZIP_STORED:
        with archive.open(entries[0]) as source:
            told = source.read(100).strip()
        kind = next((one for one in OPEN_DOCUMENTS if one.encode() == told), kind)
    elif "OFD.xml" in names:
        kind = kinds.OFD
    if kind != kinds.ZIP and any(part in f"/{name}".lower() for name in names for part in ACTIVE):
        raise UploadRefused(_("这个文档里有宏或会自动运行的内容，不能上传，请另存为普通文档再传。"), 415)
    return kind
