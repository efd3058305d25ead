"""What a wage sheet is bound by: a digest for each line, which its worker signs, and one for the whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhili.base.canonical import canonical


def line_digest(line: Mapping[str, Any]) -> str:
    """SHA-256 in hex of a line's facts: whose contract, which month, terms, items with their leaves, gross and net.

    No name and no account number stand in it, so that a leaf that holds it tells of no person.
    """
    return hashlib.sha256(b"wage-line\x00" + canonical(dict(line))).hexdigest()


def sheet_digest(head: Mapping[str, Any], lines: Iterable[tuple[int, str]]) -> str:
    """SHA-256 in hex of a sheet: its head (project, crew, month) and (engagement, line digest) in order of
    engagement.
    """
    bound: Sequence[Any] = [dict(head), sorted([key, digest] for key, digest in lines)]
    return hashlib.sha256(b"wage-sheet\x00" + canonical(bound)).hexdigest()
