"""The place of a list in a page whose elements are there before anything fills them."""

from collections.abc import Sequence
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(found: Sequence[Any] | None, n: int) -> Any:
    """``{{ page.lines|at:2 }}``; None beyond the end."""
    return found[n] if found is not None and n < len(found) else None
