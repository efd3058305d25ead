"""Fields answered by picking: one of several, some of several, an office, a number of stars."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from zhili.core.forms.field import Column, Field
from zhili.core.forms.plain import Integer

Given = Iterable[Any]
"""Values, (value, title) pairs, or groups (title, [pairs])."""
OFFICE_ID = re.compile(r"[1-9][0-9]{0,17}")
Option = tuple[str, str, str]
"""(value, title in Chinese, title of its group or "")."""


def options(given: Given) -> list[Option]:
    """The choices one by one, whatever shape they were declared in."""
    found: list[Option] = []
    for one in given:
        if isinstance(one, str | int):
            found.append((str(one), str(one), ""))
        elif isinstance(one[1], list | tuple):
            found += [(value, title, str(one[0])) for value, title, _group in options(one[1])]
        else:
            found.append((str(one[0]), str(one[1]), ""))
    return found


class Choice(Field):
    """One of `choices`. A callable is asked each time, so it must be quick (cache it at its source)."""

    type = "choice"
    partial = "choice"
    few: ClassVar = 6
    """Up to so many are shown at once; more are folded into a list."""

    def __init__(self, label: str, choices: Given | Callable[[], Given] = (), **common: Any) -> None:
        super().__init__(label, **common)
        self.choices: Sequence[Option] | Callable[[], Given]
        self.choices = choices if callable(choices) else options(choices)
        self._last: tuple[Given, Sequence[Option]] | None = None

    def offered(self, choices: Given | None = None) -> Sequence[Option]:
        """What may be picked now; `choices` given by the caller (for this actor, this case) come first."""
        if choices is not None:
            return options(choices)
        return self._asked(self.choices()) if callable(self.choices) else self.choices

    def _asked(self, given: Given) -> Sequence[Option]:
        """A tuple given again is not gone through again; a list may have changed in place."""
        if not isinstance(given, tuple):
            return options(given)
        last = self._last
        if last is None or last[0] is not given:
            last = self._last = (given, options(given))
        return last[1]

    def clean(self, raw: Any, choices: Given | None = None) -> str:
        return self.pick(raw, {value for value, _title, _group in self.offered(choices)})

    def pick(self, raw: Any, allowed: set[str]) -> str:
        if isinstance(raw, str) and (value := raw.strip()) in allowed:
            return value
        raise self.wrong(_("“{label}”里没有这个选项，请从列出的选项中选。"))

    def please(self) -> str:
        return _("请选择“{label}”。").format(label=self.title)

    def schema(self) -> dict[str, Any]:
        # A list that changes while the site runs is left out of the schema and checked on arrival.
        known = [] if callable(self.choices) else [value for value, _title, _group in self.choices]
        return {"type": "string"} | ({"enum": known} if known else {})

    def spec(self) -> dict[str, Any]:
        return {
            "choices": [
                {"value": value, "title": gettext(title)} | ({"group": gettext(group)} if group else {})
                for value, title, group in self.offered()
            ]
        }

    def columns(self) -> list[Column]:
        titles = {value: gettext(title) for value, title, _group in self.offered()}
        required = self.required and not self.when
        return [Column(self.name, self.title, self.type, required, help=self.hint(), choices=titles)]


class MultiChoice(Choice):
    """Any number of `choices` (at least one if required), kept as a list without repeats."""

    type = "multichoice"
    partial = "multichoice"
    many = True

    def clean(self, raw: Any, choices: Given | None = None) -> Any:
        if isinstance(raw, str):  # a spreadsheet cell, or a form with one box ticked
            raw = [part for part in re.split(r"[,，、;；]", raw) if part.strip()]
        if not isinstance(raw, list | tuple):
            raise self.wrong(_("“{label}”里没有这个选项，请从列出的选项中选。"))
        allowed = {value for value, _title, _group in self.offered(choices)}
        return list(dict.fromkeys(self.pick(one, allowed) for one in raw))

    def schema(self) -> dict[str, Any]:
        array: dict[str, Any] = {"type": "array", "items": super().schema()}
        return array | ({"minItems": 1} if self.required else {})


class Office(Choice):
    """An office, by its id. Without choices any id is taken here: the door checks who may receive."""

    type = "office"

    def __init__(self, label: str, choices: Given | Callable[[], Given] | None = None, **common: Any) -> None:
        self.open = choices is None
        super().__init__(label, choices if choices is not None else (), **common)

    def clean(self, raw: Any, choices: Given | None = None) -> Any:
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = str(raw) if 0 < raw < 2**63 else ""
        if self.open and choices is None:
            if isinstance(raw, str) and OFFICE_ID.fullmatch(raw.strip()):
                return int(raw)
            raise self.wrong(_("“{label}”里没有这个单位，请重新选择。"))
        return int(super().clean(raw, choices))

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1}


class Offices(MultiChoice):
    """Several offices, by their ids. Without choices any ids are taken here: the door checks who may receive."""

    type = "offices"

    def __init__(self, label: str, choices: Given | Callable[[], Given] | None = None, **common: Any) -> None:
        self.open = choices is None
        super().__init__(label, choices if choices is not None else (), **common)

    def clean(self, raw: Any, choices: Given | None = None) -> Any:
        if isinstance(raw, list | tuple):
            raw = [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in raw]
        if not self.open or choices is not None:
            return [int(one) for one in super().clean(raw, choices)]
        if isinstance(raw, str):
            raw = [part for part in re.split(r"[,，、;；]", raw) if part.strip()]
        ids = raw if isinstance(raw, list | tuple) else [None]
        if all(isinstance(one, str) and OFFICE_ID.fullmatch(one.strip()) for one in ids):
            return list(dict.fromkeys(int(str(one)) for one in ids))
        raise self.wrong(_("“{label}”里没有这个单位，请重新选择。"))

    def schema(self) -> dict[str, Any]:
        array: dict[str, Any] = {"type": "array", "items": {"type": "integer", "minimum": 1}}
        return array | ({"minItems": 1} if self.required else {})


class Rating(Integer):
    """One to five, five the best."""

    type = "rating"
    partial = "rating"
    words: ClassVar = (
        gettext_noop("很不满意"),
        gettext_noop("不满意"),
        gettext_noop("一般"),
        gettext_noop("满意"),
        gettext_noop("很满意"),
    )

    def __init__(self, label: str, **common: Any) -> None:
        super().__init__(label, min=1, max=5, **common)

    def please(self) -> str:
        return _("请为“{label}”打分，1 分最低，5 分最高。").format(label=self.title)
