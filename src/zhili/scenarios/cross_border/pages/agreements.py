"""/cross-border/agreements: what two sites agreed on, each agreement with its figures, ours and as told by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext

from zhili.core import params
from zhili.core.exchange.handover import naming
from zhili.core.exchange.models import RemoteSite, SiteAgreement
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.cross_border import figures, told
from zhili.scenarios.cross_border.figures import ELSE, Figures, Way
from zhili.scenarios.cross_border.kinds import BY_CODE, INTEGRATIONS, SUB_SCENARIOS
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.pages.who import at_border


@dataclass(frozen=True)
class Line:
    """One way of one agreement, as one side counts it."""

    title: str
    by: str
    way: Way


@dataclass(frozen=True)
class Share:
    title: str
    count: int
    part: float


@dataclass(frozen=True)
class Shown:
    """An agreement in force (or ended) with everything its card says."""

    row: SiteAgreement
    title: str
    integration: str
    in_force: bool
    own: Figures
    lines: list[Line]
    shares: list[Share]
    categories: list[str]
    personal: list[str]
    topics: list[str]
    median: str
    p90: str
    on_time: float | None

    @property
    def came(self) -> int:
        return self.own.ins.came

    @property
    def went(self) -> int:
        return self.own.outs.came


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Of one site (``?site=``), the first when none is named."""
    sites = list(RemoteSite.objects.filter(active=True).order_by("title"))
    asked = text_in(request.GET, "site")
    site = next((one for one in sites if one.site == asked), sites[0] if sites else None)
    context: dict[str, Any] = {"menu": menu(actor, "/cross-border/agreements"), "sites": sites, "site": site}
    if site is not None:
        context |= of_site(site)
    return render(request, "cross_border/agreements.html", context)


def of_site(site: RemoteSite) -> dict[str, Any]:
    """Everything the page says of one neighbour."""
    own = figures.of_site(site)
    word = told.figures(site.site)
    theirs = figures.read(word.document) if word is not None and word.document else {}
    today = timezone.localdate()
    newest: dict[str, SiteAgreement] = {}
    for one in SiteAgreement.objects.filter(site=site).order_by("active", "loaded_at"):
        newest[one.code] = one
    shown = [_shown(one, own[code], theirs.get(code), site, today) for code, one in newest.items()]
    order = {gettext(title): n for n, title in enumerate(INTEGRATIONS.values())}
    shown.sort(key=lambda one: (order.get(one.integration, len(order)), one.row.code))
    before, target = _line("cross_border.before"), _line("cross_border.target")
    return {
        "shown": shown,
        "told": word,
        "before": before,
        "target": target,
        "drawing": _drawing(shown, before, target),
        "subs": _subs(figures.total(own)),
        "everything": sum(one.came + one.went for one in shown),
        "done": sum(one.own.ins.done + one.own.outs.done for one in shown),
        "span": figures.SPAN.days,
    }


def _shown(row: SiteAgreement, own: Figures, theirs: Figures | None, site: RemoteSite, today: date) -> Shown:
    ours, there = gettext("我方统计"), gettext("对方告知")
    came, went = gettext("对方移交来"), gettext("我方移交去")
    lines = [Line(came, ours, own.ins), Line(went, ours, own.outs)]
    if theirs is not None:  # what they handed over is their "out"
        lines = [lines[0], Line(came, there, theirs.outs), lines[1], Line(went, there, theirs.ins)]
    document = row.document
    done, on_time = own.ins.done + own.outs.done, own.ins.on_time + own.outs.on_time
    ends = row.valid_to is not None and row.valid_to < today
    return Shown(
        row,
        str(document.get("title") or row.code),
        str(document.get("group") or ""),
        row.active and row.valid_from <= today and not ends,
        own,
        lines,
        _shares(own.shares),
        _categories(document, site),
        naming.fields(document.get("personal") or ()),
        naming.topics(document.get("topics") or ()),
        _both(own.ins.median, own.outs.median),
        _both(own.ins.p90, own.outs.p90),
        on_time / done if done else None,
    )


def _shares(counted: Mapping[str, int]) -> list[Share]:
    whole = sum(counted.values())
    return [
        Share(_sub(code), number, number / whole)
        for code, number in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ]


def _sub(code: str) -> str:
    if code == ELSE:
        return gettext("其他分类")
    return gettext(BY_CODE[code].title) if code in BY_CODE else code


def _categories(document: Mapping[str, Any], site: RemoteSite) -> list[str]:
    """ "网格协同 ↔ 网格协同": our category and theirs, in this order."""
    first_is_ours = (document.get("sites") or [""])[0] != site.site
    pairs = []
    for one in document.get("categories", ()):
        ours, theirs = (one["a"], one["b"]) if first_is_ours else (one["b"], one["a"])
        pairs.append(_sub(ours) if ours == theirs else f"{_sub(ours)} ↔ {_sub(theirs)}")
    return pairs


def _both(ins: float | None, outs: float | None) -> str:
    """ "1.2 / 2.4": days of what came and of what went."""
    return " / ".join("–" if one is None else days(one) for one in (ins, outs))


def days(found: float) -> str:
    return number_format(found, 1)


def _line(key: str) -> float:
    """A line to compare with; not a limit of anything."""
    try:
        return float(params.get(key).text)
    except ValueError:
        return 0.0


def _drawing(shown: list[Shown], before: float, target: float) -> dict[str, Any]:
    """Bars of the median days each way; for frontend/src/signals/plots.ts."""
    if not any(one.own.ins.done or one.own.outs.done for one in shown):
        return {}
    was = gettext("原来 %s 天") % number_format(before, 0)
    limits = [{"name": gettext("目标 %s 天") % number_format(target, 0), "value": target}]
    return {
        "names": [one.title for one in shown],
        "unit": gettext("中位天数"),
        "lines": [
            {
                "name": gettext("对方移交来"),
                "role": "now",
                "bars": True,
                "values": [one.own.ins.median for one in shown],
            },
            {
                "name": gettext("我方移交去"),
                "role": "soon",
                "bars": True,
                "values": [one.own.outs.median for one in shown],
            },
            {"name": was, "role": "quiet", "values": [before for _one in shown]},
        ],
        "limits": limits,
    }


def _subs(counted: Mapping[str, int]) -> list[dict[str, Any]]:
    """The ten under the five, with how many matters each had and who thought of it."""
    whole = sum(counted.values())
    return [
        {
            "integration": gettext(title),
            "subs": [
                {
                    "title": gettext(one.title),
                    "what": gettext(one.what),
                    "named": one.named,
                    "count": counted.get(one.code, 0),
                    "part": counted.get(one.code, 0) / whole if whole else None,
                }
                for one in SUB_SCENARIOS
                if one.integration == code
            ],
        }
        for code, title in INTEGRATIONS.items()
    ]


pages = (Page("cross-border/agreements", show, "cross_border_agreements", may=at_border),)
