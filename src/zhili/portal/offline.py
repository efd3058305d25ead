"""What the installed app needs of a page: drawn for nobody in particular, kept on the phone, answered to a script.

The other half is ``frontend/src/offline``; docs/offline.md tells the whole.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from zhili.core.people.actors import Actor
from zhili.portal.api.problems import answer, of_exception
from zhili.portal.errors import View

SHELL = "X-Shell"
KEPT = "X-Offline"


def mark_of(actor: Actor) -> str:
    """Who wrote what waits on a phone: the same account in the same post, "" for a stranger. Names nobody.

    What was written as one is never sent as another; the same three parts make the space of keys in doors.py.
    """
    if actor.kind == "anonymous":
        return ""
    who = f"outbox/{actor.kind}/{actor.id}/{actor.account_id}"
    return hmac.digest(settings.SECRET_KEY.encode(), who.encode(), "sha256").hex()[:24]


def keep(response: HttpResponse) -> HttpResponse:
    """Let the phone keep this page for its signed-in reader, until somebody signs in or out there."""
    response[KEPT] = "keep"
    return response


def shell(view: View) -> View:
    """A page the service worker keeps for everybody: when it asks, drawn for a stranger, whoever is signed in."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and request.headers.get(SHELL):
            request.user = AnonymousUser()
            if hasattr(request, "_messages"):  # told to whoever is signed in, not to a cache
                del request._messages
        return view(request, *args, **kwargs)

    return inside


def wants_json(request: HttpRequest) -> bool:
    """Whether a script sends the form, and reads the answer itself."""
    return request.headers.get("Accept", "").startswith("application/json")


def told(request: HttpRequest, send: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to a script; every refusal as the same problem details the API gives."""
    try:
        return send()
    except Exception as error:
        return answer(request, of_exception(request, error))


def version_of(parts: list[str], *files: bytes) -> str:
    """Changes whenever what the phone keeps does."""
    found = hashlib.sha256("\n".join(parts).encode())
    for content in files:
        found.update(content)
    return found.hexdigest()[:12]
