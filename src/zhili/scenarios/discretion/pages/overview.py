"""``/desk/discretion``: how alike cases came out, and the decisions of a period asked again under another version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

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
    """The spread of one clause."""
    asked, faults = _asked(request)
    found = spread.of(asked, actor)
    context = {
        **_common(asked, faults),
        "found": found,
        "plot": _plot(found.cells) if found.cells else None,
        "fewest": spread.FEWEST,
        "recompute": f"/desk/discretion/recompute?{request.GET.urlencode()}",
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
        "cases": [
            (number, day, law.yuan(fine), f"{law.yuan(low)}–{law.yuan(high)}")
            for number, day, fine, low, high in (found.cases if found else [])
        ],
        "moves": [(_rows(old), _rows(new), n) for old, new, n in (found.moves if found else [])],
        "fewest": spread.FEWEST,
        "per_second": int(found.asked / found.seconds) if found and found.seconds and found.asked else 0,
        "back": f"/desk/discretion?{request.GET.urlencode()}",
    }
    return render(request, "discretion/recompute.html", context)


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
