"""The reports' share of the demo city: categories, a duty list, and some matters at different points of their life."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from zhili.core.cases import categories, doors, routing
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Category, Duty
from zhili.core.people.actors import ANONYMOUS, Actor, of_account
from zhili.core.people.demo import department_code
from zhili.core.people.models import Account, Office
from zhili.core.places.models import Division

SCENARIO = "citizen_reports"
SOURCE = "演示职责清单"

# county department → names of the categories it answers for; a star: at once, without the grid first
DUTIES = {
    "zhzf": [
        "私搭乱建",
        "占道经营",
        "无照经营游商",
        "店外经营",
        "非法小广告",
        "违规牌匾标识",
        "油烟污染",
        "机动车乱停放",
        "毁绿占绿",
    ],
    "zhujian": ["*燃气泄漏", "施工扰民", "工地扬尘", "无证掘路", "燃气井盖", "物业服务", "路灯", "*路灯漏电"],
    "jiaotong": ["道路破损", "交通标志牌", "交通信号灯", "桥梁", "隔离护栏", "公共交通服务", "*路面塌陷"],
    "shuili": ["河道护栏", "水域不洁", "供水管道破裂", "自来水管破裂"],
    "huanjing": ["噪声扰民", "焚烧垃圾树叶", "污水外溢"],
    "shichang": ["食品安全"],
    "gongan": [],
    "minzheng": ["社会保障"],
}

SAMPLES = [
    ("小区门口下水道堵了，污水漫到人行道上，走路要绕开。", "下水道堵塞"),
    ("路口东侧有一个窨井盖松动，电瓶车压过去会响。", "雨水井盖"),
    ("河边护栏断了一截，旁边有小孩玩。", "河道护栏"),
    ("菜场门口每天早上占道摆摊，行人只能走机动车道。", "占道经营"),
    ("路灯有三盏不亮，晚上看不清路面。", "路灯"),
    ("绿化带里堆了很多建筑垃圾，已经一个多星期。", "施工废弃料"),
]


def load() -> dict[str, int]:
    """Make categories, duties and sample matters; harmless when repeated. Returns how many there are of each."""
    categories.load(SCENARIO)
    if not Duty.objects.filter(scenario=SCENARIO).exists():
        Duty.objects.bulk_create(_duties())
    routing.forget()
    if not Case.objects.filter(scenario=SCENARIO).exists():
        _samples()
    return {
        "categories": Category.objects.filter(scenario=SCENARIO).count(),
        "duties": Duty.objects.filter(scenario=SCENARIO).count(),
        "cases": Case.objects.filter(scenario=SCENARIO).count(),
    }


def _duties() -> Iterator[Duty]:
    codes = dict(Category.objects.filter(scenario=SCENARIO).values_list("name", "code"))
    offices = {o.code: o for o in Office.objects.filter(kind="department")}
    for county in Division.objects.filter(level="county", valid_to=None):
        for slug, names in DUTIES.items():
            office = offices.get(department_code(county.code, slug))
            for name in names if office else ():
                yield Duty(
                    scenario=SCENARIO,
                    category=codes[name.lstrip("*")],
                    division=county,
                    office=office,
                    direct=name.startswith("*"),
                    source=SOURCE,
                )


@transaction.atomic
def _samples() -> None:
    """A few reports around the demo's own grid worker, each a step further than the one before."""
    people = {
        a.username: of_account(a)
        for a in Account.objects.filter(username__in=["resident", "grid", "village", "town"])
    }
    grid = people.get("grid")
    office = Office.objects.select_related("cell").filter(pk=grid.office_id or 0).first() if grid else None
    if grid is None or office is None or office.cell is None:
        return
    codes = dict(Category.objects.filter(scenario=SCENARIO).values_list("name", "code"))
    resident = people.get("resident", ANONYMOUS)
    for i, (what, name) in enumerate(SAMPLES):
        place = {"lon": office.cell.lon + i * 1e-5, "lat": office.cell.lat, "address": office.name}
        data = {"what": what, "place": place, "category": codes[name], "anonymous": True}
        opened = doors.open_case("citizen_reports.report", "report", resident if i % 2 else ANONYMOUS, data)
        _lead(opened.case_id, i, grid, resident)


def _lead(case_id: int, far: int, grid: Actor, resident: Actor) -> None:
    """Take a matter ``far`` steps along the way a grid worker would."""
    way: list[tuple[str, Actor, dict[str, Any]]] = [
        ("accept", grid, {}),
        ("progress", grid, {"note": "已到现场查看，联系了维修人员。"}),
        ("finish", grid, {"answer": "已当场处理好，欢迎继续监督。"}),
        ("rate", resident, {"rating": 5}),
    ]
    for action, actor, data in way[: max(0, far - 1)]:
        if Case.objects.get(pk=case_id).office_id != grid.office_id and actor is grid:
            return
        if action == "rate" and resident is ANONYMOUS:
            return
        try:
            doors.act(case_id, action, actor, data)
        except Refused:
            return
