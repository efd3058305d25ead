"""Evidence's share of the demo city: a store room of an enforcement office, and items on their way through it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, Office, Post
from zhili.scenarios.evidence import plan
from zhili.scenarios.evidence.models import Rack, Room, Slot, Store
from zhili.scenarios.evidence.scenes import demo as scenes

ITEM = "evidence.item"
MATTER = "演执立〔2026〕12号"
THINGS: tuple[tuple[str, str, str, str], ...] = (
    ("蓝色电动三轮车", "1 辆", "W1-101-A101", "seized"),
    ("电子秤", "2 台", "W1-101-A102", "preserved"),
    ("液化气钢瓶", "3 个", "W1-101-A203", "seized"),
    ("折叠桌椅", "1 套", "W1-101-B101", "seized"),
    ("过期饮料", "4 箱", "W1-101-B102", "seized"),
    ("遮阳伞", "1 把", "W1-101-B203", "seized"),
)


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    custodian, leader = _acting("handler"), _acting("leader")
    if custodian is not None and leader is not None:
        if not Store.objects.filter(office_id=custodian.office_id or 0).exists():
            _a_store(leader)
        if not Case.objects.filter(procedure=ITEM).exists():
            _items(custodian, leader)
            _criminal()
        scenes.load(custodian)
    return {"stores": Store.objects.count(), "items": Case.objects.filter(procedure=ITEM).count()}


def _a_store(leader: Actor) -> None:
    store = plan.add_store(leader, "W1", "涉案物品保管室", "演示城区")
    room = plan.add_room(leader, store, "101", "101 室", 7.0, 5.0)
    for code, y in (("A", 0.4), ("B", 2.0), ("C", 3.6)):
        _rack(leader, room, code, y)


def _rack(leader: Actor, room: Room, code: str, y: float) -> None:
    plan.add_rack(leader, room, Rack(code=code, x=0.5, y=y, width=5.0, depth=0.7, rows=3, columns=5), 2)


def _items(custodian: Actor, leader: Actor) -> None:
    """One still at the door, one on its shelf, one sealed, one lent, one proposed to go, one returned."""
    _take_in(custodian, "广告灯箱", "1 个", "seized")
    cart, scale, bottles, table, drinks, umbrella = (_shelved(custodian, *one) for one in THINGS)
    doors.act(cart, "move", custodian, {"slot": "W1-101-A105", "why": "靠门，方便核对"})
    doors.act(scale, "seal", custodian, {"seal_number": "F-2026-0031", "photos": [_picture(custodian)]})
    borrower = Office.objects.filter(level="county", kind="department").exclude(pk=custodian.office_id or 0)
    to = borrower.filter(division_id=custodian.division_id or 0).order_by("code").first() or borrower.first()
    if to is not None:
        until = timezone.localdate() + timedelta(days=7)
        loan = {"office": to.pk, "post": "检验员", "purpose": "送检", "until": str(until)}
        doors.act(bottles, "lend", custodian, loan)
    doors.act(drinks, "propose", custodian, {"disposal": "destroy", "reason": "已过保质期，不宜长期保存"})
    for one in (table, umbrella):
        doors.act(one, "propose", custodian, {"disposal": "return", "reason": "已接受处理，应当发还"})
    doors.act(umbrella, "approve", leader, {})
    signed = [_picture(custodian)], [_picture(custodian)]
    owner = {"owner": "陈阿婆", "right": "owner", "way": "glass"}
    signatures = {"signature": signed[0], "custodian_signature": signed[1]}
    doors.act(umbrella, "hand_out", custodian, {**owner, **signatures})


def _criminal() -> None:
    """At a public security office: seen by that office alone."""
    office = Office.objects.filter(code__endswith="-gongan").order_by("code").first()
    post = Post.objects.filter(office=office, roles__contains=["handler"]).first() if office else None
    if office is None or post is None:
        return
    officer = Actor(
        kind="post",
        id=post.pk,
        office_id=office.pk,
        office_level=office.level,
        division_id=office.division_id,
        roles=frozenset(post.roles),
        label=f"{office.name} {post.title}",
    )
    _take_in(officer, "银色手机", "1 部", "seized", matter="演公立〔2026〕3号", matter_kind="criminal")


def _take_in(by: Actor, what: str, quantity: str, ground: str, **more: Any) -> int:
    data = {
        "matter_kind": "administrative",
        "matter": MATTER,
        "what": what,
        "quantity": quantity,
        "ground": ground,
    }
    return doors.open_case(ITEM, "take_in", by, {**data, **more}, key=f"demo {what}").case_id


def _shelved(by: Actor, what: str, quantity: str, slot: str, ground: str) -> int:
    case = _take_in(by, what, quantity, ground)
    if Slot.objects.filter(office_id=by.office_id or 0, code=slot).exists():
        doors.act(case, "shelve", by, {"slot": slot})
    return case


def _picture(by: Actor) -> str:
    """A line on white: what stands for a photo or a signature in the demo."""
    image = Image.new("RGB", (480, 160), "white")
    ImageDraw.Draw(image).line(
        [(30, 110), (120, 40), (200, 120), (300, 50), (440, 100)], fill="black", width=6
    )
    out = BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    kept = files.store(out, "demo.png", by)
    return f"{kept.id}:{kept.token}"


def _acting(username: str) -> Actor | None:
    account = Account.objects.filter(username=username).first()
    return of_account(account) if account is not None else None
