"""/desk/village/…: the loop, the televisions, the tiles and the collection points; each change with its leaf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases.errors import Refused
from zhili.core.forms import Bool, Choice, Date, Decimal, Form, Integer, Text
from zhili.core.people.actors import Actor
from zhili.core.people.models import Post
from zhili.core.places.tree import Node
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.village_screens import content, keeping, sensing, tiles, waste
from zhili.scenarios.village_screens.displays import pairing
from zhili.scenarios.village_screens.kinds import LONGEST, SHORTEST, TILES, TITLES
from zhili.scenarios.village_screens.measures import MEASURES
from zhili.scenarios.village_screens.models import Display, Tile, WastePoint
from zhili.scenarios.village_screens.pages import who
from zhili.scenarios.village_screens.pages.desk import common


class PairForm(Form):
    code = Text("电视上的配对码", required=True, max_length=12)
    name = Text("放在哪里", required=True, max_length=40, help="例如：文化礼堂、村口小店。")


class TileForm(Form):
    kind = Choice("哪一类", required=True, choices=TILES)
    name = Text("地点", required=True, max_length=40, help="例如：村东涵洞、三号田、桃园小区。不写门牌。")
    title = Text("看什么", required=True, max_length=20, help="例如：积水、土壤湿度、空余车位。")
    source = Text("传感器编号", required=True, max_length=64)
    measure = Choice("测量项", required=True, choices=[(one.name, one.title) for one in MEASURES])
    below = Bool("越低越要紧", default=False)
    notice_from = Decimal("从多少起“注意”", places=3)
    alarm_from = Decimal("从多少起“报警”", places=3)
    stale_minutes = Integer("多少分钟没有新数据算过时", min=1, max=10080, default=30, required=True)


class PointForm(Form):
    name = Text("投放点名称", required=True, max_length=40, help="例如：村口投放点。不按户登记。")


class WeighForm(Form):
    point = Integer("投放点", required=True, min=1)
    day = Date("哪天", required=True)
    kilograms = Decimal("重量（公斤）", required=True, min=0, max=100000)
    purity = Decimal("分类准确率（%）", min=0, max=100, places=1)


def loop(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Order and seconds of the loop, and whether finances are monthly."""
    division = who.village_of(request, actor)
    trouble = None
    if request.method == "POST":
        _only_keepers(actor)
        done, trouble = attempt(lambda: _set_loop(request, actor, division))
        if done is not None:
            messages.success(request, gettext("已保存，电视半分钟内照新的顺序播放。"))
            return redirect(request.get_full_path())
    now = content.loop(division.id)
    seconds = dict(zip(now.kinds, now.seconds, strict=False))
    order = [*now.kinds, *(kind for kind in TITLES if kind not in now.kinds)]
    rows = [
        {
            "kind": k,
            "title": gettext(TITLES[k]),
            "place": n if k in seconds else 0,
            "seconds": seconds.get(k, 15),
        }
        for n, k in enumerate(order, 1)
    ]
    context = {
        **common(request, actor, division),
        "rows": rows,
        "monthly": now.monthly_finance,
        "low": SHORTEST,
        "high": LONGEST,
        "trouble": trouble,
    }
    return render(request, "village_screens/loop.html", context, status=trouble.status if trouble else 200)


def _set_loop(request: HttpRequest, actor: Actor, division: Node) -> Any:
    """From the fields ``place_<kind>`` (empty or 0: not shown) and ``seconds_<kind>``."""
    chosen = []
    for kind in TITLES:
        place, seconds = request.POST.get(f"place_{kind}", ""), request.POST.get(f"seconds_{kind}", "")
        if place.isascii() and place.isdigit() and int(place[:4]) > 0:
            if not (seconds.isascii() and seconds.isdigit()):
                raise Refused("bad_seconds", gettext("停留时间应是整数秒"), 422)
            chosen.append((int(place[:4]), kind, int(seconds[:4])))
    chosen.sort()
    monthly = bool(request.POST.get("monthly"))
    kinds = [kind for _place, kind, _seconds in chosen]
    return keeping.set_loop(actor, division.id, kinds, [one[2] for one in chosen], monthly=monthly)


