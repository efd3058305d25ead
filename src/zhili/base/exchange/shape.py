"""What values may be, said once: judged here, and told to strangers as JSON Schema and as tables of docs/protocol.md.

Every judgement names the path of the value at fault, from the value it was given.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from zhili.base.exchange.errors import WireError
from zhili.base.exchange.reading import sound_text

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SHA256: Final = r"[0-9a-f]{64}"
SITE: Final = r"[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?"
NAME: Final = r"[a-z][a-z0-9_]{0,63}"
CODE: Final = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?"


def wrong(detail: str, path: str = "") -> WireError:
    """A value that is not what the protocol asks for."""
    return WireError("malformed", detail, path)


class Shape(ABC):
    """What one value may be."""

    @abstractmethod
    def check(self, value: Any, path: str = "") -> None:
        """Raises WireError("malformed", …, path of the value at fault)."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema (2020-12)."""

    @abstractmethod
    def words(self) -> str:
        """The same in a few words, for a table."""


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """``least`` to ``most`` signs; with ``pattern`` the whole text fits it."""

    most: int
    least: int = 1
    pattern: str = ""
    called: str = "text"

    def check(self, value: Any, path: str = "") -> None:
        if not isinstance(value, str):
            raise wrong(f"must be {self.words()}", path)
        if not self.least <= len(value) <= self.most or not sound_text(value):
            raise wrong(f"must be {self.words()}", path)
        if self.pattern and not re.fullmatch(self.pattern, value, re.ASCII):
            raise wrong(f"must be {self.words()}", path)

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "string", "minLength": self.least, "maxLength": self.most}
        return found | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})

    def words(self) -> str:
        return self.called if self.pattern else f"{self.called}, {self.least}–{self.most} signs"


@dataclass(frozen=True, slots=True)
class Instant(Shape):
    """``2026-11-22T10:00:00Z``: UTC, whole seconds, so that one instant has one spelling."""

    def check(self, value: Any, path: str = "") -> None:
        instant(value, path)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "pattern": f"^{_INSTANT.pattern}$"}

    def words(self) -> str:
        return "instant (UTC, whole seconds, `Z`)"


@dataclass(frozen=True, slots=True)
class Day(Shape):
    """``2026-11-22``."""

    def check(self, value: Any, path: str = "") -> None:
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                date.fromisoformat(value)
                return
        except ValueError:
            pass
        raise wrong("must be a day (YYYY-MM-DD)", path)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": f"^{_DAY.pattern}$"}

    def words(self) -> str:
        return "day (YYYY-MM-DD)"


@dataclass(frozen=True, slots=True)
class Number(Shape):
    """From ``low`` to ``high``, both allowed."""

    low: float
    high: float
    unit: str = ""

    def check(self, value: Any, path: str = "") -> None:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not self.low <= value <= self.high
        ):
            raise wrong(f"must be a {self.words()}", path)

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    def words(self) -> str:
        return f"number {self.low:g} to {self.high:g}{' ' + self.unit if self.unit else ''}"


@dataclass(frozen=True, slots=True)
class Whole(Shape):
    """An integer from ``low`` to ``high``, both allowed."""

    low: int
    high: int = 2**53 - 1
    unit: str = ""

    def check(self, value: Any, path: str = "") -> None:
        if type(value) is not int or not self.low <= value <= self.high:
            raise wrong(f"must be an {self.words()}", path)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def words(self) -> str:
        top = "2^53 − 1" if self.high == 2**53 - 1 else str(self.high)
        return f"integer {self.low} to {top}{' ' + self.unit if self.unit else ''}"


@dataclass(frozen=True, slots=True)
class Flag(Shape):
    """True or false."""

    def check(self, value: Any, path: str = "") -> None:
        if not isinstance(value, bool):
            raise wrong("must be true or false", path)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def words(self) -> str:
        return "true or false"


@dataclass(frozen=True, slots=True)
class Choice(Shape):
    """One of these texts."""

    of: tuple[str, ...]

    def check(self, value: Any, path: str = "") -> None:
        if not isinstance(value, str) or value not in self.of:
            raise wrong(f"must be one of {', '.join(self.of)}", path)

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.of)}

    def words(self) -> str:
        return " · ".join(f"`{one}`" for one in self.of)


