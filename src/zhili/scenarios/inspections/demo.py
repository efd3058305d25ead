"""Joint inspections' share of the demo city: the starting catalogue in force, a sheet to approve, orders under way."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from django.utils import timezone
from PIL import Image, ImageDraw

from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people import grants
from zhili.core.people.actors import ANONYMOUS, Actor, of_account
from zhili.core.people.models import Account
from zhili.core.places.models import Cell
from zhili.core.visits.models import Visit
from zhili.scenarios.inspections import actions, demo_visits
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.models import Entry, Scene

SCENARIO = "inspections"


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    officer, leader = _acting("handler"), _acting("leader")
    if officer is not None and leader is not None:
        if not Scene.objects.exists():
            keeping.seed(officer)
            keeping.confirm_read(leader)
        if not Case.objects.filter(scenario=SCENARIO).exists():
            _sheets(officer, leader)
            _orders(officer)
            _report()
        county, city = _acting("county"), _acting("city")
        if county is not None and city is not None:
            demo_visits.load(county, city, officer, leader)
    return {
        "inspection items": Entry.objects.filter(state="in_force").count(),
        "inspection scenarios": Scene.objects.count(),
        "planned visits": Visit.objects.count(),
        "inspection cases": Case.objects.filter(scenario=SCENARIO).count(),
    }


def _sheets(officer: Actor, leader: Actor) -> None:
    """One approved and announced, one that waits for its leader."""
    live = keeping.in_force()
    made = []
    for code in ("life-01", "life-03"):
        items = [one for one in Scene.objects.get(code=code).items if one in live]
        data = {
            "scene": code,
            "items": items,
            "why": "random",
            "ground": "年度双随机抽查计划第 3 批",
            "objects": 24,
        }
        data |= {"first": _day(1), "last": _day(21)}
        made.append(doors.open_case("inspections.approval", "apply", officer, data))
    doors.act(made[0].case_id, "approve", leader, {})
    doors.act(made[0].case_id, "notify", officer, {"how": "paper"})


def _orders(officer: Actor) -> None:
    """One that the business is putting right, one that waits for its recheck."""
    wrong = (
        ("老街面馆", "净化设施没有开，近半年没有清洗记录。", "恢复正常使用，补齐清洗记录。"),
        ("河畔小炒", "灶台上方烟道积油严重。", "清洗烟道，做好记录。"),
    )
    place = _place()
    for n, (name, what, demand) in enumerate(wrong):
        data = {"name": name, "item": "Z01", "what": what, "demand": demand, "until": _day(7)}
        made = doors.open_case("inspections.rectification", "order", officer, {**data, "place": place})
        doors.act(made.case_id, "serve", officer, {"how": "onsite"})
        if n:
            operator = grants.resolve(actions.code_of(Case.objects.get(pk=made.case_id)))
            if operator is not None:
                proof = {"done": "烟道已请清洗公司清洗。", "photos": [_photo(operator)]}
                doors.act(made.case_id, "submit", operator, proof)


def _report() -> None:
    told = {"name": "桥头便利店", "visited_on": _day(-1), "body": "shichang", "scanned": "no"}
    told["what"] = "上午来了两个人看证照和货架，没有出示检查码。"
    doors.open_case("inspections.unscanned", "report", ANONYMOUS, {**told, "place": _place()})


def _place() -> dict[str, object]:
    cell = Cell.objects.filter(valid_to=None).order_by("code").first()
    return (
        {"lon": cell.lon, "lat": cell.lat, "address": "建设路 12 号"} if cell else {"address": "建设路 12 号"}
    )


def _photo(by: Actor) -> str:
    picture, out = Image.new("RGB", (640, 480), "#8fa3a0"), BytesIO()
    ImageDraw.Draw(picture).rectangle((120, 100, 520, 400), fill="#d9dedc", outline="#55625f", width=6)
    picture.save(out, "JPEG")
    kept = files.store(BytesIO(out.getvalue()), "after.jpg", by)
    return f"{kept.id}:{kept.token}"


def _day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


def _acting(username: str) -> Actor | None:
    account = Account.objects.filter(username=username).first()
    return of_account(account) if account is not None else None
