"""Tags every page may use: assets, icons, moments, the clock badge."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from zhili.base.codes import show_case_number
from zhili.core.web import assets, words
from zhili.core.web.icons import ICONS

register = template.Library()

SOON = timedelta(days=1)
"""A limit nearer than this is shown as due soon."""


SVG = (
    '<svg class="icon {}" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
    "{}</svg>"
)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built script: {% asset "app.ts" %}. Empty when nothing was built."""
    return assets.script(name)


@register.simple_tag
def asset_styles(name: str) -> SafeString:
    """Links to the style sheets of an entry."""
    return format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((url,) for url in assets.styles(name))
    )


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """An inline drawing that stands beside a word and is silent for screen readers. Made once: lists hold hundreds."""
    # The drawings are our own constants (icons.py); the class is escaped.
    inner = mark_safe(ICONS[name])  # noqa: S308
    return format_html(SVG, css, inner)


@register.filter
def moment(at: datetime | None) -> str:
    return words.moment(at)


@register.filter
def deadline(at: datetime | None) -> str:
    return words.deadline(at)


@register.filter
def day(at: datetime | None) -> str:
    return words.day(at)


@register.filter
def ago(at: datetime | None) -> str:
    return words.ago(at) if at else ""


@register.filter
def spaced(number: str) -> str:
    """A case number in groups, as it is read aloud."""
    return show_case_number(number)


@register.filter
def said(text: Any) -> str:
    """A title from a declaration (Chinese source) in the reader's language."""
    return gettext(str(text)) if text else ""


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """mapping[key], or "" when absent."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag
def share(part: float | None) -> str:
    """A share in hundredths with one decimal; a dash for a share of nothing."""
    return "–" if part is None else f"{100 * part:.1f}%"


@register.simple_tag
def clock_badge(
    due_at: datetime | None = None,
    closed_at: datetime | None = None,
    waiting: bool = False,
    now: datetime | None = None,
) -> SafeString:
    """How long is left, as icon, word and colour. ``waiting``: the clock waits for somebody outside."""
    at = now or timezone.now()
    if closed_at:
        return _state("done", "circle-check", gettext("已办结"), None)
    if waiting:
        return _state("wait", "pause", gettext("等对方回复"), due_at)
    if due_at is None:
        return _state("none", "clock", gettext("不限时"), None)
    kind = "over" if due_at < at else "soon" if due_at - at < SOON else "fine"
    drawing = {"over": "triangle-alert", "soon": "alarm-clock", "fine": "clock"}[kind]
    return _state(kind, drawing, words.time_left(due_at, at), due_at)


def _state(kind: str, drawing: str, text: str, due_at: datetime | None) -> SafeString:
    told = format_html(' title="{} {}"', gettext("截止"), words.deadline(due_at)) if due_at else ""
    return format_html('<span class="state state-{}"{}>{}{}</span>', kind, told, icon(drawing), text)


@register.simple_tag
def stage_pill(text: str, final: bool = False, good: bool = True) -> SafeString:
    """The stage a matter is in, as icon and word."""
    kind, drawing = (
        ("open", "circle-dot") if not final else ("done", "check") if good else ("stop", "circle-x")
    )
    return format_html('<span class="pill pill-{}">{}{}</span>', kind, icon(drawing), text)
