"""Patrols, event plans and watched places of the demo city: around the cell where its grid worker sits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.exchange.models import RemoteSite
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, Office
from zhili.core.places.models import Cell
from zhili.scenarios.cross_border.events import keeping as plans
from zhili.scenarios.cross_border.events.models import PlanDetail, PlanPost
from zhili.scenarios.cross_border.patrols import keeping, tapping
from zhili.scenarios.cross_border.patrols.models import Checkpoint, CheckpointCode, PatrolDetail, Route

NAMES = ("界河塘桥东", "老闸口码头", "交界路口岗亭", "北港河口")
HAZARDS: tuple[tuple[str, str, str, str, bool], ...] = (
    ("bridge", "塘桥（限重 10 吨）", "桥面有裂缝，重车绕行前每周看一次护栏和桥墩。", "high", True),
    ("chemicals", "北港危险化学品仓库", "离界河 300 米，防汛期要看围堰和应急池。", "high", False),
    ("flood", "交界路涵洞", "大雨 20 分钟积水过膝，两边都要封路。", "middle", True),
    ("market", "界河集贸市场", "逢五赶集，人多，电线老化。", "low", True),
)


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    town, county, city, grid = (_acting(name) for name in ("town", "county", "city", "grid"))
    if town is None or county is None or city is None or grid is None:
        return {}
    cells = _cells(grid)
    if not Route.objects.exists() and cells:
        _patrols(town, grid, cells)
    _joint(town, grid)
    if not PlanDetail.objects.exists() and cells:
        _plans(town, county, city, cells[0])
    if not Case.objects.filter(procedure="cross_border.hazard").exists() and cells:
        _hazards(town, grid, cells)
    return {
        "patrols": PatrolDetail.objects.count(),
        "event plans": PlanDetail.objects.count(),
        "watched places": Case.objects.filter(procedure="cross_border.hazard").count(),
    }


def _acting(username: str) -> Actor | None:
    account = Account.objects.filter(username=username).first()
    return of_account(account) if account is not None else None


def _cells(grid: Actor) -> list[Cell]:
    """The grid worker's own cell first, then its neighbours in the village."""
    cell = Office.objects.values_list("cell_id", flat=True).get(pk=grid.office_id or 0)
    village = Cell.objects.values_list("village_id", flat=True).get(pk=cell or 0)
    found = list(Cell.objects.filter(village_id=village, valid_to=None).order_by("code")[: len(NAMES)])
    found.sort(key=lambda one: one.pk != cell)
    return found


