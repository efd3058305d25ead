"""Ranges of fines as statutes write them: 五百元以上五千元以下 is (500, 5000), 一万元以下 is (0, 10000)."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = {d: n for n, d in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS: Final = {"十": 10, "百": 100, "千": 1_000}
_LARGE: Final = {"万": 10_000, "亿": 100_000_000}
_AMOUNT: Final = r"([零〇一二两三四五六七八九十百千万亿\d.,]+)元"
_BOTH: Final = re.compile(
    _AMOUNT + r"(?:人民币)?以上(?:不满|不足)?(?:人民币)?" + _AMOUNT + r"(?:人民币)?以下"
)
_BELOW: Final = re.compile(_AMOUNT + r"(?:人民币)?以下")


def number(text: str) -> int | None:
    """A whole amount in Chinese or Arabic digits; None when it is none."""
    plain = text.replace(",", "")
    if re.fullmatch(r"\d+", plain):
        return int(plain)
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)([万亿])", plain):
        value = float(match[1]) * _LARGE[match[2]]
        return int(value) if value.is_integer() else None
    total = part = digit = 0
    for sign in plain:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _UNITS:
            part += (digit or 1) * _UNITS[sign]
            digit = 0
        elif sign in _LARGE:
            total = (
                (total + part + digit) * _LARGE[sign]
                if sign == "亿"
                else total + (part + digit) * _LARGE[sign]
            )
            part = digit = 0
        else:
            return None
    return total + part + digit


def ranges_in(clause: str) -> set[tuple[int, int]]:
    """Every range of yuan a clause names, from and to."""
    found: set[tuple[int, int]] = set()
    rest = clause
    for match in _BOTH.finditer(clause):
        low, high = number(match[1]), number(match[2])
        if low is not None and high is not None:
            found.add((low, high))
        rest = rest.replace(match[0], "；")
    for match in _BELOW.finditer(rest):
        high = number(match[1])
        if high is not None:
            found.add((0, high))
    return found
