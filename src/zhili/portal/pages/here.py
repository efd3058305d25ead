"""Where a point is, in words: what a reporter reads to see that the mark is in the right place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from zhili.base.geo import PlaceError, Point
from zhili.core.places.locate import locate
from zhili.core.places.models import Cell
from zhili.core.places.tree import nodes
from zhili.portal.api.limits import slow_down
from zhili.portal.api.problems import Problem


@require_GET
def here(request: HttpRequest) -> HttpResponse:
    """/map/here?lon=&lat=: the point's town, village and cell; 204 for what is no point. Kept nowhere."""
    try:
        slow_down(request)
        at = Point.parse(request.GET.get("lon"), request.GET.get("lat"))
    except (Problem, PlaceError):
        return HttpResponse(status=204)
    response = JsonResponse({"words": _words(at)})
    response["Cache-Control"] = "private, max-age=600"
    return response


def _words(at: Point) -> str:
    found = locate(at.lon, at.lat)
    if found.outside or found.division_id is None:
        return gettext("这里在本市以外。")
    known = nodes()
    line = known[found.division_id].line
    names = [known[one].name for one in line if known[one].level in ("county", "town", "village")][-2:]
    if found.cell_id is not None:
        names += Cell.objects.filter(pk=found.cell_id).values_list("name", flat=True)
    return gettext("这里是%(place)s。") % {"place": " ".join(names)}
