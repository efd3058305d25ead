"""The four official levels as pages show them: an icon and a word each, the colour only helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, gettext_noop


@dataclass(frozen=True, slots=True)
class Shown:
    """A level in the reader's language."""

    name: str
    title: str
    icon: str


KNOWN: Final = {
    "red": (gettext_noop("红色"), "triangle-alert"),
    "orange": (gettext_noop("橙色"), "circle-alert"),
    "yellow": (gettext_noop("黄色"), "bell"),
    "blue": (gettext_noop("蓝色"), "info"),
}
"""The gravest first."""


def shown(name: str) -> Shown:
    title, icon = KNOWN.get(name, (name, "info"))
    return Shown(name, gettext(title), icon)
