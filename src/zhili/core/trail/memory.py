"""What was signed, kept outside the database: ZHILI_HOME/checkpoints.log, one line of JSON for each signed head.

A database can be set back or rewritten by whoever holds it, and would not know. This file remembers: the signer asks it
before it signs, the worker when it starts, `zhili doctor` when it is run. Each line is on the disk before its head is
handed out. Copy it away from the machine: with a copy elsewhere the one here cannot be exchanged unseen either.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final

from django.conf import settings

NAME: Final = "checkpoints.log"
TAIL: Final = 65_536


def path() -> Path:
    return Path(settings.HOME) / NAME


def keep(text: str) -> None:
    """Add a signed head and wait until it is on the disk. Any number of processes may."""
    line = json.dumps(
        {"at": datetime.now(UTC).isoformat(timespec="seconds"), "checkpoint": text}, ensure_ascii=False
    )
    file = path()
    fresh = not file.exists()
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644), "rb+") as out:
        flock(out, LOCK_EX)
        end = out.seek(0, os.SEEK_END)
        torn = False
        if end:  # a machine that lost power in the middle of a line
            out.seek(end - 1)
            torn = out.read(1) != b"\n"
        out.write(b"\n" * torn + line.encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    if fresh:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def kept() -> Iterator[str]:
    """Every signed head of the file, oldest first. A line that is not whole is passed over."""
    try:
        with path().open("rb") as lines:
            for line in lines:
                if (text := _text(line)) is not None:
                    yield text
    except FileNotFoundError:
        return


def read_from(offset: int, most: int) -> tuple[list[str | None], int]:
    """(at most so many signed heads from that byte of the file on, None for a line not whole; where to go on)."""
    found: list[str | None] = []
    try:
        with path().open("rb") as lines:
            lines.seek(offset)
            while len(found) < most and (line := lines.readline()):
                found.append(_text(line))
            return found, lines.tell()
    except FileNotFoundError:
        return [], offset


def last() -> str | None:
    """The newest signed head of the file, read from its end."""
    try:
        with path().open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - TAIL))
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return None
    return next((text for line in reversed(lines) if (text := _text(line)) is not None), None)


def _text(line: bytes) -> str | None:
    try:
        found = json.loads(line)
        return str(found["checkpoint"])
    except (ValueError, KeyError, TypeError):
        return None
