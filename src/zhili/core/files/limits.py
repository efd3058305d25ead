"""How large, how many. All are our own rules of housekeeping, not law, and a site may change them."""

import re
from collections.abc import Callable
from typing import TypeVar

from zhili.core import params
from zhili.core.params import Param

T = TypeVar("T")
OURS = "平台约定"
PARAMS = (
    Param("files.max_size", "20MB", title="单个文件的大小上限", source=OURS),
    Param("files.max_files", "10", title="一次请求的文件数上限", source=OURS),
    Param("files.max_pixels", "64000000", title="单张图片的像素上限", source=OURS),
    Param("files.per_day", "100", title="每个账号或查询码每天上传的文件数上限", source=OURS),
    # Many phones share one address behind an operator's gateway, so this one is wide.
    Param("files.per_day_address", "1000", title="每个网络地址每天匿名上传的文件数上限", source=OURS),
)
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
