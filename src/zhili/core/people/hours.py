"""Working hours as they are written: [["08:30","12:00"],["13:30","17:30"]] in a row, "08:30-12:00,…" in a
parameter. "24:00" is the end of the day."""

import re
from datetime import time
from functools import lru_cache
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from zhili.base.clock import Hours

Spans = tuple[tuple[str, str], ...]
_MOMENT: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")


@lru_cache(maxsize=256)
def parse(spans: Spans) -> Hours:
    """Spans as Hours; ValueError says in words what is wrong."""
    return Hours(tuple((_moment(start), _moment(end)) for start, end in spans))


def of_json(value: Any) -> Spans | None:
    """The spans of a row's JSON; None when the office sets none. Raises ValueError or TypeError."""
    return tuple((str(start), str(end)) for start, end in value) if value else None


def of_text(text: str) -> Spans:
    """The spans of "08:30-12:00,13:30-17:30"."""
    pairs = (span.partition("-") for span in text.replace("，", ",").split(","))
    return tuple((start.strip(), end.strip()) for start, _, end in pairs)


def check(value: Any) -> None:
    """Validator of Office.hours."""
    try:
        spans = of_json(value)
        if spans is not None:
            parse(spans)
    except (ValueError, TypeError) as error:
        raise ValidationError(gettext("工作时间有误：%(error)s") % {"error": error}) from error


def _moment(text: str) -> time:
    found = _MOMENT.fullmatch(text)
    if not found or (found[1] == "24" and found[2] != "00"):
        raise ValueError(f"时刻写法有误：{text}（应如 08:30）")
    return time.max if found[1] == "24" else time(int(found[1]), int(found[2]))
