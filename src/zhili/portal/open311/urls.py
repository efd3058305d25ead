"""Every address of the Open311 server. ``fmt`` is the ending, dot and all; without one see ``answering.fmt_of``."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext as _

from zhili.portal.open311 import discovery, posting, requests, services, updates
from zhili.portal.open311.answering import JSON, Refusal, resource


class Ending(StringConverter):
    """``.xml``, ``.json``, another ending (refused later, in words), or none."""

    regex = r"(?:\.\w{1,8})?"


class Undotted(StringConverter):
    """An id, up to the ending."""

    regex = r"[^/.]{1,100}"


register_converter(Ending, "ending")
register_converter(Undotted, "undotted")


def nothing(request: HttpRequest) -> HttpResponse:
    """Any other address."""
    raise Refusal(404, _("Open311 接口中没有这个地址。"))


def _nothing_here(request: HttpRequest) -> HttpResponse:
    return resource(get=nothing, post=nothing, put=nothing, patch=nothing, delete=nothing)(
        request, JSON if request.path.endswith(JSON) else ""
    )


_nothing_here.csrf_exempt = True  # type: ignore[attr-defined]

urlpatterns = [
    path("discovery<ending:fmt>", resource(get=discovery.discovery)),
    path("v2/discovery<ending:fmt>", resource(get=discovery.discovery)),
    path("v2/services<ending:fmt>", resource(get=services.listing)),
    path("v2/services/<undotted:service_code><ending:fmt>", resource(get=services.definition)),
    path("v2/requests<ending:fmt>", resource(get=requests.listing, post=posting.post)),
    path("v2/requests/<undotted:number><ending:fmt>", resource(get=requests.one)),
    path("v2/tokens/<undotted:token><ending:fmt>", resource(get=posting.token)),
    path("v2/servicerequestupdates<ending:fmt>", resource(get=updates.listing, post=updates.post)),
    re_path(r"", _nothing_here),
]
