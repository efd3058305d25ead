"""What the pages of money share."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.people.actors import Actor, of_request
from zhili.scenarios.wages.money.keeping import fen_text
from zhili.scenarios.wages.money.words import LINES, SHEETS

SHEET_WORDS, LINE_WORDS = dict(SHEETS), dict(LINES)
TONES = {
    "draft": "state-soon", "checked": "state-soon", "paying": "", "closed": "state-done", "void": "",
    "open": "", "signed": "state-soon", "objected": "state-over", "sent": "", "paid": "state-done",
    "returned": "state-over", "nothing": "",
}  # fmt: skip
ICONS = {
    "closed": "circle-check", "paid": "circle-check", "returned": "triangle-alert", "objected": "triangle-alert",
    "void": "circle-x", "draft": "clock", "checked": "clock", "open": "clock", "signed": "clock",
}  # fmt: skip


def asked(request: HttpRequest) -> tuple[Actor, HttpResponse | None]:
    """Who asks; a stranger is sent to sign in."""
    actor = of_request(request)
    if actor.account_id is None or actor.kind not in ("account", "post"):
        return actor, HttpResponseRedirect(f"/accounts/login/?next={quote(request.get_full_path())}")
    return actor, None


def month_in(text: str, default: date | None = None) -> date:
    """The first day of a month given as 2026-10; else of ``default``, last month."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return (default or last_month()).replace(day=1)


def last_month() -> date:
    first = timezone.localdate().replace(day=1)
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)


def month_words(month: date) -> str:
    return gettext("%(year)d 年 %(month)d 月") % {"year": month.year, "month": month.month}


def state(name: str, words: dict[str, Any]) -> dict[str, str]:
    """A state as its pill is drawn."""
    return {"words": str(words[name]), "tone": TONES[name], "icon": ICONS.get(name, "circle")}


def money(fen: int) -> str:
    """123456789 → 1,234,567.89."""
    whole, rest = fen_text(fen).split(".")
    return f"{int(whole):,}.{rest}" if whole != "-0" else f"-0.{rest}"
