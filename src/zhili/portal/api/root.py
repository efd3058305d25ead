"""``/api/v1``: the endpoints put together, each inside one guard that words every refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from zhili import __version__
from zhili.portal.api import (
    attachments,
    brought,
    cases,
    catalogue,
    figures,
    messages,
    similarity,
    trail,
    webhooks,
)
from zhili.portal.api.asking import refuse_forgery, refuse_unreadable_address
from zhili.portal.api.describing import complete
from zhili.portal.api.problems import Problem, answer, no_such_address, of_exception

View = Callable[..., HttpResponseBase]


class Api(NinjaAPI):
    """django-ninja with our own refusals and our forms in the description."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return answer(request, of_exception(request, exc))

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        return complete(super().get_openapi_schema(**where))


api = Api(
    title="治理 Zhili",
    version=__version__,
    description="城市治理开放平台接口。A city's open platform for its public matters.",
    urls_namespace="api-1",
    docs_url=None,
)
# files first: cases end with an address of two free parts, which would match those of files too
api.add_router("", attachments.router)
api.add_router("/cases", cases.router)
api.add_router("", catalogue.router)
api.add_router("", figures.router)
api.add_router("", similarity.router)
api.add_router("", messages.router)
api.add_router("", trail.router)
api.add_router("", webhooks.router)
for _router in brought.routers():
    api.add_router("", _router)


def guarded(view: View) -> View:
    """The view; whatever goes wrong in it or before it becomes problem details."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            refuse_unreadable_address(request)
            refuse_forgery(request)
            if request.method == "HEAD":
                request.method = "GET"  # the server sends the head alone
            response = view(request, *args, **kwargs)
        except Exception as error:
            return answer(request, of_exception(request, error))
        return _not_allowed(request, response) if response.status_code == 405 else response

    # forgery is refused above, in our own words and not for bearer tokens
    inside.csrf_exempt = True  # type: ignore[attr-defined]
    return inside


def _not_allowed(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    allowed = sorted({*response.headers.get("Allow", "").replace(",", " ").split()})
    words = _("这个地址只接受 %(methods)s。") % {"methods": "、".join(allowed)}
    return answer(request, Problem(405, "method", words, headers={"Allow": ", ".join(allowed)}))


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address below ``/api/v1/``."""
    return answer(request, no_such_address())


def _patterns() -> list[URLPattern]:
    found: list[URLPattern] = []
    for one in api.urls[0]:
        if isinstance(one, URLPattern) and one.name != "api-root":
            view = require_safe(one.callback) if one.name == "openapi-json" else one.callback
            found.append(URLPattern(one.pattern, guarded(view), one.default_args, one.name))
    return found


urlpatterns = [
    *_patterns(),
    # matches whatever is left, a line's end too
    re_path(r"", guarded(nothing_here), name="api-root"),
]
urls = (urlpatterns, "ninja", "api-1")
"""For ``path("api/v1/", root.urls)``."""
