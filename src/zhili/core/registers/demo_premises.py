"""Made-up firms and premises on the real ground of the demo city: the same ones each time, and none that exists.

Organisations' numbers begin with YY, which no registry gives out, phones with 100, which rings nowhere. Names are
drawn from words, persons' too.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import shapely
from django.utils import timezone

from zhili.base import cycles
from zhili.base.codes import made_uscc
from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.places.models import Cell
from zhili.core.registers import keeping
from zhili.core.registers.given import GivenFirm, GivenPremises
from zhili.core.registers.models import Premises

SEED: Final = 20261122
SMALL: Final = 400
WHOLE: Final = 40_000
SOURCE: Final = "示范数据"
BATCH: Final = 4_000
TRIES: Final = 12


@dataclass(frozen=True)
class Sort:
    """A kind of premises: its share, how many are run by a person, its industry (GB/T 4754), words of its names."""

    share: float
    traders: float
    industry: str
    ends: tuple[str, ...]
    licence: str = ""


SORTS: Final = {
    "outlet": Sort(
        0.345, 0.86, "5219", ("便利店", "超市", "服装店", "五金店", "水果店", "日用品店", "文具店")
    ),
    "restaurant": Sort(
        0.268, 0.84, "6210", ("面馆", "小吃店", "饭店", "餐厅", "早餐店", "烧烤店", "快餐店"), "JY"
    ),
    "plant": Sort(0.118, 0.16, "1810", ("服饰厂", "五金制品厂", "电子厂", "塑料制品厂", "箱包厂", "木业厂")),
    "office": Sort(0.062, 0.05, "7212", ("商务服务部", "科技公司", "信息咨询公司", "物业公司")),
    "clinic": Sort(0.041, 0.30, "8425", ("大药房", "诊所", "口腔门诊部", "中医诊所")),
    "warehouse": Sort(0.036, 0.12, "5990", ("仓储公司", "物流公司", "冷库")),
    "hotel": Sort(0.030, 0.34, "6121", ("宾馆", "民宿", "旅馆", "酒店"), "LY"),
    "school": Sort(0.028, 0.08, "8391", ("培训中心", "幼儿园", "托育园", "艺术培训部")),
    "venue": Sort(0.027, 0.42, "9011", ("网吧", "歌厅", "台球馆", "影院", "健身房")),
    "site": Sort(0.024, 0.0, "4710", ("住宅项目建设公司", "厂房工程公司", "道路工程公司")),
    "station": Sort(0.012, 0.10, "5265", ("加油站", "充电站")),
    "market": Sort(0.009, 0.05, "7281", ("农贸市场", "菜场")),
}
"""Shares are plausible for a city of this size, not counted from a register."""
FAMILY: Final = tuple("沈陆朱张王李徐吴陈周许姚金钱俞顾曹潘蒋杨胡马冯褚")
GIVEN: Final = (
    "阿毛", "建国", "秀英", "小敏", "志明", "海燕", "国良", "美华", "卫东", "雪芳", "永根", "丽娟", "伟", "芳", "军",
    "敏", "静", "斌", "晓峰", "佳怡", "子涵", "水根", "金宝",
)  # fmt: skip
BRAND_A: Final = tuple("福兴瑞嘉鑫锦南永春新老百万金合天东和宏盛")
BRAND_B: Final = tuple("源昌盛隆顺达丰记泰康香味园禾居湖桥里缘成")
ROADS: Final = (
    "中山路",
    "建国路",
    "人民路",
    "禾兴路",
    "新桥街",
    "环城路",
    "振兴路",
    "工业大道",
    "东升路",
    "文昌路",
)


def load(wanted: int, actor: Actor) -> int:
    """So many premises with their firms, in all; how many came in. Harmless when repeated."""
    there = Premises.objects.filter(source=SOURCE).count()
    if there >= wanted:
        return 0
    with cycles.seldom():
        made = list(_made(wanted))
        firms = [firm for firm, _premises in made if firm is not None]
        premises = [one for _firm, one in made]
        for start in range(0, len(firms), BATCH):
            keeping.keep_firms(firms[start : start + BATCH], actor, source=SOURCE)
        for start in range(0, len(premises), BATCH):
            keeping.keep_premises(premises[start : start + BATCH], actor, source=SOURCE)
    return wanted - there


def _made(wanted: int) -> Iterator[tuple[GivenFirm | None, GivenPremises]]:
    dice = random.Random(SEED)  # noqa: S311 # a demo, the same each time
    ground = _Ground(np.random.default_rng(SEED))
    kinds, weights = list(SORTS), [one.share for one in SORTS.values()]
    today = timezone.localdate()
    last: tuple[GivenFirm, int, str] | None = None
    for n in range(wanted):
        # beyond the first, the same firm's next branch is of its kind
        branch = last is not None and last[1] < 6 and dice.random() < 0.07 and last[0].kind == "firm"
        kind = last[2] if branch and last is not None else dice.choices(kinds, weights)[0]
        sort = SORTS[kind]
        cell, village, lon, lat = ground.place()
        county = tree.node(village).code[:6]
        place = tree.node(tree.at_level(village, "county") or village).name
        if branch and last is not None:
            firm, number = last[0], last[1] + 1
            last = (firm, number, kind)
        else:
            firm, number = _firm(n, sort, county, place, village, dice), 1
            last = (firm, 1, kind)
        licence, until = _licence(sort, n, county, today, dice)
        ended = n % 97 == 0
        name = firm.name.removeprefix(
            tree.node(tree.at_level(firm.division_id or village, "county") or village).name
        )
        name = name.removesuffix("有限公司").removesuffix("公司") + ("工地" if kind == "site" else "")
        name += f"（{number}号）" if branch else ""
        road = f"{dice.choice(ROADS)}{dice.randrange(1, 900)}号"
        yield (
            None if branch else firm,
            GivenPremises(
                firm.code,
                kind,
                name,
                f"CS{county}{n:06d}",
                road,
                lon,
                lat,
                village,
                licence,
                until,
                not ended,
                cell,
            ),
        )


def _firm(n: int, sort: Sort, county: str, place: str, village: int, dice: random.Random) -> GivenFirm:
    trader = dice.random() < sort.traders
    end = dice.choice(sort.ends)
    brand = dice.choice(BRAND_A) + dice.choice(BRAND_B)
    person = dice.choice(FAMILY) + dice.choice(GIVEN)
    if trader and dice.random() < 0.2:
        brand = person  # many a shop bears the name of who runs it
    kind = "sole_trader" if trader else "institution" if end == "幼儿园" else "firm"
    tail = "" if trader or kind == "institution" or end.endswith("公司") else "有限公司"
    return GivenFirm(
        made_uscc({"sole_trader": "92", "firm": "91", "institution": "52"}[kind], county, f"YY{n:06d}"),
        f"{place}{brand}{end}{tail}",
        kind,
        "active" if n % 61 else "suspended",
        sort.industry,
        village,
        operator=person if trader else "",
        phone=f"+86100{dice.randrange(10**8):08d}" if trader or n % 3 == 0 else "",
    )


def _licence(sort: Sort, n: int, county: str, today: date, dice: random.Random) -> tuple[str, date | None]:
    if not sort.licence:
        return "", None
    until = today + timedelta(days=dice.randrange(-40, 5 * 365))
    return f"{sort.licence}2{county}{n:07d}", until


class _Ground:
    """Points in grid cells, every cell as likely as another; of odd shapes the middle after some tries."""

    def __init__(self, dice: np.random.Generator) -> None:
        rows = list(
            Cell.objects.filter(valid_to=None)
            .order_by("code")
            .values_list("id", "village_id", "wkb", "lon", "lat")
        )
        self._dice, self._rows = dice, rows
        self._shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
        self._boxes = shapely.bounds(self._shapes)
        shapely.prepare(self._shapes)

    def place(self) -> tuple[int, int, float, float]:
        """Cell, village, longitude, latitude."""
        at = int(self._dice.integers(len(self._rows)))
        cell, village, _wkb, lon, lat = self._rows[at]
        west, south, east, north = self._boxes[at]
        xs = self._dice.uniform(west, east, TRIES).round(6)
        ys = self._dice.uniform(south, north, TRIES).round(6)
        inside = np.flatnonzero(shapely.contains_xy(self._shapes[at], xs, ys))
        if len(inside):
            lon, lat = float(xs[inside[0]]), float(ys[inside[0]])
        return cell, village, float(lon), float(lat)
