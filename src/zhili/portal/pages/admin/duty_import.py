"""/desk/admin/duties.xlsx and …/import: the list out as a workbook, a changed one in, shown before it is done."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import duties, duty_sheet
from zhili.core.cases.duties import Line
from zhili.core.cases.duty_sheet import Read, SheetRefused
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.trail.changes import Overtaken
from zhili.core.trail.models import Change
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.duties import check_reads
from zhili.portal.pages.admin.tables import takes_tables

SALT = "zhili.duty_sheet"
SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All lines in force or to come that the actor sees."""
    check_reads(actor)
    rows = duties.standing(actor).order_by("scenario", "category", "division__code", "valid_from")
    return workbook(duty_sheet.write(rows), "duties")


@takes_tables
def bring_in(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The file is read and shown; sent once more with its digest, it is done; or its faults are given as a file."""
    check_reads(actor)
    if request.method != "POST":
        return frame.show(request, actor, "duty_import", {"today": timezone.localdate().isoformat()})
    if "packed" in request.POST:
        return _second(request, actor)
    return _first(request, actor)


def workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def _first(request: HttpRequest, actor: Actor) -> HttpResponse:
    file = request.FILES.get("file")
    try:
        if file is None:
            raise SheetRefused(gettext("请选择文件。"))
        read = duty_sheet.read(file, actor)
    except SheetRefused as error:
        context = {"trouble": str(error), "today": timezone.localdate().isoformat()}
        return frame.show(request, actor, "duty_import", context, 422)
    return frame.show(request, actor, "duty_import", {**_seen(read), "packed": _pack(read), "read": read})


def _second(request: HttpRequest, actor: Actor) -> HttpResponse:
    try:
        packed: dict[str, Any] = signing.loads(request.POST["packed"], salt=SALT, max_age=24 * 3600)
        first = date.fromisoformat(request.POST.get("first", ""))
    except signing.BadSignature:
        context = {
            "trouble": gettext("预览已过期，请重新选择文件。"),
            "today": timezone.localdate().isoformat(),
        }
        return frame.show(request, actor, "duty_import", context, 422)
    except ValueError:
        first = timezone.localdate()
    if request.POST.get("want") == "faults":
        return workbook(
            duty_sheet.faults((n, cells, why) for n, cells, why in packed["faults"]), "duties-faults"
        )
    done, refused = 0, []
    for facts in packed["lines"]:
        line = Line(**facts)
        try:
            duties.put(line, first, actor, packed["seen"], request.POST.get("reason", "")[:300])
            done += 1
        except (AdminRefused, Overtaken) as error:
            refused.append((duties.name_of(line), error.message))
        except PermissionDenied as error:
            refused.append((duties.name_of(line), str(error)))
    return frame.show(request, actor, "duty_import", {"done": done, "refused": refused, "finished": True})


def _seen(read: Read) -> dict[str, Any]:
    """The first lines of each kind, by name."""
    return {
        "today": timezone.localdate().isoformat(),
        "added": [duties.name_of(one) for one in read.added[:SHOWN]],
        "changed": [duties.name_of(one) for one in read.changed[:SHOWN]],
        "faults": read.faults[:SHOWN],
    }


def _pack(read: Read) -> str:
    """What was read, signed, to come back with the second sending: nothing is kept meanwhile."""
    last = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
    lines = [asdict(one) for one in (*read.added, *read.changed)]
    return signing.dumps({"lines": lines, "faults": read.faults, "seen": last}, salt=SALT, compress=True)
