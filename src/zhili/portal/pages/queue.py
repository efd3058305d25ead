"""/desk/next: the next matter that is due and that nobody else looks at, one call."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases import claims
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.portal.inbox import paging
from zhili.portal.inbox.lens import Lens
from zhili.portal.inbox.seats import seated

LIST = "_list"
"""The hidden field that says from which list the next one is taken: its query string."""
PANE = "_pane"
"""The hidden field that says the form stood beside its list."""
LONGEST = 600


@require_POST
def take(request: HttpRequest, actor: Actor) -> HttpResponse:
    return HttpResponseRedirect(next_address(request, actor))


def next_address(request: HttpRequest, actor: Actor, *, but: int = 0) -> str:
    """Where the next one is, claimed for this seat; the list itself, with a word, when nothing is left in it."""
    lens = Lens.of(actor, list_of(request))
    found = lens.cases().exclude(pk=but)[: claims.TRIED]
    case = claims.next_of(found, actor, seated(request))
    if case is None:
        messages.info(request, gettext("这份清单里没有下一件了。"))
        return f"/desk?{lens.query or 'view=todo'}"
    if request.POST.get(PANE) == "1":
        return f"/desk{lens.address(open=case.number)}"
    return f"/desk/c/{case.number}?{urlencode({'list': lens.query})}"


def following(request: HttpRequest, actor: Actor, case: Case, was: str) -> str:
    """The list a step was taken from, with the matter that comes after it opened; ``was``: the place it stood at.

    A matter that stays in the list after the step stays open.
    """
    lens = Lens.of(actor, list_of(request))
    found = lens.cases()
    number = case.number
    if not found.filter(pk=case.pk).exists():
        rest = found.exclude(pk=case.pk).values_list("number", flat=True)
        number = rest.filter(paging.beyond(lens.sort, was)).first() or rest.first() or ""
    return f"/desk{lens.address(open=number)}" if number or lens.told else "/desk?view=todo"


def list_of(request: HttpRequest) -> QueryDict:
    """The list that the page came from."""
    return QueryDict(request.POST.get(LIST, "")[:LONGEST].replace("\x00", ""))
