"""A draw that anyone can run again: the method of RFC 3797, with SHA-256 in place of MD5.

Who may be drawn (the list) and where the seed will come from (the sources) are published first; the sources' values
are known only later. From both, the result follows by arithmetic alone:

1. Each source becomes a line of text: its numbers in ascending order, each followed by ``.`` (order within a lottery
   is no information); a word, such as a hash in hex, in capital letters and digits only, followed by ``.``. Each
   source ends with ``/``. The lines in the order announced are the *key*: ``9319./2.5.8.10.12./9.18.26.34.41.45./``
2. For the i-th pick (i = 0, 1, 2 …) ``H(i ‖ key ‖ i)`` is computed, ``i`` as two bytes, high byte first.
3. That number modulo how many are still on the list says which of them, counted from zero, is picked; it leaves the
   list, so that nobody is picked twice.

RFC 3797 gives numbers and this selection; words and strata (a draw of each office or county by itself, whose key is
the common key followed by the stratum's own name and ``/``) are ours. MD5 serves only to check the RFC's example.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Source = Sequence[int] | str
"""The values of one source of the seed: whole numbers in any order, or a word."""
HASHES: Final = ("sha256", "md5")
MOST: Final = 65_536
"""Picks of one stratum: the counter has two bytes."""


class DrawError(ValueError):
    """The draw cannot be made as asked: says why."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody or something on the list: a name of its own, and the stratum it is drawn in ('' for one draw of all)."""

    name: str
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """One pick. ``digest`` in hex; ``left`` were on the list; ``index`` is where on the whole list, from zero."""

    digest: str
    left: int
    index: int


def key_string(sources: Sequence[Source]) -> str:
    """The key of these sources, in their order. Raises DrawError for a source that says nothing."""
    if not sources:
        raise DrawError("没有种子来源")
    return "".join(_line(one) for one in sources)


def _line(source: Source) -> str:
    if isinstance(source, str):
        word = "".join(c for c in source.upper() if c.isascii() and c.isalnum())
        if not word:
            raise DrawError("种子来源没有可用的字母或数字")
        return f"{word}./"
    if not source or any(type(n) is not int or n < 0 for n in source):
        raise DrawError("种子来源应当是不小于0的整数")
    return "".join(f"{n}." for n in sorted(source)) + "/"


def select(key: str, size: int, count: int, hash_name: str = "sha256") -> list[Pick]:
    """``count`` picks, in order, from a list of ``size``: the same for everyone who runs it.

    Raises DrawError when more are wanted than there are, or than the method can number.
    """
    if hash_name not in HASHES:
        raise DrawError(f"不支持的算法：{hash_name}")
    if not 0 <= count <= min(size, MOST):
        raise DrawError(f"不能从 {size} 个中抽 {count} 个")
    pool, picks, said = list(range(size)), [], key.encode()
    for i in range(count):
        counter = i.to_bytes(2, "big")
        digest = hashlib.new(hash_name, counter + said + counter, usedforsecurity=False).hexdigest()
        left = len(pool)
        picks.append(Pick(digest, left, pool.pop(int(digest, 16) % left)))
    return picks


_LOW = re.compile("[\0-\x08]")


def canonical_list(candidates: Sequence[Candidate]) -> bytes:
    """The list as it is frozen and hashed: sorted, one line each, ``stratum TAB name LF``, UTF-8.

    Raises DrawError for a name twice, an empty name, or one that would break a line.
    """
    lines = [f"{one.stratum}\t{one.name}\n" for one in candidates]
    if _LOW.search("".join(lines)):
        pairs = sorted([(one.stratum, one.name) for one in candidates])
        lines = [f"{stratum}\t{name}\n" for stratum, name in pairs]
    else:  # nothing sorts below the tab, so whole lines sort as their parts do
        lines.sort()
    if len({one.name for one in candidates}) != len(lines):
        raise DrawError("名单里有重复的编号")
    text = "".join(lines)
    # a tab or line end of an entry's own makes more of them than lines; an empty name ends the line after its tab
    more = text.count("\t") != len(lines) or text.count("\n") != len(lines) or "\r" in text or "\0" in text
    if more or "\t\n" in text:
        raise DrawError("名单里有空的编号或换行")
    return text.encode()


def read_list(frozen: bytes) -> list[Candidate]:
    """The candidates of a canonical list. Raises DrawError when it is not in that very form."""
    try:
        parts = [line.split("\t") for line in frozen.decode().split("\n")[:-1]]
        found = [Candidate(name, stratum) for stratum, name in parts]
    except (UnicodeDecodeError, ValueError) as error:
        raise DrawError("名单不是规定的格式") from error
    if canonical_list(found) != frozen:
        raise DrawError("名单不是规定的格式")
    return found


def list_digest(frozen: bytes) -> str:
    """SHA-256 of a canonical list in hex: what is announced of it."""
    return hashlib.sha256(frozen).hexdigest()


def shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    """How many of each stratum: in proportion to its size, rest by largest remainder, ties by name.

    Every candidate then has as nearly as whole numbers allow the same chance. Raises DrawError when ``count`` is more
    than there are.
    """
    total = sum(sizes.values())
    if not 0 <= count <= total:
        raise DrawError(f"不能从 {total} 个中抽 {count} 个")
    given = {name: count * size // total if total else 0 for name, size in sizes.items()}
    rest = sorted(sizes, key=lambda name: (-(count * sizes[name] % total) if total else 0, name))
    for name in rest[: count - sum(given.values())]:
        given[name] += 1
    return given


def run(frozen: bytes, count: int, sources: Sequence[Source], hash_name: str = "sha256") -> list[Candidate]:
    """The result of a draw, in the order picked, stratum by stratum in order of their names. Raises DrawError."""
    read_list(frozen)
    return run_proven(frozen, count, sources, hash_name)


def run_proven(
    frozen: bytes, count: int, sources: Sequence[Source], hash_name: str = "sha256"
) -> list[Candidate]:
    """The same of bytes already known to be a canonical list: none of it is looked at twice."""
    key = key_string(sources)
    strata: dict[str, list[str]] = {}
    for line in frozen.decode().split("\n")[:-1]:
        stratum, _tab, name = line.partition("\t")
        strata.setdefault(stratum, []).append(name)
    wanted = shares({name: len(some) for name, some in strata.items()}, count)
    picked = []
    for stratum in sorted(strata):
        own, names = f"{key}{stratum}/" if stratum else key, strata[stratum]
        picks = select(own, len(names), wanted[stratum], hash_name)
        picked += [Candidate(names[one.index], stratum) for one in picks]
    return picked
