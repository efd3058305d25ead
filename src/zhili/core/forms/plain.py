"""Fields for words, yes or no, numbers and dates."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal as Number
from decimal import InvalidOperation
from typing import Any, ClassVar

from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from zhili.core.forms.field import Field
from zhili.core.forms.strings import number_text, tidy

SAFE = 2**53 - 1
"""The largest whole number every JSON reader keeps exactly."""


class Text(Field):
    """One line of text. max_length and min_length count characters."""

    type = "text"
    lines: ClassVar[bool] = False

    def __init__(self, label: str, *, max_length: int = 200, min_length: int = 0, **common: Any) -> None:
        super().__init__(label, **common)
        self.max_length = max_length
        self.min_length = min_length

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> str:
        return tidy(raw, self.title, max_length=self.max_length, min_length=self.min_length, lines=self.lines)

    def schema(self) -> dict[str, Any]:
        # A required answer may not be blank, whatever min_length says.
        least = max(self.min_length, 1 if self.required else 0)
        return {"type": "string", "maxLength": self.max_length} | ({"minLength": least} if least else {})

    def spec(self) -> dict[str, Any]:
        return {"max_length": self.max_length, "min_length": self.min_length}


class LongText(Text):
    """Several lines of text."""

    type = "longtext"
    partial = "longtext"
    lines = True

    def __init__(self, label: str, *, max_length: int = 2000, min_length: int = 0, **common: Any) -> None:
        super().__init__(label, max_length=max_length, min_length=min_length, **common)


class Bool(Field):
    """Yes or no. Unticked is no; a required one must be ticked (consent, "I have read it")."""

    type = "bool"
    partial = "bool"
    yes: ClassVar = frozenset({"true", "on", "1", "yes", "是"})
    no: ClassVar = frozenset({"false", "off", "0", "no", "否"})

    def __init__(self, label: str, **common: Any) -> None:
        super().__init__(label, **({"default": False} | common))

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> bool:
        if isinstance(raw, bool):
            answer = raw
        elif isinstance(raw, str) and (word := raw.strip().lower()) in self.yes | self.no:
            answer = word in self.yes
        else:
            raise self.wrong(_("“{label}”只能填“是”或“否”。"))
        if self.required and not answer:
            raise self.wrong(_("请勾选“{label}”。"))
        return answer

    def please(self) -> str:
        return _("请勾选“{label}”。").format(label=self.title)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"} | ({"const": True} if self.required else {"default": bool(self.default)})


class Integer(Field):
    """A whole number between min and max, both allowed."""

    type = "integer"
    inputmode: ClassVar = "numeric"

    def __init__(
        self, label: str, *, min: int = -SAFE, max: int = SAFE, unit: str = "", **common: Any
    ) -> None:
        super().__init__(label, **common)
        self.min = min
        self.max = max
        self.unit = unit

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> int:
        number = self.read(raw)
        if not self.min <= number <= self.max:
            raise self.wrong(_("“{label}”应在 {min} 到 {max} 之间，请改正。"), min=self.min, max=self.max)
        return number

    def read(self, raw: Any) -> int:
        if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        if isinstance(raw, float) and math.isfinite(raw) and raw.is_integer():
            return int(raw)
        if isinstance(raw, str) and re.fullmatch(r"[+-]?[0-9]{1,16}", plain := number_text(raw)):
            return int(plain)
        raise self.wrong(_("“{label}”应当是整数，例如 3，请改正。"))

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.min, "maximum": self.max}

    def spec(self) -> dict[str, Any]:
        return {"min": self.min, "max": self.max, "unit": self.unit}


class Decimal(Field):
    """An exact number with at most `places` decimals; kept as text ("12.50"), for floats are not exact."""

    type = "decimal"
    inputmode: ClassVar = "decimal"

    def __init__(
        self,
        label: str,
        *,
        places: int = 2,
        min: int | str = -(10**12),
        max: int | str = 10**12,
        unit: str = "",
        **common: Any,
    ) -> None:
        super().__init__(label, **common)
        self.places = places
        self.min = Number(min)
        self.max = Number(max)
        self.unit = unit

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> str:
        number = self.read(raw)
        if not self.min <= number <= self.max:
            raise self.wrong(_("“{label}”应在 {min} 到 {max} 之间，请改正。"), min=self.min, max=self.max)
        rounded = round(number, self.places)
        if rounded != number:
            raise self.wrong(_("“{label}”最多写 {places} 位小数，请改正。"), places=self.places)
        return f"{rounded or abs(rounded):f}"

    def read(self, raw: Any) -> Number:
        try:
            if isinstance(raw, int) and not isinstance(raw, bool):
                return Number(raw)
            if isinstance(raw, float) and math.isfinite(raw):
                return Number(repr(raw))
            if isinstance(raw, Number) and raw.is_finite():
                return raw
            plain = number_text(raw) if isinstance(raw, str) else ""
            if re.fullmatch(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?", plain):
                return Number(plain)
        except InvalidOperation:
            pass
        raise self.wrong(_("“{label}”应当是数字，例如 12.5，请改正。"))

    def schema(self) -> dict[str, Any]:
        tail = rf"(\.[0-9]{{1,{self.places}}})?" if self.places else ""
        return {"type": "string", "pattern": rf"^[+-]?[0-9]{{1,13}}{tail}$"}

    def spec(self) -> dict[str, Any]:
        return {"places": self.places, "min": str(self.min), "max": str(self.max), "unit": self.unit}


STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")
DATE = re.compile(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?")
Bound = date | Callable[[], date] | None


class Date(Field):
    """A day, kept as YYYY-MM-DD. not_before and not_after may be callables such as `date.today`."""

    type = "date"
    input_type: ClassVar = "date"

    def __init__(
        self,
        label: str,
        *,
        not_before: Bound = date(1900, 1, 1),
        not_after: Bound = date(2199, 12, 31),
        **common: Any,
    ) -> None:
        super().__init__(label, **common)
        self.not_before = not_before
        self.not_after = not_after

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> str:
        day = self.read(raw)
        self.within(day)
        return day.isoformat()

    def within(self, day: date) -> None:
        first = self.not_before() if callable(self.not_before) else self.not_before
        last = self.not_after() if callable(self.not_after) else self.not_after
        if first and day < first:
            raise self.wrong(_("“{label}”不能早于 {day}，请改正。"), day=first.isoformat())
        if last and day > last:
            raise self.wrong(_("“{label}”不能晚于 {day}，请改正。"), day=last.isoformat())

    def read(self, raw: Any) -> date:
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        found = DATE.fullmatch(number_text(raw)) if isinstance(raw, str) else None
        if found:
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                raise self.wrong(_("“{label}”里的日期不存在，请对照日历改正。")) from None
        raise self.wrong(_("“{label}”应当是日期，例如 2026-11-21，请改正。"))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    def spec(self) -> dict[str, Any]:
        # Moving limits are left to the server: a page may be filled in days later.
        return {
            key: value.isoformat()
            for key, value in (("min", self.not_before), ("max", self.not_after))
            if isinstance(value, date)
        }


class DateTime(Date):
    """A moment, kept as ISO 8601 with its offset. Without one, the site's own zone is meant."""

    type = "datetime"
    input_type = "datetime-local"

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> str:
        moment = self.moment(raw)
        self.within(moment.astimezone(get_default_timezone()).date())
        return moment.isoformat()

    def moment(self, raw: Any) -> datetime:
        try:
            if isinstance(raw, str) and STAMP.match(raw.strip()):
                raw = datetime.fromisoformat(raw.strip()[:40])
            if isinstance(raw, datetime):
                aware = raw if raw.tzinfo else raw.replace(tzinfo=get_default_timezone())
                aware.astimezone(get_default_timezone())  # years 1 and 9999 can overflow
                return aware
        except (ValueError, OverflowError):
            pass
        raise self.wrong(_("“{label}”应当是日期和时间，例如 2026-11-21 15:04，请改正。"))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}
