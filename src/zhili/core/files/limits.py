"""How large, how many. All are our own rules of housekeeping, not law, and a site may change them."""

import re
from collections.abc import Callable
from typing import TypeVar

from zhili.core import params
from zhili.core.files import kinds
from zhili.core.params import Param

T = TypeVar("T")
OURS = "平台约定"
PARAMS = (
    Param("files.max_size", "20MB", title="单个文件的大小上限（一次发送的）", source=OURS),
    Param("files.max_size_pictures", "100MB", title="单张图片的大小上限（分段上传）", source=OURS),
    Param("files.max_size_documents", "200MB", title="单个文档的大小上限（分段上传）", source=OURS),
    Param("files.max_size_recordings", "1GB", title="单个录音的大小上限（分段上传）", source=OURS),
    Param("files.max_size_video", "2GB", title="单个视频的大小上限（分段上传）", source=OURS),
    Param("files.max_size_archives", "2GB", title="单个压缩包的大小上限（分段上传）", source=OURS),
    Param("files.max_size_models", "2GB", title="单个三维模型或点云的大小上限（分段上传）", source=OURS),
    Param("files.max_size_anonymous", "200MB", title="匿名上传单个文件的大小上限（分段上传）", source=OURS),
    Param("files.max_files", "10", title="一次请求的文件数上限", source=OURS),
    Param("files.max_pixels", "64000000", title="单张图片的像素上限", source=OURS),
    Param("files.per_day", "100", title="每个账号或查询码每天上传的文件数上限", source=OURS),
    # Many phones share one address behind an operator's gateway, so this one is wide.
    Param("files.per_day_address", "1000", title="每个网络地址每天匿名上传的文件数上限", source=OURS),
)
QUOTAS = (
    Param("files.office_total", "200GB", title="每个单位上传文件的总量上限（0 为不限）", source=OURS),
    Param("files.site_total", "0", title="全站文件的总量上限（0 为不限）", source=OURS),
    Param("files.keep_free", "1GB", title="磁盘至少要留的空间", source=OURS),
    Param("files.bytes_per_day", "20GB", title="每个账号或查询码每天上传的总量上限", source=OURS),
    Param("files.bytes_per_day_address", "2GB", title="每个网络地址每天匿名上传的总量上限", source=OURS),
    Param(
        "files.open_uploads", "20", title="每个账号、查询码或网络地址同时未传完的大文件数上限", source=OURS
    ),
)
PUBLIC_AFTER_CHECK = Param(
    "files.public_after_check",
    "是",
    title="照片经单位看过才对外公开（是、否，或用逗号隔开的场景名）",
    source=OURS,
)
"""On unless a site decides otherwise: residents are told so when they report, and nobody finds a face by himself."""
FORM_ROOM = 2 * 1024 * 1024
"""Bytes that the other fields of a form with files may take."""


def size(text: str) -> int:
    """Bytes of "20MB", "512KB", "1GB" or a bare number; powers of 1024. Raises ValueError."""
    found = re.fullmatch(r"\s*([0-9]{1,12})\s*([KMG]?)B?\s*", text.upper())
    if not found:
        raise ValueError(f"not a size: {text!r}")
    return int(found[1]) << 10 * " KMG".index(found[2] or " ")


def max_size() -> int:
    """Bytes of one file."""
    return read("files.max_size", size)


def max_of(mime: str, *, anonymous: bool) -> int:
    """Bytes of one file of a kind that comes in pieces."""
    most = read(f"files.max_size_{kinds.GROUP_OF[mime]}", size)
    return min(most, read("files.max_size_anonymous", size)) if anonymous else most


def max_resumable(*, anonymous: bool) -> int:
    """Bytes of the largest file of any kind that comes in pieces."""
    groups = kinds.GROUPS if not anonymous else {kinds.GROUP_OF[mime] for mime in kinds.BASIC}
    most = max(read(f"files.max_size_{group}", size) for group in groups)
    return min(most, read("files.max_size_anonymous", size)) if anonymous else most


def bytes_per_day(anonymous: bool) -> int:
    return read("files.bytes_per_day_address" if anonymous else "files.bytes_per_day", size)


def checked_first(scenario: str) -> bool:
    """Whether pictures of a scenario's matters are public only after an office looked at them."""
    text = read("files.public_after_check", str).strip()
    return text in ("是", "yes", "1", "all", "全部") or scenario in re.split(r"[,，、\s]+", text)


def max_request() -> int:
    """Bytes of one request that carries files."""
    return max_size() * read("files.max_files", int) + FORM_ROOM


def max_pixels() -> int:
    return read("files.max_pixels", int)


def per_day(anonymous: bool) -> int:
    return read("files.per_day_address" if anonymous else "files.per_day", int)


def read(key: str, parse: Callable[[str], T]) -> T:
    """The parameter's value; one that cannot be read counts as its default, so uploads go on."""
    try:
        return parse(params.get(key).text)
    except ValueError:
        return parse(params.declared()[key].default)


def in_words(size: int) -> str:
    """20971520 → "20 MB"."""
    for unit, scale in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if size >= scale:
            return f"{size / scale:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} B"
