"""/desk/visits/findings/N/remedy: one press opens the case of what was found."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.people.actors import Actor
from zhili.core.visits import remedies, rights
from zhili.core.visits.models import Finding
from zhili.portal.errors import Trouble, attempt


def _words(trouble: Trouble | None) -> str:
    told = [trouble.message, *(why for own in trouble.errors.values() for why in own)] if trouble else []
    return " ".join(one for one in told if one) or gettext("没有办成")


@require_POST
def remedy(request: HttpRequest, actor: Actor, finding: int) -> HttpResponse:
    """To the case; back to the visit with the reason where none was opened."""
    found = Finding.objects.filter(pk=finding, visit__in=rights.visits(actor)).first()
    if found is None:
        raise Http404
    case, trouble = attempt(lambda: remedies.begin(finding, actor))
    if case is None:
        messages.error(request, _words(trouble))
        return redirect("visit", visit=found.visit_id)
    messages.success(request, gettext("已开具，请核对后送达。"))
    return redirect("desk_case", number=case.number)
