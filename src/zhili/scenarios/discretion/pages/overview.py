"""``/desk/discretion``: how alike cases came out, and the decisions of a period asked again under another version."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.tables.models import TableVersion
from zhili.scenarios.discretion import again, law, provisions, spread
from zhili.scenarios.discretion.provisions import Provision
from zhili.scenarios.discretion.spread import Asked, Cell

YEAR = timedelta(days=365)
STATES = {"draft": "草稿", "in_force": "已确认", "withdrawn": "已撤回"}


@dataclass(frozen=True)
class Plot:
    """A drawing for frontend/src/signals/plots.ts, the sentence under it, the table behind it."""

    sentence: str
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    drawing: dict[str, Any] = field(default_factory=dict)


def spread_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The spread of one clause in one calendar year."""
    asked, faults = _asked(request)
    years = _years(actor, asked)
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and int(text) in years else years[0]
    if text and str(year) != text:
        faults.append(_("没有这一年，换成了%(year)s年。") % {"year": year})
    first, last = spread.year_of(year)
    asked = replace(asked, first=first, last=last)
    found = spread.of(asked, actor)
    context = {
        **_common(asked, faults),
        "found": found,
        "plot": _plot(found.cells) if found.cells else None,
        "fewest": spread.FEWEST,
        "years": years,
        "year": year,
        "recompute": "/desk/discretion/recompute?"
        + urlencode({"provision": asked.provision, "since": first, "until": last, "party": asked.party}),
    }
    return render(request, "discretion/spread.html", context)


