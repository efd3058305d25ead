"""`{% load zhili_forms %}`, then `{% error_summary bound %}`, and in a <form> `{% render_form bound %}`."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from zhili.core.forms.bound import BoundForm

register = template.Library()


@register.simple_tag
def render_form(bound: BoundForm) -> SafeString:
    """All questions of a bound form, without the <form> element and its buttons."""
    return bound.__str__()


@register.inclusion_tag("forms/error_summary.html")
def error_summary(bound: BoundForm) -> dict[str, Any]:
    """What is wrong, on top of the page, each sentence leading to its field; nothing when all is well."""
    return {"found": bound.summary, "prefix": bound.prefix}
