"""The border's share of the demo city: matters where Pinghu and Jinshan meet, and what each shows the other.

Real are the names of places; every matter, figure and agreement is made up. Parts in folders of their own add their
``demo.load()`` at the end.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from zhili.core.cases import categories, doors, routing
from zhili.core.cases.models import Case, Duty
from zhili.core.exchange.models import RemoteSite
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, Office, Post
from zhili.core.places import demo as places
from zhili.core.places.models import Cell
from zhili.core.places.tree import full_name
from zhili.scenarios.cross_border import demo_parts, sharing
from zhili.scenarios.cross_border.kinds import INTEGRATIONS, SUB_SCENARIOS
from zhili.scenarios.cross_border.models import Sharing
from zhili.scenarios.cross_border.sharing import MATTER, Wish

SEAT = "联合指挥席"
MATTERS: tuple[tuple[str, str, str, str], ...] = (
    ("grid", "交界林带里有三堆建筑垃圾，一堆压在界桩边上", "both", "received"),
    ("waters", "界河水葫芦从上游漂下来，堵在闸口，水位涨了一掌", "theirs", "received"),
    ("linkage", "接线路东侧路面塌了一块，往对面的非机动车过不去", "ours", "handling"),
    ("enforcement", "夜里有车从对面过来，在机耕路边倒渣土", "theirs", "handling"),
    ("aid", "交界自然村停水，对面的水厂离得近，请送一车水", "both", "handling"),
    ("events", "周末两地骑行赛，终点一侧停车不够，要借对面的晒场", "both", "joint"),
    ("mediation", "界河取水口的用水时间，两边的种植户说不到一起", "both", "joint"),
    ("hazards", "界河老桥护栏锈断一段，桥面有裂缝", "both", "checking"),
    ("guard", "交界路口夜间照明坏了两盏，两边值守都看不清", "ours", "closed"),
    ("services", "省际公交末班车提前半小时，下班的人坐不上", "theirs", "closed"),
)
"""Sub-scenario, what, whose side, and how far it has come. All made up."""
NEAREST = 12
"""So many cells at the border have matters and are shared by hand."""


def load() -> dict[str, int]:
    """Make it once. Returns how many there are of each."""
    village = places.PACKAGED["jinshan" if _side() == "jinshan" else "pinghu"].village
    cells = list(Cell.objects.filter(village__code=village, valid_to=None).order_by("code")[:NEAREST])
    centre = Office.objects.filter(code=f"{village[:6]}000000", kind="general").first()
    if centre is not None and cells:
        _duties(centre)
        if not Case.objects.filter(procedure=MATTER).exists():
            _matters(centre, cells)
        _share(centre, cells)
    return {"border matters": Case.objects.filter(procedure=MATTER).count(), **demo_parts.load()}


def _side() -> str:
    return places.chosen().files


def _duties(centre: Office) -> None:
    """Border matters go to the joint centre at once, not to the cell they lie in."""
    categories.load("cross_border")
    for category in INTEGRATIONS:
        Duty.objects.get_or_create(
            scenario="cross_border",
            category=category,
            division=centre.division,
            defaults={"office": centre, "direct": True, "source": "示范数据"},
        )
    routing.forget()


def _matters(centre: Office, cells: list[Cell]) -> None:
    seat, chief = _seat(centre), _of_post(Post.objects.get(office=centre, title="值班长"))
    for n, (category, what, side, stage) in enumerate(MATTERS):
        cell = cells[n % len(cells)]
        aside = n // len(cells) * 0.0012  # so that two in one cell do not lie upon one another
        place = {
            "lon": cell.lon + aside,
            "lat": cell.lat - aside,
            "address": f"{full_name(cell.village_id, 'town')}界河边",
        }
        data = {"what": what, "place": place, "category": category, "side": side}
        finder = _grid(cell)
        opening = "find" if finder is not None else "record"
        made = doors.open_case(MATTER, opening, finder or seat, data, key=f"demo border {category}")
        _on(made.case_id, stage, seat, chief)


def _on(case: int, stage: str, seat: Actor, chief: Actor) -> None:
    """As far as ``stage``."""
    if stage == "received":
        return
    doors.act(case, "accept", seat, {})
    if stage == "handling":
        doors.act(case, "progress", seat, {"note": "已到现场看过，正与对方商量。"})
        return
    if stage == "joint":
        at = timezone.now() + timedelta(hours=20)
        offices = "我方联合指挥席、镇综合信息指挥室；对方城市运行管理中心值班席"
        doors.act(case, "agree_joint", seat, {"at": at.isoformat(), "where": "界河桥头", "offices": offices})
        return
    done = {"result": "solved", "answer": "两边一起到场处理，当天恢复；以后每月同查一次。"}
    doors.act(case, "submit", seat, done)
    if stage == "closed":
        doors.act(case, "confirm", chief, done)


def _share(centre: Office, cells: list[Cell]) -> None:
    """With each neighbour that has been introduced by now: the cells of one village, every sub-scenario."""
    for site in RemoteSite.objects.filter(active=True):
        if not Sharing.objects.filter(office=centre, site=site).exists():
            every = tuple(one.code for one in SUB_SCENARIOS)
            wish = Wish(cells=tuple(one.code for one in cells), categories=every, points=True, figures=True)
            sharing.put(_seat(centre), site, wish)


def _seat(centre: Office) -> Actor:
    """The seat of the joint centre; with its account where the demo has one."""
    account = Account.objects.filter(username="joint").first()
    if account is not None:
        return of_account(account)
    post, _new = Post.objects.get_or_create(
        office=centre, title=SEAT, defaults={"roles": ["handler", "leader"]}
    )
    return _of_post(post)


def _grid(cell: Cell) -> Actor | None:
    post = Post.objects.filter(office__cell=cell).first()
    return _of_post(post) if post is not None else None


def _of_post(post: Post) -> Actor:
    office = post.office
    more: dict[str, Any] = {
        "office_id": office.pk,
        "office_level": office.level,
        "division_id": office.division_id,
    }
    return Actor("post", post.pk, roles=frozenset(post.roles), label=f"{office.name} {post.title}", **more)
