"""/screen/instruct: give an instruction to one or several offices; /screen/instructions: what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from zhili.core.cases import query
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.command_centre import instructing
from zhili.scenarios.command_centre.forms import GiveMany
from zhili.scenarios.command_centre.procedures import COMMANDS


def instructs(actor: Actor) -> bool:
    """Whoever may give an instruction: posts that lead or command."""
    return actor.kind == "post" and bool(actor.roles & set(COMMANDS))


def give(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The form, and its sending. ``?number=`` about a matter, ``?office=`` one office ticked beforehand."""
    matter = _matter(request, actor)
    asked = number_in(request.GET, "office") or (matter.office_id if matter else None)
    choices = {"offices": instructing.offices_below(actor, also=asked)}
    sent, trouble, key = None, None, new_key()
    if request.method == "POST":
        sent = Submission(request, GiveMany, actor)

        def send() -> list[str]:
            sent.raise_faults()
            data = GiveMany.validate(sent.data, choices).values
            return instructing.give(actor, data, matter.number if matter else "", sent.key)

        made, trouble = attempt(send)
        if made is not None:
            words = ngettext(
                "%(n)d 件指令已下达，等对方签收。", "%(n)d 件指令已下达，等对方签收。", len(made)
            )
            messages.success(request, words % {"n": len(made)})
            return redirect("screen_instructions")
        key = sent.key if trouble and trouble.errors else key
    first: dict[str, Any] = {"offices": [str(asked)]} if asked is not None else {}
    context = {
        "matter": matter,
        "choices": choices["offices"],
        "bound": GiveMany.bind(
            sent.data if sent else first or None, trouble.errors if trouble else None, choices=choices
        ),
        "trouble": trouble,
        "key": key,
    }
    return render(request, "command_centre/instruct.html", context, status=trouble.status if trouble else 200)


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    given = instructing.given(actor)
    context = {
        "running": [one for one in given if not one.closed],
        "over": [one for one in given if one.closed],
    }
    return render(request, "command_centre/instructions.html", context)


def _matter(request: HttpRequest, actor: Actor) -> Case | None:
    """The matter it is about: one the actor sees and that is still open, else none."""
    number = request.GET.get("number", "")[:24]
    if not number:
        return None
    found = query.visible(actor).filter(number=number, closed_at=None).first()
    return found if isinstance(found, Case) else None


pages = (
    Page("screen/instruct", give, "screen_instruct", may=instructs),
    Page("screen/instructions", listing, "screen_instructions", may=instructs),
)