def _patrols(town: Actor, grid: Actor, cells: list[Cell]) -> None:
    points = []
    for n, name in enumerate(NAMES):
        cell = cells[n % len(cells)]
        spread = 0.0015 * (n // len(cells))
        where = {"lon": round(cell.lon + spread, 6), "lat": round(cell.lat + spread, 6)}
        points.append(keeping.add_point(town, {"name": name, "radius": 100, **where}))
    route = keeping.add_route(town, "界河夜巡线")
    for n, point in enumerate(points):
        keeping.add_stop(town, route, {"checkpoint": point.pk, "after_minutes": 20 * n, "meeting": n == 1})
    now = timezone.now()
    walked = _planned(town, grid, route, "界河夜间巡防", now + timedelta(minutes=1), 3, None)
    _tapped(grid, walked, points[0], "inside")  # one: nobody is at four places in a minute


def _joint(town: Actor, grid: Actor) -> None:
    """Called joint only once there is a site to walk with: made when the demo is repeated after the introduction."""
    partner = RemoteSite.objects.filter(active=True).order_by("pk").first()
    route = Route.objects.filter(retired_at=None).order_by("pk").first()
    if partner is None or route is None or PatrolDetail.objects.exclude(partner="").exists():
        return
    _planned(town, grid, route, "周末集市联合巡防", timezone.now() + timedelta(days=2), 2, partner)


def _planned(
    town: Actor,
    grid: Actor,
    route: Route,
    title: str,
    starts: datetime,
    hours: int,
    partner: RemoteSite | None,
) -> PatrolDetail:
    data: dict[str, Any] = {
        "title": title,
        "route": str(route.pk),
        "starts": starts.isoformat(),
        "ends": (starts + timedelta(hours=hours)).isoformat(),
        "team_office": str(grid.office_id),
        "team": "界河巡防一组",
        "window": 15,
    }
    if partner is not None:
        data["partner"] = partner.site
    made = doors.open_case("cross_border.patrol", "plan", town, data, key=f"demo {title}")
    return PatrolDetail.objects.get(pk=made.case_id)


def _tapped(grid: Actor, patrol: PatrolDetail, point: Checkpoint, presence: str) -> None:
    code = CheckpointCode.objects.get(checkpoint=point, until=None).code
    stop = patrol.stops.get(uuid=point.uuid)
    key = f"demo {patrol.pk} {point.pk}"
    tapping.tap(grid, stop, patrol.teams.get(), code, key=key, presence=presence)


def _plans(town: Actor, county: Actor, city: Actor, cell: Cell) -> None:
    fair = _plan(town, cell, "元旦灯会", "界河集贸市场广场", 20, 3000, drill=True)
    doors.act(fair, "review", county, {"remark": "岗位和电话已核对。"})
    doors.act(fair, "approve", city, {})
    _plan(town, cell, "环湖健步走", "滨河步道", 34, 1200, drill=False)


def _plan(town: Actor, cell: Cell, name: str, venue: str, days: int, expected: int, *, drill: bool) -> int:
    day = timezone.localtime().replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(days=days)
    ends = day + timedelta(hours=5)
    data = {
        "name": name,
        "place": {"lon": cell.lon, "lat": cell.lat, "address": venue},
        "venue": venue,
        "starts": day.isoformat(),
        "ends": ends.isoformat(),
        "expected": expected,
        "organiser": "镇文化站",
    }
    opened = doors.open_case("cross_border.event_plan", "write", town, data, key=f"demo {name}").case_id
    case, plan = Case.objects.get(pk=opened), PlanDetail.objects.get(pk=opened)
    posts = (
        ("一号入口", "查包、限流、引导"),
        ("北停车场", "车辆引导、留出救护通道"),
        ("舞台东侧", "看护栏和电线"),
    )
    for n, (title, duties) in enumerate(posts):
        at = {"lon": cell.lon + 0.0012 * n, "lat": cell.lat + 0.0006 * n}
        plans.add(town, case, plan, "post", {"name": title, "duties": duties, "people": 4, **at})
    for n, post in enumerate(PlanPost.objects.filter(plan=plan).order_by("pk")):
        if n == 2 and not drill:
            continue
        side, team = ("theirs", "对岸派出所") if n == 1 else ("ours", f"镇综合执法{n + 1}队")
        shift = {"post": str(post.pk), "side": side, "team": team}
        plans.add(town, case, plan, "shift", {**shift, "starts": day.isoformat(), "ends": ends.isoformat()})
    phone = {"side": "ours", "office": "镇综合信息指挥室", "role": "现场指挥", "phone": "0573-85010000"}
    plans.add(town, case, plan, "contact", phone)
    if drill:
        held = {"held_at": timezone.now().isoformat(), "what": "人群疏散：从舞台到北停车场"}
        found = {"findings": "北出口被摊位占住一半", "mended": "摊位后移 3 米，地上画线"}
        plans.add(town, case, plan, "drill", {**held, **found})
    return opened


def _hazards(town: Actor, grid: Actor, cells: list[Cell]) -> None:
    until = (timezone.localdate() + timedelta(days=300)).isoformat()
    for n, (kind, name, why, level, public) in enumerate(HAZARDS):
        cell = cells[n % len(cells)]
        data: dict[str, Any] = {
            "kind": kind,
            "name": name,
            "place": {"lon": cell.lon + 0.001, "lat": cell.lat - 0.0008, "address": f"{cell.name}界河边"},
            "why": why,
            "level": level,
            "keeper": str(grid.office_id if n != 1 else town.office_id),
            "until": until if n != 3 else (timezone.localdate() + timedelta(days=20)).isoformat(),
            "shared": n != 3,
            "public": public,
        }
        if public:
            data["ground"] = "政府信息公开条例：安全生产等监督检查情况（示范，条款待确认）"
        made = doors.open_case("cross_border.hazard", "list_place", town, data, key=f"demo {name}")
        if n == 0:
            check = {"result": "finding", "note": "东侧护栏有两处松动，已用绳临时围住。", "opens": True}
            doors.act(made.case_id, "check", grid, check)