@dataclass(frozen=True, slots=True)
class Many(Shape):
    """A list of ``least`` to ``most`` values of one shape."""

    item: Shape
    most: int
    least: int = 0

    def check(self, value: Any, path: str = "") -> None:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise wrong(f"must be a list of {self.least} to {self.most}", path)
        for number, one in enumerate(value):
            self.item.check(one, f"{path}[{number}]")

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "array", "items": self.item.schema(), "maxItems": self.most}
        return found | ({"minItems": self.least} if self.least else {})

    def words(self) -> str:
        return f"list of {self.least}–{self.most}: {self.item.words()}"


@dataclass(frozen=True, slots=True)
class Named(Shape):
    """An object of freely named values of one shape, at most ``most``."""

    item: Shape
    most: int
    name: str = NAME

    def check(self, value: Any, path: str = "") -> None:
        if not isinstance(value, dict) or len(value) > self.most:
            raise wrong(f"must be an object of at most {self.most} values", path)
        for name, one in value.items():
            if not re.fullmatch(self.name, name, re.ASCII):
                raise wrong("is no name of a field", f"{path}.{name[:64]}")
            self.item.check(one, f"{path}.{name}")

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^(?:{self.name})$"},
            "additionalProperties": self.item.schema(),
            "maxProperties": self.most,
        }

    def words(self) -> str:
        return f"object of at most {self.most} named values: {self.item.words()}"


@dataclass(frozen=True, slots=True)
class Plain(Shape):
    """A text of at most ``most`` signs, a number, true or false, or null."""

    most: int = 4000

    def check(self, value: Any, path: str = "") -> None:
        if value is None or isinstance(value, bool | int | float):
            return
        if not isinstance(value, str) or len(value) > self.most or not sound_text(value):
            raise wrong(f"must be {self.words()}", path)

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean", "null"], "maxLength": self.most}

    def words(self) -> str:
        return f"text of at most {self.most} signs, number, true, false or null"


@dataclass(frozen=True, slots=True)
class Anything(Shape):
    """Any object; what is in it is the affair of who reads it."""

    def check(self, value: Any, path: str = "") -> None:
        if not isinstance(value, dict):
            raise wrong("must be an object", path)

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}

    def words(self) -> str:
        return "any JSON object"


@dataclass(frozen=True, slots=True)
class Maybe(Shape):
    """May be left out, or null where ``null`` says so."""

    item: Shape
    null: bool = False

    def check(self, value: Any, path: str = "") -> None:
        if value is not None or not self.null:
            self.item.check(value, path)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.item.schema(), {"type": "null"}]} if self.null else self.item.schema()

    def words(self) -> str:
        return self.item.words() + (", or null" if self.null else "")


@dataclass(frozen=True, slots=True)
class Record(Shape):
    """An object of these members and no others; all there but those that are Maybe."""

    members: Mapping[str, Shape]
    about: Mapping[str, str] = field(default_factory=dict)
    called: str = "object"

    def check(self, value: Any, path: str = "") -> None:
        if not isinstance(value, dict):
            raise wrong("must be an object", path)
        dot = f"{path}." if path else ""
        for name, shape in self.members.items():
            if name in value:
                shape.check(value[name], dot + name)
            elif not isinstance(shape, Maybe):
                raise wrong("is missing", dot + name)
        for name in value:
            if name not in self.members:
                raise wrong("is not known to this version of the protocol", dot + name[:64])

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
        for name, shape in self.members.items():
            said = self.about.get(name)
            found["properties"][name] = shape.schema() | ({"description": said} if said else {})
        found["required"] = [n for n, shape in self.members.items() if not isinstance(shape, Maybe)]
        return found

    def words(self) -> str:
        return self.called


def instant(value: Any, path: str = "") -> datetime:
    """The aware UTC time. Raises WireError malformed."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise wrong("must be an instant like 2026-11-22T10:00:00Z", path)


def spelt(at: datetime) -> str:
    """An aware time as the protocol spells it. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
