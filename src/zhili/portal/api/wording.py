"""Pydantic's reasons in words for people; it speaks English only."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def reason(error: Mapping[str, Any]) -> str:
    """A finished sentence for one of pydantic's errors, in the reader's language."""
    kind, context = str(error.get("type", "")), error.get("ctx") or {}
    if kind == "value_error":
        return str(context.get("error") or _("这一项不符合要求。"))
    for start, sentence in _sentences().items():
        if kind.startswith(start):
            return sentence % {name: str(value) for name, value in context.items()} if context else sentence
    return _("这一项不符合要求。")


def _sentences() -> dict[str, str]:
    """By the beginning of pydantic's name of the error; the first that fits."""
    return {
        "int": _("应当是整数。"),
        "float": _("应当是数字。"),
        "finite": _("应当是数字。"),
        "bool": _("应当是 true 或 false。"),
        "datetime": _("应当是带时区的时间，例如 2026-03-01T08:00:00+08:00。"),
        "timezone": _("应当是带时区的时间，例如 2026-03-01T08:00:00+08:00。"),
        "date": _("应当是日期，例如 2026-03-01。"),
        "uuid": _("应当是一个编号（UUID）。"),
        "literal_error": _("应当是下列之一：%(expected)s。"),
        "enum": _("应当是下列之一：%(expected)s。"),
        "missing": _("缺少这一项。"),
        "greater_than_equal": _("不能小于 %(ge)s。"),
        "less_than_equal": _("不能大于 %(le)s。"),
        "string_too_long": _("太长，最多 %(max_length)s 个字符。"),
        "string_too_short": _("太短。"),
        "string": _("应当是文字。"),
        "extra_forbidden": _("没有这个条件。"),
    }
