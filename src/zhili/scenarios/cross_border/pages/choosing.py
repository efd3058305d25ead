"""/cross-border/sharing: what one's office lets a neighbour see; exactly what it will see is shown before it does."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop

from zhili.core.exchange.models import RemoteSite
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.trail import changes
from zhili.portal import geo_answers
from zhili.portal.asked import text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.scenarios.cross_border import border, figures, sharing, told
from zhili.scenarios.cross_border.documents import CELLS, FIGURES, MATTERS, MOST_CELLS
from zhili.scenarios.cross_border.kinds import INTEGRATIONS, SUB_SCENARIOS
from zhili.scenarios.cross_border.models import Sharing
from zhili.scenarios.cross_border.pages.bordermap import bounds_of, picked, side_of
from zhili.scenarios.cross_border.pages.menu import menu
from zhili.scenarios.cross_border.pages.who import shares
from zhili.scenarios.cross_border.sharing import NOTHING, Wish

DISTANCES = (0, 300, 500, 1000, 2000, 3000, 5000)
OFFERED = 150
"""So many cells may be picked one by one: the nearest, and whatever was picked before."""
TOPICS = {CELLS: gettext_noop("网格"), MATTERS: gettext_noop("在办的事"), FIGURES: gettext_noop("协议的数字")}


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The choice, and what follows from it. ``do``: preview, save or stop."""
    sites = list(RemoteSite.objects.filter(active=True).order_by("title"))
    site = picked(sites, text_in(request.GET, "site"))
    if site is None:
        return render(request, "cross_border/sharing.html", {"menu": menu(actor, "/cross-border/sharing")})
    office = actor.office_id or 0
    kept = Sharing.objects.filter(office_id=office, site=site).first()
    wish, trouble = sharing.wish_of(kept), None
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do:
        wish = NOTHING if do == "stop" else asked(request.POST)
        done, trouble = _done(actor, site, wish, do, _seen(request.POST))
        if done:
            messages.success(request, _said(do, wish))
            return redirect(f"/cross-border/sharing?site={site.site}")
    context = {
        "menu": menu(actor, "/cross-border/sharing"),
        "sites": sites,
        "site": site,
        "kept": kept if kept is not None and sharing.wish_of(kept).anything else None,
        "wish": wish,
        "trouble": trouble,
        "previewed": do == "preview" and trouble is None,
        "seen": changes.latest(sharing.SUBJECT, f"{office}/{site.pk}"),
        "office": offices().nodes[office].name,
        **_choices(office, site, wish),
        **({} if trouble is not None else _preview(office, site, wish)),
    }
    return render(request, "cross_border/sharing.html", context, status=trouble.status if trouble else 200)


def cells(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/cross-border/sharing.geojson: the cells that may be picked, for the map beside the list."""
    sites = list(RemoteSite.objects.filter(active=True).order_by("title"))
    site = picked(sites, text_in(request.GET, "site"))
    features: list[dict[str, Any]] = []
    if site is not None:
        office = actor.office_id or 0
        kept = sharing.wish_of(Sharing.objects.filter(office_id=office, site=site).first())
        near = _offered(office, site, kept)
        drawn = sharing.cells_document(near)[CELLS]
        features = [
            {
                "type": "Feature",
                "geometry": one["geometry"],
                "properties": {
                    "side": "ours",
                    "kind": "cell",
                    "code": one["code"],
                    "name": one["name"],
                    "words": f"{one['village']} {one['name']}",
                    "count": "",
                },
            }
            for one in drawn
        ]
    body = {"type": "FeatureCollection", "features": features}
    return geo_answers.answer(request, geo_answers.pack(body), "private, no-store")


def asked(form: QueryDict) -> Wish:
    """What was ticked. Whatever does not fit is refused by ``sharing.put``."""
    metres = form.get("metres", "0")
    return Wish(
        int(metres) if metres.isascii() and metres.isdigit() and len(metres) < 6 else -1,
        tuple(sorted({one[:20] for one in form.getlist("cell")[: 4 * MOST_CELLS]})),
        tuple(dict.fromkeys(one[:20] for one in form.getlist("category")[:50])),
        form.get("points") == "1",
        form.get("figures") == "1",
    )


def _done(
    actor: Actor, site: RemoteSite, wish: Wish, do: str, seen: int | None
) -> tuple[bool, Trouble | None]:
    if do == "preview":
        return False, attempt(lambda: sharing.check(actor.office_id or 0, site, wish))[1]
    try:
        kept, trouble = attempt(lambda: sharing.put(actor, site, wish, seen))
    except changes.Overtaken as error:
        return False, Trouble(409, error.message)
    return kept is not None, trouble


def _said(do: str, wish: Wish) -> str:
    if do == "stop" or not wish.anything:
        return gettext("已停止共享；对方会收到一份空的，地图上不再有我方的内容。")
    return gettext("已保存，正在送给对方。")


def _seen(form: QueryDict) -> int | None:
    text = form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _choices(office: int, site: RemoteSite, wish: Wish) -> dict[str, Any]:
    near = _offered(office, site, wish)
    around = sharing.cells_document(near)[CELLS]
    villages: dict[str, list[border.Near]] = {}
    for one in near:
        villages.setdefault(one.village, []).append(one)
    agreed = sharing.agreed_topics(site)
    return {
        "distances": DISTANCES,
        "villages": list(villages.items()),
        "bounds": bounds_of(around),
        "groups": [
            (gettext(title), [one for one in SUB_SCENARIOS if one.integration == code])
            for code, title in INTEGRATIONS.items()
        ],
        "by_neighbour": border.measured_by(told.ground(site.site)) == border.BY_NEIGHBOUR,
        "not_agreed": [gettext(title) for name, title in TOPICS.items() if name not in agreed],
        "most": MOST_CELLS,
    }


def _offered(office: int, site: RemoteSite, wish: Wish) -> list[border.Near]:
    picked_before = set(wish.cells)
    found = border.near(offices().nodes[office].division_id, told.ground(site.site))
    return [one for n, one in enumerate(found) if n < OFFERED or one.code in picked_before]


def _preview(office: int, site: RemoteSite, wish: Wish) -> dict[str, Any]:
    """What the neighbour would be told: with what other offices of ours share, since it is told once."""
    found = sharing.documents(site, {office: wish})
    raw = json.dumps(found, ensure_ascii=False, indent=1)
    return {
        "side": side_of("ours", "", found[CELLS], found[MATTERS]),
        "told_figures": bool(found[FIGURES]["agreements"]),
        "figures": figures.read(found[FIGURES]).values(),
        "raw": _without_coordinates(found),
        "bytes": len(raw.encode()),
        "others": [
            offices().nodes[one].name
            for one in Sharing.objects.filter(site=site)
            .exclude(office_id=office)
            .values_list("office_id", flat=True)
            if one in offices().nodes
        ],
    }


def _without_coordinates(found: dict[str, Any]) -> str:
    """The documents as they travel; the corners of cells, which are many, only counted."""
    shown = json.loads(json.dumps(found))
    for one in shown[CELLS][CELLS]:
        one["geometry"]["coordinates"] = "…"
    return json.dumps(shown, ensure_ascii=False, indent=1)


pages = (
    Page("cross-border/sharing", show, "cross_border_sharing", may=shares),
    Page("cross-border/sharing.geojson", cells, "cross_border_sharing_cells", may=shares),
)
