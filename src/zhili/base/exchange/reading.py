"""JSON from another site, read so strictly that two programs cannot understand it differently.

Refused: not UTF-8, a name twice in one object, NaN and infinities, integers beyond 2^53, too deep, too many values,
longest text, lone surrogates and NUL (no database keeps them). What is read has a canonical form (RFC 8785).
"""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn

DEEPEST: Final = 24
MOST_VALUES: Final = 200_000
LONGEST_TEXT: Final = 65_536
LONGEST_NAME: Final = 200
MOST_DIGITS: Final = 40
_SAFE: Final = 2**53 - 1
_ALLOWED = "\n\t"


class Unreadable(ValueError):
    """No JSON that may be read. ``large``: it was not even looked at. ``path``: where, as far as known."""

    def __init__(self, why: str, path: str = "", *, large: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.path = path
        self.large = large


def read(raw: bytes, most: int, longest_text: int = LONGEST_TEXT) -> Any:
    """The value of at most ``most`` bytes. Raises Unreadable."""
    if len(raw) > most:
        raise Unreadable(f"{len(raw)} bytes, at most {most} are read", large=True)
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except Unreadable:
        raise
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except RecursionError:
        raise Unreadable(f"nested deeper than {DEEPEST}") from None
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}"[:200]) from None
    _look_through(value, longest_text)
    return value


def sound_text(text: str) -> bool:
    """No control character but line feed and tab, no half of a surrogate pair."""
    if text.isascii() and text.isprintable():
        return True
    return not any(
        (sign < " " and sign not in _ALLOWED) or sign == "\x7f" or "\ud800" <= sign <= "\udfff"
        for sign in text
    )


def _look_through(value: Any, longest_text: int) -> None:
    """Raises Unreadable for what is too deep, too many or no sound text. The path is put together only then."""
    level: list[tuple[Any, Any, Any]] = [(value, None, None)]  # value, name or number, where it stands
    count = 0
    for _deep in range(DEEPEST + 1):
        below: list[tuple[Any, Any, Any]] = []
        for place in level:
            found = place[0]
            if type(found) is str:
                if len(found) > longest_text or not sound_text(found):
                    why = "control characters" if len(found) <= longest_text else f"over {longest_text} signs"
                    raise Unreadable(f"no text that may be kept: {why}", _path(place))
            elif type(found) is dict:
                for name, one in found.items():
                    if len(name) > LONGEST_NAME or not sound_text(name):
                        raise Unreadable("no name of a value", _path(place))
                    below.append((one, name, place))
            elif type(found) is list:
                below.extend((one, number, place) for number, one in enumerate(found))
        count += len(below)
        if count > MOST_VALUES:
            raise Unreadable(f"more than {MOST_VALUES} values")
        if not below:
            return
        level = below
    raise Unreadable(f"nested deeper than {DEEPEST}", _path(level[0]))


def _path(place: tuple[Any, Any, Any]) -> str:
    parts: list[str] = []
    step: Any = place
    while step is not None and step[1] is not None:
        parts.append(f"[{step[1]}]" if isinstance(step[1], int) else f".{step[1][:100]}")
        step = step[2]
    return "".join(reversed(parts)).removeprefix(".")[:200]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Unreadable("a name stands twice in one object", twice[:100])
    return found


def _constant(word: str) -> NoReturn:
    raise Unreadable(f"{word} is no JSON number")


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS or abs(number := int(text)) > _SAFE:
        raise Unreadable("an integer beyond 2^53")
    return number


def _float(text: str) -> float:
    number = float(text) if len(text) <= MOST_DIGITS else math.inf
    if not math.isfinite(number):
        raise Unreadable("a number too large or too long")
    return number
