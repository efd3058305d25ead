"""What pages of visits show of a finding beyond its words: the case it became, or the press that opens one."""

from __future__ import annotations

from typing import Any

from django import template

from zhili.core.cases import present
from zhili.core.visits import remedies
from zhili.core.visits.models import Finding

register = template.Library()


@register.inclusion_tag("portal/visits/parts/remedy.html", takes_context=True)
def remedy(context: dict[str, Any], finding: Finding) -> dict[str, Any]:
    """The finding's case with its stage, or the button that opens one for whoever may."""
    case = finding.case
    found = remedies.of(finding, context["actor"]) if case is None else None
    return {
        "finding": finding,
        "case": case,
        "stage": present.stage_title(case) if case is not None else "",
        "remedy": found,
        "page": found.page(finding) if found is not None else "",
        "csrf_token": context.get("csrf_token"),
    }