def displays(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The village's televisions: pair one by its code; each with since when it was last seen."""
    division = who.village_of(request, actor)

    def paired(values: dict[str, Any]) -> Any:
        return pairing.confirm(actor, division.id, values["code"], values["name"])

    said = gettext("电视已配对，报警会显示在它上面。")
    done, bound = _filled(request, actor, PairForm, paired, said)
    if done is not None:
        return done
    found = list(Display.objects.filter(division_id=division.id).order_by("-revoked_at", "-pk")[:50])
    found.sort(key=lambda one: (one.revoked_at is not None, -one.pk))
    fresh = timezone.now() - timedelta(minutes=1)
    posts = dict(Post.objects.filter(pk__in=[one.paired_by for one in found]).values_list("pk", "title"))
    context = {
        **common(request, actor, division),
        **bound,
        "displays": [(one, posts.get(one.paired_by or 0, ""), one.paired_at > fresh) for one in found],
        "address": request.build_absolute_uri(f"/tv/{division.code}?pair"),
    }
    return render(request, "village_screens/displays.html", context, status=bound["status"])


@require_POST
def revoke(request: HttpRequest, actor: Actor, display: int) -> HttpResponse:
    found = Display.objects.filter(pk=display, division_id__in=[o.id for o in who.below(actor)]).first()
    if found is None:
        raise Http404
    _only_keepers(actor)
    pairing.revoke(actor, found)
    messages.success(request, gettext("已解除，那台电视不再显示报警。"))
    return redirect(_back(request, actor, found.division.code, "displays"))


def tile_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the tiles show and how they stand."""
    division = who.village_of(request, actor)

    def add(values: dict[str, Any]) -> Any:
        number = values.pop("source")
        source = sensing.source(number)
        if source is None:
            raise Refused("no_sensor", gettext("没有登记过这个编号的传感器，请核对"), 422)
        floats = ("notice_from", "alarm_from")
        asked = {
            name: float(given) if name in floats else given for name, given in values.items() if given != ""
        }
        unit = next(one.unit for one in MEASURES if one.name == values["measure"])
        return keeping.add_tile(actor, division.id, {**asked, "source_id": source, "unit": unit})

    done, bound = _filled(request, actor, TileForm, add, gettext("已放到屏上。"))
    if done is not None:
        return done
    context = {**common(request, actor, division), **bound, "tiles": tiles.of(division.id)}
    return render(request, "village_screens/tiles.html", context, status=bound["status"])


@require_POST
def tile_remove(request: HttpRequest, actor: Actor, tile: int) -> HttpResponse:
    found = Tile.objects.filter(
        pk=tile, division_id__in=[o.id for o in who.below(actor)], removed_at=None
    ).first()
    if found is None:
        raise Http404
    _only_keepers(actor)
    keeping.remove_tile(actor, found)
    messages.success(request, gettext("已从屏上拿下。"))
    return redirect(_back(request, actor, found.division.code, "tiles"))


def waste_days(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Weights by point and day; entered by the committee's posts, points named by who leads."""
    division = who.village_of(request, actor)
    if request.POST.get("_do") == "point":
        _only_keepers(actor)
        done, bound = _filled(
            request,
            actor,
            PointForm,
            lambda values: keeping.add_point(actor, division.id, values["name"]),
            gettext("投放点已登记。"),
            keepers=False,
        )
        other = {"weigh": WeighForm.bind(None, None), "point": bound.get("bound")}
    else:
        done, bound = _filled(
            request, actor, WeighForm, _weigh(actor, division), gettext("已登记。"), keepers=False
        )
        other = {"weigh": bound.get("bound"), "point": PointForm.bind(None, None)}
    if done is not None:
        return done
    points = waste.of(division.id)
    context = {
        **common(request, actor, division),
        **bound,
        **other,
        "points": points,
        "today": timezone.localdate().isoformat(),
    }
    return render(request, "village_screens/waste.html", context, status=bound["status"])


def _weigh(actor: Actor, division: Node) -> Callable[[dict[str, Any]], Any]:
    def weigh(values: dict[str, Any]) -> Any:
        point = WastePoint.objects.filter(pk=values["point"], division_id=division.id, closed_on=None).first()
        if point is None:
            raise Refused("no_point", gettext("没有这个投放点，请从列表里选"), 422)
        purity = values.get("purity")
        day = date.fromisoformat(values["day"])
        waste.enter(actor, point, day, float(values["kilograms"]), float(purity) if purity else None)
        return True

    return weigh


@require_POST
def point_close(request: HttpRequest, actor: Actor, point: int) -> HttpResponse:
    found = WastePoint.objects.filter(
        pk=point, division_id__in=[o.id for o in who.below(actor)], closed_on=None
    ).first()
    if found is None:
        raise Http404
    _only_keepers(actor)
    keeping.close_point(actor, found)
    messages.success(request, gettext("投放点已停用，以前的记录还在。"))
    return redirect(_back(request, actor, found.division.code, "waste"))


def _filled(
    request: HttpRequest,
    actor: Actor,
    form: type[Form],
    do: Callable[[dict[str, Any]], Any],
    said: str,
    *,
    keepers: bool = True,
) -> tuple[HttpResponse | None, dict[str, Any]]:
    """A form on its page: (where to go after it was done, else None; what the template draws it from)."""
    sent: Submission | None = None
    trouble: Trouble | None = None
    if request.method == "POST":
        if keepers:
            _only_keepers(actor)
        sent = Submission(request, form, actor)
        data = sent.data
        done, trouble = attempt(lambda: do(dict(form.validate(data).values)))
        if done is not None:
            messages.success(request, said)
            return redirect(request.get_full_path()), {}
    bound = form.bind(sent.data if sent else None, trouble.errors if trouble else None)
    key = sent.key if sent and not (trouble and trouble.message) else new_key()
    status = trouble.status if trouble else 200
    return None, {"bound": bound, "key": key, "trouble": trouble, "status": status}


def _only_keepers(actor: Actor) -> None:
    if not who.keeps(actor):
        raise PermissionDenied(gettext("由村里的负责岗位或单位管理员办理。"))


def _back(request: HttpRequest, actor: Actor, code: str, page: str) -> str:
    many = len(who.below(actor)) > 1
    return f"/desk/village/{page}" + (f"?v={code}" if many else "")


pages = (
    Page("desk/village/loop", loop, "village_loop", may=who.committee),
    Page("desk/village/displays", displays, "village_displays", may=who.committee),
    Page("desk/village/displays/<int:display>/revoke", revoke, "village_display_revoke", may=who.committee),
    Page("desk/village/tiles", tile_list, "village_tiles", may=who.committee),
    Page("desk/village/tiles/<int:tile>/remove", tile_remove, "village_tile_remove", may=who.committee),
    Page("desk/village/waste", waste_days, "village_waste", may=who.weighs),
    Page("desk/village/waste/<int:point>/close", point_close, "village_point_close", may=who.committee),
)
