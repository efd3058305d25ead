"""/mini: the same pages inside another app's web view. For whoever builds the app: docs/mini-program.md."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zhili.base.shells import Shell
from zhili.core.people import shells
from zhili.core.people.shells import TicketRefused
from zhili.core.people.signin import sign_in
from zhili.portal.pages.signing_in import onward

log = logging.getLogger("zhili.portal")
COOKIE = "zhili_shell"
BACK_COOKIE = "zhili_shell_back"
HOURS = 12
View = Callable[..., HttpResponse]


def shell_of(request: HttpRequest) -> Shell | None:
    """The app whose web view shows this page; None in a browser."""
    return shells.shells().get(request.COOKIES.get(COOKIE, ""))


def back_of(request: HttpRequest) -> str:
    """Where "back to the app" leads; "" when the app said nothing."""
    shell = shell_of(request)
    back = request.COOKIES.get(BACK_COOKIE, "")
    return back if shell and allowed(shell, back) else ""


def allowed(shell: Shell, address: str) -> bool:
    """Whether an app may be left for this address: its origin was declared."""
    parts = urlsplit(address)
    return (
        bool(parts.netloc) and "@" not in parts.netloc and f"{parts.scheme}://{parts.netloc}" in shell.returns
    )


def enter(request: HttpRequest, name: str) -> HttpResponse:
    """/mini/<app>?ticket=…&next=/report&back=https://…: sign in where a good ticket says who, then on."""
    shell = shells.shells().get(name)
    if shell is None:
        raise Http404
    to, ticket = onward(request) or "/", request.GET.get("ticket", "")
    answer: HttpResponse = redirect(to)
    if ticket:
        try:
            signed_by, account = shells.redeem(ticket, getattr(request, "LANGUAGE_CODE", ""))
        except TicketRefused as refused:
            log.warning("a ticket of %s was refused: %s", name, refused.why)
            answer = render(request, "portal/mini_refused.html", {"to": to}, status=403)
        else:
            if signed_by.name != name:
                raise Http404
            answer = sign_in(request, account, "ticket", to)
    _keep(answer, COOKIE, name)
    back = request.GET.get("back", "")
    if allowed(shell, back):
        _keep(answer, BACK_COOKIE, back)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


def leave(request: HttpRequest) -> HttpResponse:
    """/mini/leave: the whole site again, as in a browser."""
    answer = redirect("/")
    answer.delete_cookie(COOKIE)
    answer.delete_cookie(BACK_COOKIE)
    return answer


def proof(request: HttpRequest, name: str) -> HttpResponse:
    """/<name>.txt: the file by which a platform sees that this site knows of its app."""
    for shell in shells.shells().values():
        if name in shell.files:
            return HttpResponse(shell.files[name], content_type="text/plain; charset=utf-8")
    raise Http404


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(name, value, max_age=HOURS * 3600, samesite="Lax", httponly=True, secure=secure)


def framable(view: View) -> View:
    """Let the declared origins frame a page that is only read."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        origins = sorted({origin for shell in shells.shells().values() for origin in shell.frames})
        if origins and request.method == "GET":
            response.xframe_options_exempt = True  # type: ignore[attr-defined]
            response._csp_replace = {"frame-ancestors": ["'self'", *origins]}  # type: ignore[attr-defined]
        return response

    return inside
