"""The code on a site's screen: six digits that change every 30 s (after RFC 6238, HMAC-SHA256).

Made from the site's own secret, which is kept nowhere: it is worked out from the server's key and the project. A code
holds for the half minute it is shown and the one before it, for a hand is slower than a screen.

A screen is given the codes of the next hours (``wages.codes_ahead``), so that it shows the right one without signal.
Whoever holds the screen could read them ahead; they could as well tell a code to somebody elsewhere while it is shown.
A code is one sign among several (fence, three confirmations), never the only one.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

from django.conf import settings

from zhili.scenarios.wages.models import Project

STEP_S: Final = 30
DIGITS: Final = 6
LATE_STEPS: Final = 1


def code(project: Project, at: datetime) -> str:
    """The code shown at that moment."""
    return _of(project, int(at.timestamp()) // STEP_S)


def left_s(at: datetime) -> int:
    """Seconds until it changes, 1 to 30."""
    return STEP_S - int(at.timestamp()) % STEP_S


def fits(project: Project, typed: str, at: datetime) -> bool:
    """Whether this was the site's code at that moment or just before."""
    given = "".join(one for one in typed.strip()[:40] if one.isdigit())
    now = int(at.timestamp()) // STEP_S
    return any(hmac.compare_digest(given, _of(project, now - late)) for late in range(LATE_STEPS + 1))


def ahead(project: Project, at: datetime, hours: int) -> tuple[int, list[str]]:
    """The number of this half minute, and the codes from it on."""
    first, key = int(at.timestamp()) // STEP_S, _key(project)
    return first, [_made(key, step) for step in range(first, first + hours * 3600 // STEP_S)]


def _of(project: Project, step: int) -> str:
    return _made(_key(project), step)


def _key(project: Project) -> bytes:
    name = f"wages-site/{project.pk}/{project.code_round}"
    return hmac.digest(settings.SECRET_KEY.encode(), name.encode(), "sha256")


def _made(key: bytes, step: int) -> str:
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha256")
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"
