"""The name of a sole trader's shop without the name of the person: 张三面馆 is shown as 张*面馆."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from zhili.base.canonical import SALT_BYTES, commitment
from zhili.base.text import fold, mask_name

SHORTEST, LONGEST = 2, 4
"""Characters of a Chinese name; a longer one is only found whole."""


class Sealed(Protocol):
    """A name of which only its secret's row is known."""

    @property
    def salt(self) -> bytes | memoryview | None: ...
    @property
    def masked(self) -> str: ...
    @property
    def hash(self) -> str: ...


class SealedName(NamedTuple):
    """The same, read without its model."""

    salt: bytes | memoryview | None
    masked: str
    hash: str


def shown(name: str, operator: str) -> str:
    """``name`` with the operator's name in it starred; all of it where nothing else stands there."""
    if not operator or len(operator) < SHORTEST:
        return name
    if fold(name) == fold(operator):
        return mask_name(name)
    return re.sub(re.escape(operator), lambda _found: mask_name(operator), name)


def shown_of(name: str, operator: Sealed | None) -> str:
    """The same where the operator's name is known as a secret only: each part of ``name`` is held against its hash.

    Nothing is opened. At most some thirty hashes.
    """
    if operator is None or operator.salt is None or not operator.masked:
        return name
    salt, first = bytes(operator.salt).ljust(SALT_BYTES), operator.masked[0]
    for length in range(LONGEST, SHORTEST - 1, -1):
        for at in range(len(name) - length + 1):
            part = name[at : at + length]
            if part[0] == first and commitment(salt, part).hex() == operator.hash:
                return shown(name, part)
    return name
