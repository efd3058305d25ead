"""/care/wearers: the wristbands a village keeps: by device, never by health, never ranked by anybody's need."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhili.core.cases import present
from zhili.core.people.actors import Actor
from zhili.scenarios.eldercare import devices
from zhili.scenarios.eldercare.models import WearingDetail
from zhili.scenarios.eldercare.pages import who
from zhili.scenarios.eldercare.wearing import WEARING


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    cases = who.visible(actor, WEARING)
    details = WearingDetail.objects.in_bulk([case.pk for case in cases])
    known = devices.statuses([one.source_id for one in details.values() if one.source_id is not None])
    lines = [
        {
            "number": case.number,
            "device": details[case.pk].device,
            "cell": case.cell.name if case.cell else "",
            "stage": present.stage_title(case),
            "status": known.get(details[case.pk].source_id or 0),
        }
        for case in cases
        if case.pk in details
    ]
    context = {
        "bound": sorted(
            (one for one in lines if one["device"]), key=lambda one: (one["cell"], one["device"])
        ),
        "waiting": [one for one in lines if not one["device"]],
        "actor": actor,
    }
    return render(request, "eldercare/wearers.html", context)
