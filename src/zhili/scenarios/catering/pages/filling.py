"""A form on one of these pages: done, or drawn again with what was typed and why it was not done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhili.core.forms import Form
from zhili.core.forms.bound import BoundForm
from zhili.core.forms.form import Choices
from zhili.core.people.actors import Actor
from zhili.portal.errors import Trouble, attempt
from zhili.portal.submitted import Submission, new_key


@dataclass(frozen=True)
class Filled:
    """``response`` once it was done; else what the template draws the form from."""

    response: HttpResponse | None
    bound: BoundForm
    key: str
    trouble: Trouble | None = None

    @property
    def status(self) -> int:
        return self.trouble.status if self.trouble else 200


def filled(
    request: HttpRequest,
    actor: Actor,
    form: type[Form],
    do: Callable[[Submission], str],
    said: str,
    *,
    name: str,
    start: Mapping[str, Any] | None = None,
    choices: Choices | None = None,
) -> Filled:
    """Do what was sent to this form (``name`` in ``_do``); ``do`` gives the address to go to."""
    if request.method != "POST" or request.POST.get("_do") != name:
        return Filled(None, form.bind(dict(start) if start else None, None, choices=choices), new_key())
    sent = Submission(request, form, actor)
    to, trouble = attempt(lambda: _done(sent, do))
    if trouble is None and to is not None:
        messages.success(request, said)
        return Filled(redirect(to), form.bind(None, None, choices=choices), "")
    key = new_key() if trouble and trouble.message else sent.key
    bound = form.bind(sent.data, trouble.errors if trouble else None, choices=choices)
    return Filled(None, bound, key, trouble)


def _done(sent: Submission, do: Callable[[Submission], str]) -> str:
    sent.raise_faults()
    return do(sent)
