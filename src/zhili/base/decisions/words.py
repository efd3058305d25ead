"""Sentences about a table: plain Chinese as they stand, and in parts for a page in another language."""

from __future__ import annotations

from typing import Any


class Words(str):
    """A Chinese sentence; ``text`` is its form with ``%(name)s`` places, ``told`` what stands in them.

    A value told may itself be Words or a list of them. Used as a string it is the finished Chinese sentence.
    """

    text: str
    told: dict[str, Any]

    def __new__(cls, text: str, /, **told: Any) -> Words:
        made = super().__new__(cls, text % {name: _flat(value) for name, value in told.items()})
        made.text, made.told = text, told
        return made


def _flat(value: Any) -> Any:
    return "；".join(map(str, value)) if isinstance(value, (list, tuple)) else value
