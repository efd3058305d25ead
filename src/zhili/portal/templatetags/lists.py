"""A matter as one line of a list, drawn in one pass: a desk shows fifty, and nested templates took most of its time."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from zhili.base.codes import show_case_number
from zhili.core.forms.bound import BoundForm
from zhili.core.web import words
from zhili.core.web.templatetags.zhili import clock_badge, icon, stage_pill
from zhili.portal.rows import Row

register = template.Library()


ONCE = frozenset({"files", "personal", "place"})
"""Questions that belong to one matter."""


@register.simple_tag
def render_many(bound: BoundForm) -> SafeString:
    """The questions of a form that are the same for many matters at once."""
    # each field draws itself, escaped
    return mark_safe("".join(str(one) for one in bound if one.field.type not in ONCE))  # noqa: S308


@register.simple_tag
def matter_line(row: Row, timed: bool = False, pick: bool = False) -> SafeString:
    """What, where, whose; ``timed``: how long is left, else how long ago. The next step where one is offered.

    ``pick``: with a box to choose it for a step on many.
    """
    facts = [f"<span>{stage_pill(row.stage, row.final, row.good)}</span>"]
    if row.place:
        facts.append(f"<span>{icon('map-pin')}{escape(row.place)}</span>")
    for text in (row.category, row.office):
        if text:
            facts.append(f"<span>{escape(text)}</span>")
    if row.joined:
        facts.append(f"<span>{escape(joined_words(row.joined))}</span>")
    facts.append(f'<span class="number">{escape(show_case_number(row.number))}</span>')
    when = clock_badge(row.due_at, row.closed_at, row.waiting) if timed else _opened(row)
    # each part is escaped where it is made
    return format_html(
        '<li{}>{}<div class="stack-tight"><a class="row-title" href="{}">{}</a><div class="row-meta">{}</div></div>'
        '<div class="row-side">{}{}</div></li>',
        PICKED if pick else "",
        _box(row) if pick else "",
        row.url,
        row.title,
        mark_safe("".join(facts)),  # noqa: S308
        when,
        _next(row),
    )


@register.simple_tag
def options(choices: Iterable[tuple[Any, ...]], chosen: str | None) -> SafeString:
    """The choices of a filter: (value, title) or (value, title, how many)."""
    drawn = (
        f'<option value="{escape(str(value))}"{" selected" if str(value) == chosen else ""}>'
        f"{escape(' '.join(map(str, title)))}</option>"
        for value, *title in choices
    )
    return mark_safe("".join(drawn))  # noqa: S308


def joined_words(count: int) -> str:
    """How many more met with the same."""
    words = ngettext("另有 %(n)s 人也遇到", "另有 %(n)s 人也遇到", count)
    return words % {"n": count}


PICKED = mark_safe(' class="row-picks"')


def _box(row: Row) -> SafeString:
    return format_html(
        '<label class="row-pick"><input class="checkbox" type="checkbox" name="c" value="{}" aria-label="{}"></label>',
        row.number,
        gettext("选中“%(title)s”") % {"title": row.title},
    )


def _opened(row: Row) -> SafeString:
    return format_html('<span class="state">{}</span>', words.ago(row.opened_at))


def _next(row: Row) -> SafeString | str:
    if not row.next_title:
        return ""
    return format_html(
        '<span class="row-next"><a class="btn btn-quiet" href="{}">{}{}</a></span>',
        row.next_url,
        gettext(row.next_title),
        icon("chevron-right"),
    )
