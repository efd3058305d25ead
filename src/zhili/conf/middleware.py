"""Around every request: its id, its line in the access log, and the two health pages."""

import logging
import time
from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from zhili.conf.health import PAGES
from zhili.conf.logs import new_id, request_id

access = logging.getLogger("zhili.access")
NOT_DRAWN = ("application/json", "application/problem+json", "application/geo+json")
Handler = Callable[[HttpRequest], HttpResponse]


class PagePolicy(CSPMiddleware):
    """The content policy, on pages: on what no browser draws it would only cost time. Files have one of their own."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith(NOT_DRAWN):
            return response
        return super().process_response(request, response)


def around(get_response: Handler) -> Handler:
    """`request.id` for error pages and logs, the X-Request-ID header, one access line.

    Health pages are answered here, before host checks, because balancers ask by address.
    The query string stays out of the log: it may hold a grant code.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if page := PAGES.get(request.path_info):
            return page()
        started = time.perf_counter()
        request.id = new_id()  # type: ignore[attr-defined]
        token = request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = get_response(request)
            response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
            access.info(
                "%s %s",
                request.method,
                request.path_info,
                extra={
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                },
            )
            return response
        finally:
            request_id.reset(token)

    return handle
