"""GET services, GET a service definition."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhili.core.exchange.open311 import catalogue
from zhili.core.exchange.open311.catalogue import Service
from zhili.core.exchange.open311.filling import attributes
from zhili.portal.open311.answering import Refusal, answer
from zhili.portal.open311.asking import asked, reader, refuse_elsewhere


def listing(request: HttpRequest) -> HttpResponse:
    """Everything that may be reported."""
    args = asked(request)
    reader(request, args)
    refuse_elsewhere(request, args)
    listed = catalogue.services().values()
    asking: dict[tuple[str, str], bool] = {}
    for one in listed:  # many services, few forms
        if (form := (one.procedure, one.opening)) not in asking:
            asking[form] = bool(attributes(one.form))
    return answer(request, "services", [_shown(one, asking[one.procedure, one.opening]) for one in listed])


def definition(request: HttpRequest, service_code: str) -> HttpResponse:
    """What a service asks beside the specification's own arguments."""
    args = asked(request)
    reader(request, args)
    refuse_elsewhere(request, args)
    service = catalogue.services().get(service_code)
    if service is None:
        raise Refusal(404, _("没有这个 service_code：%(code)s") % {"code": service_code[:100]})
    content = {"service_code": service.code, "attributes": attributes(service.form)}
    return answer(request, "service_definition", content)


def _shown(one: Service, asks: bool) -> dict[str, Any]:
    return {
        "service_code": one.code,
        "service_name": _(one.name),
        "description": " / ".join(_(name) for name in (*one.line, one.name)),
        "metadata": asks,
        "type": "realtime",
        "keywords": ", ".join(one.words),
        "group": one.group,
    }
