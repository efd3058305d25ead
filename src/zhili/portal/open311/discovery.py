"""GET discovery: where the endpoint is, in which formats, and since when its services are as they are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.exchange.open311 import catalogue
from zhili.core.exchange.open311.wire import w3
from zhili.portal.open311.answering import answer
from zhili.portal.open311.asking import asked, reader

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def discovery(request: HttpRequest) -> HttpResponse:
    """The specification's service discovery, whether or not anything may be reported."""
    reader(request, asked(request))
    changeset = w3(catalogue.edition())
    content = {
        "changeset": changeset,
        "contact": _(params.get("open311.contact").text),
        "key_service": _(params.get("open311.key_service").text),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": request.build_absolute_uri("/open311/v2"),
                "changeset": changeset,
                "type": "test" if params.get("open311.type").text == "test" else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return answer(request, "discovery", content)
