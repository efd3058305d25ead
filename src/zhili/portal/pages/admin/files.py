"""/desk/admin/files: how much offices and the site keep, against what they may; the disk and the scanner."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zhili.core.files import limits, quotas
from zhili.core.files.models import File
from zhili.core.files.quotas import SITE, Standing
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.portal.pages.admin import frame

MOST = 500


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    frame.check_leads(actor)
    city = managing.city_wide(actor)
    nodes = tree().nodes
    mine = set(nodes) if city else set(tree().under(actor.office_id or 0))
    quotas.total(SITE)  # counts, where nothing was counted yet
    rows = [(nodes[pk].name, *said(one)) for pk, one in quotas.largest(MOST) if pk in mine and pk in nodes]
    free = quotas.disk_free()
    least = limits.read("files.keep_free", limits.size)
    most = limits.read("files.site_total", limits.size)
    site = quotas.total(SITE, most)
    context = {
        "rows": rows,
        "city": city,
        "site": said(site),
        "files": site.files,
        "free": limits.in_words(free) if free is not None else "",
        "least": limits.in_words(least),
        "full": free is not None and free < 2 * least,
        "scanner": bool(settings.CLAMD),
        "waiting": File.objects.filter(scan="waits").count(),
    }
    return frame.show(request, actor, "files", context)


def said(one: Standing) -> tuple[str, str, int, bool]:
    """(kept, most, percent, whether it is nearly full)."""
    most = limits.in_words(one.most) if one.most else ""
    return limits.in_words(one.bytes), most, min(100, round(one.share * 100)), one.warns
