"""/desk/registers/import: a file is sent, its columns named, what would come of it shown; then it comes in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.sheets import workbook
from zhili.base.sheets.errors import ImportRefused
from zhili.base.sheets.reading import Bad, Table
from zhili.base.text import mask
from zhili.core import params
from zhili.core.people import keys
from zhili.core.people.actors import Actor
from zhili.core.registers import naming
from zhili.core.registers.loading import fields, running
from zhili.core.registers.loading.judging import Entry
from zhili.core.registers.models import FirmKind, Loading, LoadingState, PremisesKind
from zhili.portal.pages.admin.duty_import import XLSX
from zhili.portal.pages.admin.tables import takes_tables

SHOWN, FAULTS = 8, 50


@takes_tables
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One's own files, newest first; a new one is sent here."""
    running.check(actor)
    trouble = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise ImportRefused(gettext("请选择文件。"))
            if file.size is not None and file.size > running.LARGEST:
                raise ImportRefused(gettext("文件超过 30 MB，请分成几个文件。"))
            made = running.take(file.read(), file.name or "", request.POST.get("what", "both"), actor)
            return redirect("register_loading", made.pk)
        except ImportRefused as error:
            trouble = str(error)
    context = {
        "rows": Loading.objects.filter(account_id=actor.account_id or 0).order_by("-id")[:20],
        "trouble": trouble,
        "sorts": [(key, str(title)) for key, title in fields.WHAT.items()],
        "chosen": request.POST.get("what", "both"),
        "days": params.duration("registers.loading_days")[0].amount,
    }
    return render(request, "portal/registers/loadings.html", context, status=422 if trouble else 200)


def show(request: HttpRequest, actor: Actor, loading: int) -> HttpResponse:
    """What would come of it, or how far it is, or what came of it."""
    one = _own(actor, loading)
    if request.method == "POST" and one.state == LoadingState.SEEN:
        known = fields.of(one.what)
        mapping = {field.name: request.POST.get(f"map_{field.name}", "") for field in known}
        running.map_to(one, mapping, {"gcj02": request.POST.get("gcj02"), "kind": request.POST.get("kind")})
        return redirect("register_loading", one.pk)
    context: dict[str, Any] = {"one": one, "sort": fields.WHAT[one.what], "percent": _percent(one)}
    if request.GET.get("part") == "going":
        if one.state == LoadingState.RUNNING:
            return render(request, "portal/registers/parts/going.html", context)
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    if one.sealed is not None and one.state == LoadingState.SEEN:
        context |= _preview(one, actor)
    return render(request, "portal/registers/loading.html", context)


@require_POST
def start(request: HttpRequest, actor: Actor, loading: int) -> HttpResponse:
    """Have the worker bring it in."""
    one = _own(actor, loading)
    if not running.lacking(one):
        running.start(one, actor)
    return redirect("register_loading", one.pk)


def faults(request: HttpRequest, actor: Actor, loading: int) -> HttpResponse:
    """The rows set aside as a workbook, each with its row and why; cells as they were, none reckoned."""
    one = _own(actor, loading)
    try:
        table, judged = running.look(one, actor)
    except keys.KeyRingError:
        raise Http404 from None
    answer = HttpResponse(workbook.written(running.faults(table, judged.bad)), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="aside-{timezone.localdate():%Y%m%d}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def _own(actor: Actor, loading: int) -> Loading:
    running.check(actor)
    found = Loading.objects.filter(pk=loading).first()
    if found is None:
        raise Http404
    if found.account_id != actor.account_id:
        raise PermissionDenied(gettext("这个文件由导入的人自己看。"))
    return found


def _percent(one: Loading) -> int:
    return min(100, 100 * one.place // max(one.rows, 1))


def _preview(one: Loading, actor: Actor) -> dict[str, Any]:
    table, judged = running.look(one, actor)
    kinds = {**dict(PremisesKind.choices), **dict(FirmKind.choices)}
    return {
        "fields": [
            (field.name, field.title, one.mapping.get(field.name, ""), field.needed)
            for field in fields.of(one.what)
        ],
        "columns": [(column, column) for column in table.columns],
        "kinds": PremisesKind.choices,
        "lacking": running.lacking(one),
        "judged": judged,
        "aside": one.rows - len(judged.good),
        "sample": [_line(entry, table, kinds) for entry in judged.good[:SHOWN]],
        "faults": [_fault(bad, table) for bad in judged.bad[:FAULTS]],
        "more_faults": max(0, len(judged.bad) - FAULTS),
    }


def _line(entry: Entry, table: Table, kinds: dict[str, Any]) -> dict[str, Any]:
    """A row as it would stand in the register: personal values masked already."""
    firm, premises = entry.firm, entry.premises
    words = []
    if firm is not None:
        words += [firm.code, str(kinds.get(firm.kind, ""))]
        words += [
            mask(kind, value) for kind, value in (("name", firm.operator), ("phone", firm.phone)) if value
        ]
    if premises is not None:
        words += [premises.firm_code] if firm is None else []
        words += [str(kinds.get(premises.kind, "")), premises.address]
    name = premises.name if premises is not None else firm.name if firm is not None else ""
    if firm is not None and firm.kind == "sole_trader":
        name = naming.shown(name, firm.operator)
    return {"row": entry.row + table.head, "name": name, "words": [one for one in words if one]}


def _fault(bad: Bad, table: Table) -> dict[str, Any]:
    return {"row": bad.row + table.head, "column": bad.column, "reason": bad.reason}
