"""The programs with which strangers check what this site hands out, as the site itself hands them out.

They are written and read in docs/; data/ holds links to them, so that they come along with the package.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"
NAMES: Final = ("verify_receipt", "verify_bag", "verify_draw", "verify_stats")
FIRST: Final = b"#!/usr/bin/env python3\n"


@cache
def source(name: str) -> bytes | None:
    """The program as it is in docs/; None where it did not come along (a checkout without symbolic links)."""
    try:
        found = (DATA / f"{name}.txt").read_bytes()
    except OSError:
        return None
    return found if found.startswith(FIRST) else None


def address(name: str) -> str:
    """Where this site hands it out; empty where it cannot."""
    return f"/verify/{name}.py" if source(name) else ""
