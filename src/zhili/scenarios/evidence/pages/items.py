"""/evidence/i/NUMBER: an item as its custodian sees it: what it is, where it is, what may be done, its chain."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from zhili.core.cases import present
from zhili.core.people.actors import Actor
from zhili.scenarios.evidence import chain
from zhili.scenarios.evidence.kinds import DISPOSALS, GROUNDS, MATTERS, title_of
from zhili.scenarios.evidence.pages import panels
from zhili.scenarios.evidence.pages.who import find


def show(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Its label leads here: on a phone the next actions come first."""
    case, detail = find(number, actor)
    asked = panels.Asked(request, actor, case, detail)
    offers = present.actions_for(case, actor)
    context: dict[str, Any] = {
        "case": case,
        "detail": detail,
        "stage": present.stage_title(case),
        "keeper": present.office_name(case.office_id),
        "borrower": present.office_name(detail.borrower_id),
        "late": detail.until is not None and detail.until < timezone.localdate(),
        "matter_kind": title_of(MATTERS, detail.matter_kind),
        "ground": title_of(GROUNDS, detail.ground),
        "disposal": title_of(DISPOSALS, detail.disposal),
        # what has a page of its own is led to by its panel
        "offers": [one for one in offers if not one.standing and not getattr(one.form, "own_page", "")],
        "for_another": present.needing_another(case, actor),
        "events": chain.of(case, actor),
        "panels": panels.panels(asked),
        "links": panels.links(asked),
        "asked": asked,
    }
    return render(request, "evidence/item.html", context)