def recompute_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The decisions of a period under the version asked for."""
    asked, faults = _asked(request)
    versions = again.versions(provisions.known()[asked.provision])
    wanted = request.GET.get("version", "")
    version = next((one for one in versions if str(one.number) == wanted), None)
    found = again.of(asked, version, actor) if version is not None else None
    context = {
        **_common(asked, faults),
        "versions": [(one.number, _named(one)) for one in versions],
        "version": version,
        "found": found,
        "lines": _lines(found) if found else [],
        "plot": _away(found) if found and found.asked else None,
        "cases": [
            (number, day, law.yuan(fine), f"{law.yuan(low)}–{law.yuan(high)}", _gap(fine, low, high))
            for number, day, fine, low, high in (found.cases if found else [])
        ],
        "moves": [(_rows(old), _rows(new), n) for old, new, n in (found.moves if found else [])],
        "fewest": spread.FEWEST,
        "per_second": int(found.asked / found.seconds) if found and found.seconds and found.asked else 0,
        "back": "/desk/discretion?"
        + urlencode({"provision": asked.provision, "party": asked.party, "year": asked.last.year}),
    }
    return render(request, "discretion/recompute.html", context)


def _years(actor: Actor, asked: Asked) -> list[int]:
    """Calendar years with decisions the actor may see, the newest first; this one always."""
    days = spread.decided(replace(asked, first=date.min, last=date.max, party=""), actor)
    found = {one.year for one in days.dates("decided_on", "year")}
    return sorted(found | {timezone.localdate().year}, reverse=True)


def _asked(request: HttpRequest) -> tuple[Asked, list[str]]:
    """What the address asks for; what cannot be read is told and the usual taken instead."""
    today, faults = timezone.localdate(), []
    code = request.GET.get("provision", "")
    if code not in provisions.known():
        if code:
            faults.append(_("没有这一条款，换成了第一条。"))
        code = next(iter(provisions.known()))
    days = []
    for name, usual in (("since", today - YEAR), ("until", today)):
        text = request.GET.get(name, "")
        try:
            days.append(date.fromisoformat(text) if text else usual)
        except ValueError:
            faults.append(
                _("日期“%(text)s”没有读懂，换成了%(day)s。") % {"text": text[:20], "day": usual.isoformat()}
            )
            days.append(usual)
    if days[0] > days[1]:
        days.reverse()
    party = request.GET.get("party", "")
    return Asked(code, days[0], days[1], party if party in ("entity", "person") else ""), faults


def _common(asked: Asked, faults: list[str]) -> dict[str, Any]:
    provision = provisions.known()[asked.provision]
    return {
        "asked": asked,
        "faults": faults,
        "provision": provision,
        "statute": f"{law.yuan(provision.low)}–{law.yuan(provision.high)}",
        "laws": _laws(),
        "today": timezone.localdate(),
    }


def _laws() -> list[tuple[str, list[Provision]]]:
    found: dict[str, list[Provision]] = {}
    for one in provisions.known().values():
        found.setdefault(one.law, []).append(one)
    return list(found.items())


def _rows(numbers: tuple[int, ...]) -> str:
    return "、".join(map(str, numbers)) if numbers else _("没有一行适用")


def _title(cell: Cell) -> str:
    if cell.table_number is None:
        return _("没有基准时")
    return _("第%(number)s版第%(rows)s行") % {"number": cell.table_number, "rows": _rows(cell.rows)}


def _plot(cells: tuple[Cell, ...]) -> Plot:
    """Lowest, middle and highest fine of each group, in yuan, beside the range."""
    bars = [
        (_("最低"), "quiet", [one.least / 100 for one in cells]),
        (_("中间"), "now", [one.middle / 100 for one in cells]),
        (_("最高"), "soon", [one.most / 100 for one in cells]),
    ]
    widest = max(cells, key=lambda one: (one.most - one.least, one.count))
    told = {
        "title": _title(widest), "n": widest.count, "least": law.yuan(widest.least),
        "middle": law.yuan(widest.middle), "most": law.yuan(widest.most), "range": _range(widest),
    }  # fmt: skip
    words = _(
        "相差最大的是%(title)s：%(n)s件，最低%(least)s元，中间%(middle)s元，最高%(most)s元，范围%(range)s元。"
    )
    sentence = words % told
    heads = [
        _("相似的案件"),
        _("范围（元）"),
        _("件数"),
        _("最低（元）"),
        _("中间（元）"),
        _("最高（元）"),
        _("在范围以外"),
    ]
    rows = [
        [
            _title(one), _range(one), str(one.count), law.yuan(one.least), law.yuan(one.middle), law.yuan(one.most),
            str(one.outside),
        ]
        for one in cells
    ]  # fmt: skip
    lines = [{"name": name, "role": role, "bars": True, "values": values} for name, role, values in bars]
    return Plot(
        sentence, heads, rows, {"names": [_title(one) for one in cells], "unit": _("元"), "lines": lines}
    )


def _gap(fine: int, low: int, high: int) -> str:
    """By how much a fine lies outside, with its sign."""
    away = fine - high if fine > high else fine - low
    return f"{'+' if away > 0 else '−'}{law.yuan(abs(away))}"


def _away(found: again.Again) -> Plot:
    """How far the fines lie from the new range: cases by distance, from far below to far above."""
    steps = range(-len(again.STEPS) - 1, len(again.STEPS) + 2)
    names, counts = [_step_words(one) for one in steps], [found.away[one] for one in steps]
    outside = found.counts[again.BELOW] + found.counts[again.ABOVE]
    told = {"n": outside, "all": found.asked, "total": law.yuan(found.total)}
    sentence = _("%(all)s件里有%(n)s件不在新范围以内，离最近的一端合计相差%(total)s元。") % told
    lines = [{"name": _("件数"), "role": "now", "bars": True, "values": counts}]
    heads = [_("罚款离新范围"), _("件数")]
    rows = [[name, str(n)] for name, n in zip(names, counts, strict=True)]
    return Plot(sentence, heads, rows, {"names": names, "unit": "", "lines": lines})


def _step_words(step: int) -> str:
    if not step:
        return _("在范围以内")
    ends = [law.yuan(one) for one in again.STEPS]
    n = abs(step) - 1
    low = ends[n - 1] if n else "0"
    told = {"low": low, "high": ends[n] if n < len(ends) else ""}
    if n == len(ends):
        return (_("高%(low)s元以上") if step > 0 else _("低%(low)s元以上")) % told
    return (_("高%(low)s–%(high)s元") if step > 0 else _("低%(low)s–%(high)s元")) % told


def _range(cell: Cell) -> str:
    return f"{law.yuan(cell.low)}–{law.yuan(cell.high)}"


def _named(version: TableVersion) -> str:
    state = _(STATES[version.state])
    since = f" · {version.valid_from.isoformat()}" if version.valid_from else ""
    return _("第%(number)s版（%(state)s）") % {"number": version.number, "state": state} + since


def _lines(found: again.Again) -> list[tuple[str, int]]:
    titles = (
        (again.WITHIN, _("罚款在新范围以内")),
        (again.BELOW, _("罚款比新范围低")),
        (again.ABOVE, _("罚款比新范围高")),
        (again.UNASKED, _("缺少新基准要问的情节，算不出来")),
    )
    return [(title, found.counts[name]) for name, title in titles]
