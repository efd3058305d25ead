"""A month's sheet and a worker's slip on paper (articles 31 and 15). Names and accounts stand masked, as on the pages;
who signed stands with the number of the leaf that /verify checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhili.core.cases.errors import Refused
from zhili.core.documents import aside
from zhili.core.people import secrets
from zhili.core.trail.models import Leaf
from zhili.scenarios.wages import papers
from zhili.scenarios.wages.kinds import PAY
from zhili.scenarios.wages.models import LineMark, WageLine, WageSheet
from zhili.scenarios.wages.money import verifying, who
from zhili.scenarios.wages.money.pages import common, slip

WIDE: Final = (
    papers.STYLES.replace("size: A4;", "size: A4 landscape;").replace("22mm 20mm", "14mm")
    + """
table { font-size: 9.5pt; margin-top: 4mm; } th, td { padding: 1.2mm 1.6mm; } thead { display: table-header-group; }
tr { break-inside: avoid; } .num { text-align: right; font-variant-numeric: tabular-nums; } h1 { margin: 0 0 3mm; }
dl { grid-template-columns: 32mm 1fr 32mm 1fr; } .fault { border: 1pt solid #000; padding: 2mm; }"""
)


@require_safe
def sheet(request: HttpRequest, sheet: int) -> HttpResponse:
    """/desk/wages/sheets/N.pdf: for whoever may see the sheet."""
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    found, _may = who.sheet(sheet, actor)
    return answered(lambda: sheet_pdf(found), f"wages-{found.pk}.pdf")


@require_safe
def line(request: HttpRequest, line: int) -> HttpResponse:
    """/desk/wages/lines/N.pdf: the slip that is handed to the worker."""
    actor, elsewhere = common.asked(request)
    if elsewhere is not None:
        return elsewhere
    found, _may = who.line(line, actor)
    return answered(lambda: slip_pdf(found), f"slip-{found.pk}.pdf")


def answered(pressed: Callable[[], bytes], name: str) -> HttpResponse:
    """Raises Refused where no press is at hand."""
    try:
        content = pressed()
    except (aside.Lacking, aside.Failed):
        raise Refused("no_press", _("现在印不出来，请稍后再试；页面上的内容同样有效"), 503) from None
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def sheet_pdf(sheet: WageSheet) -> bytes:
    """``sheet`` with project, crew and firm. Raises aside.Lacking, aside.Failed."""
    lines = list(verifying.lines_of(sheet))
    names = _masked(lines)
    signed = _signed(lines)
    context = {
        "sheet": sheet,
        "month": common.month_words(sheet.month),
        "state": common.SHEET_WORDS[sheet.state],
        "rows": [_row(one, names, signed.get(one.pk)) for one in lines],
        "sums": [common.money(sum(getattr(one, name) for one in lines)) for name in SUMS],
        "steps": _proved(sheet.steps.order_by("id")),
        "faults": verifying.verify(sheet, lines, moved=False).faults,
    }
    return papers.press(render_to_string("wages/print/sheet.html", context), WIDE)


SUMS: Final = ("gross_fen", "withheld_fen", "net_fen")


def slip_pdf(line: WageLine) -> bytes:
    """``line`` with sheet, project, crew, firm and worker. Raises aside.Lacking, aside.Failed."""
    context = slip.of(line) | {
        "row": _row(line, _masked([line]), _signed([line]).get(line.pk)),
        "said": _proved(line.marks.order_by("id")),
    }
    return papers.press(render_to_string("wages/print/slip.html", context), papers.STYLES + NUMBERS)


NUMBERS: Final = """
table { font-size: 10pt; margin-top: 4mm; } th, td { padding: 1.2mm 1.6mm; } .num { text-align: right; }
h2 { font-size: 12pt; margin: 6mm 0 0; } tr { break-inside: avoid; } .fault { border: 1pt solid #000; padding: 2mm; }"""


def _masked(lines: list[WageLine]) -> dict[Any, str]:
    workers = [one.engagement.worker for one in lines]
    ids = {pk for one in workers for pk in (one.name_id, one.bank_account_id) if pk is not None}
    return secrets.masked(ids)


def _signed(lines: list[WageLine]) -> dict[int, LineMark]:
    """The last signature of each, of the line as it stands."""
    marks = LineMark.objects.filter(line__in=lines, mark="signed").order_by("id")
    digests = {one.pk: one.digest for one in lines}
    return {one.line_id: one for one in marks if one.digest == digests[one.line_id]}


def _row(line: WageLine, masked: dict[Any, str], signed: LineMark | None) -> dict[str, Any]:
    worker = line.engagement.worker
    rates = line.facts.get("parts") or [{"pay": line.facts["pay"], "rate": line.facts["rate"]}]
    unit = {"day": _("元/天"), "month": _("元/月"), "piece": _("元/件")}
    return {
        "code": worker.code,
        "name": masked.get(worker.name_id, ""),
        "account": masked.get(worker.bank_account_id, ""),
        "pay": str(dict(PAY)[rates[-1]["pay"]]),
        "rates": [f"{common.money(one['rate'])} {unit[one['pay']]}" for one in rates],
        "days": f"{line.facts['tenths'] / 10:g}",
        "overtime": f"{line.facts['overtime_minutes'] / 60:g}",
        "gross": common.money(line.gross_fen),
        "withheld": common.money(line.withheld_fen),
        "net": common.money(line.net_fen),
        "state": common.LINE_WORDS[line.state],
        "signed": signed,
        "digest": line.digest,
    }


def _proved(rows: Any) -> list[dict[str, Any]]:
    """Steps or marks, each with the hash of its leaf."""
    found = list(rows)
    hashes = dict(Leaf.objects.filter(pk__in=[one.leaf_id for one in found]).values_list("pk", "hash"))
    return [{"one": one, "leaf": bytes(hashes[one.leaf_id]).hex()} for one in found if one.leaf_id in hashes]
