"""The documents of a case on its pages, in the words of whoever reads."""

from typing import Any

from django import template

from zhili.core.cases.models import Case
from zhili.portal import papers

register = template.Library()


@register.inclusion_tag("portal/parts/papers.html")
def documents_of(case: Case, desk: bool = False, grant: str = "") -> dict[str, Any]:
    """Those about the case; on the desk also the document that the case itself is."""
    own = papers.itself(case) if desk else None
    found = [own] if own else papers.papers_of(case, desk=desk, grant=grant)
    return {"papers": found, "desk": desk, "own": own}
