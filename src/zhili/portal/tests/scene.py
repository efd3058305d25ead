"""Matters at every point of their life, and the address of every page that shows one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.apps import apps
from django.utils import timezone
from PIL import Image, ImageDraw

from zhili.base.draw import Candidate
from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.models import Case, Clock
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.cases.tests.lead import Lead
from zhili.core.draws import announcing
from zhili.core.exchange.tests.crossing import OURS, THEIRS, Across
from zhili.core.files import decisions
from zhili.core.files.decisions import Box
from zhili.core.files.models import File
from zhili.core.people.actors import ANONYMOUS, CLOCK, Actor
from zhili.core.signals import sources
from zhili.portal.tests.administering import WALKED, Setting, setting_in
from zhili.portal.tests.building import building_in
from zhili.portal.tests.pages_client import reader
from zhili.portal.tests.registering import registered
from zhili.portal.tests.scene_border import at_the_border
from zhili.portal.tests.scene_catering import at_the_tables

REPORT = "citizen_reports.report"
LONG = "建国路与中山路交叉口东南角人行道上有一块窨井盖破损下沉，边缘翘起，晚上没有灯，骑车的学生多次差点摔倒"


@dataclass
class Scene:
    """``fresh`` is anonymous (``code`` opens it), ``late`` to ``declined`` are the resident's, ``named`` has a name."""

    city: SmallCity
    resident: Actor
    fresh: str
    code: str
    late: str
    answered: str
    declined: str
    named: str
    setting: Setting
    draw: int = 0
    photo: str = ""
    """Of ``fresh``, masked in one place."""
    kept: tuple[str, ...] = ()
    """Addresses of an item in a store, of its store, a stock-taking and a scene, under /evidence/."""
    worn: tuple[str, ...] = ()
    """Addresses of a wristband, of who calls for help, and of the list, under /care/."""
    family: tuple[str, ...] = ()
    """The page of a relative the wearer named, under /care/."""
    across: tuple[str, ...] = ()
    """Addresses of a matter handed to another city, of the handover itself, and of the page that does it."""
    taken_in: str = ""
    """Number of a matter another city handed over."""
    registered: tuple[str, ...] = ()
    """Lists of the register, a firm and its shop; last what an administrator imports."""
    border: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Addresses of patrols, event plans and watched places, by who reads them."""
    ordered: str = ""
    """Number of an order to rectify."""
    catering: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Addresses of outlets, by who reads them."""
    sheet: str = ""
    """Number of an approval sheet that waits for its leader."""
    built: tuple[tuple[Actor | None, str], ...] = ()
    """Who looks at which page of a building project."""

    def addresses(self) -> list[tuple[Actor | None, str]]:
        """(who, where) of every page, forms and empty lists among them."""
        grid, town = self.city.actor("A.grid"), self.city.actor("A.town")
        village = self.city.actor("A.village")
        hotline, leader = self.city.actor("hotline"), self.city.actor("A.zhzf")
        return [
            *((None, one) for one in STRANGER),
            (None, f"/c/{self.fresh}?g={self.code}"),
            (None, f"/c/{self.fresh}/data?g={self.code}"),
            (None, f"/c/{self.answered}"),
            (None, f"/done/{self.fresh}"),
            (None, f"/c/{self.fresh}/receipt?g={self.code}"),
            (None, f"/draw/{self.draw}"),
            *((self.resident, one) for one in RESIDENT),
            *((self.resident, f"/c/{one}") for one in (self.late, self.answered, self.declined)),
            (self.resident, f"/c/{self.late}?fill=add"),
            (self.resident, f"/c/{self.answered}/receipt"),
            *((grid, one) for one in STAFF),
            *((grid, f"/desk/c/{one}") for one in (self.fresh, self.late)),
            (grid, f"/desk/c/{self.fresh}/delay"),
            (grid, f"/desk/c/{self.fresh}/similar"),
            (grid, f"/desk/c/{self.fresh}/files/{self.photo}"),
            (self.setting.admin, f"/desk/c/{self.fresh}/files/{self.photo}"),
            (grid, f"/new/{REPORT}/find"),
            (grid, f"/new/{REPORT}/found_fixed"),
            (hotline, f"/new/{REPORT}/on_behalf"),
            (hotline, f"/desk/c/{self.answered}"),
            (town, f"/desk/c/{self.named}"),
            *((town, one) for one in self.across),
            (grid, f"/desk/c/{self.taken_in}"),
            *((town, one) for one in self.border.get("town", ())),
            *((grid, one) for one in self.border.get("grid", ())),
            (leader, "/desk"),
            *((self.city.actor("city", "commander"), one) for one in COMMANDER),
            *((grid, one) for one in CARE),
            *((self.city.actor("A.village"), f"/care/{one}") for one in self.worn),
            *((None, f"/care/{one}") for one in self.family),
            (leader, "/desk/deputies"),
            (self.city.actor("A"), "/cross-border/sharing"),
            *((leader, one) for one in CUSTODIAN),
            *((leader, f"/evidence/{one}") for one in self.kept),
            *((village, one) for one in VILLAGE),
            *((self.city.actor("A.zhzf", "leader"), one) for one in INSPECTIONS),
            (self.city.actor("A.zhzf", "leader"), f"/desk/inspections/order/{self.ordered}/code"),
            *((self.city.actor("A.zhzf", "leader"), one) for one in self.catering.get("leader", ())),
            *((None, one) for one in self.catering.get("stranger", ())),
            (self.city.actor("A.zhzf", "leader"), f"/desk/inspections/sheets/{self.sheet}"),
            (self.city.actor("A.zhzf", "leader"), f"/desk/inspections/sheets/{self.sheet}/letters"),
            *((self.setting.admin, f"/desk/visits/inspectors{one}") for one in ("", "/new", "/import")),
            *((self.setting.admin, self.setting.address(one)) for one in WALKED),
            (grid, f"/desk/bulk?c={self.fresh}&c={self.late}"),
            *self.built,
            *((leader, f"/desk/registers{one}") for one in self.registered[:-2]),
            (leader, f"/desk/visits/door/{self.registered[4].rpartition('/')[2]}"),
            *((self.setting.admin, f"/desk/registers{one}") for one in self.registered[-2:]),
        ]


CARE = ("/care",)
STRANGER = (
    "/", "/report", f"/new/{REPORT}/report", "/track", "/my", "/map", "/stats", "/stats/cases?measure=opened",
    "/register", "/register/element", "/register/camera", "/register/sensor?q=zzz",
    "/stats/open", "/draw", "/trail", "/verify", "/offline", "/outbox", "/map?q=zzz",
    "/accounts/phone/", "/accounts/passkey/",
    "/penalties", "/penalties?q=zzz",
    "/hazards", "/hazards?q=zzz", "/inspections", "/inspections?q=zzz", "/inspections/load", "/inspections/notice",
    "/new/inspections.unscanned/report",
    "/village", "/village?q=zzz", "/village/330402001001", "/village/330402001001/ask", "/tv/330402001001",
    "/village/330411001001", "/tv/330411001001",
    "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere",
)  # fmt: skip
RESIDENT = (
    "/my",
    "/my?view=waiting",
    "/my?q=zzz",
    "/my/add",
    "/my/data",
    "/my/data/copy",
    "/my/data/erase",
    "/my/data/close",
    "/accounts/me/",
    "/accounts/me/phone/",
    "/notices",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/logout/",
    "/wages/pay",
    "/desk/wages/sheets",
    "/new/wages.complaint/complain",
)
STAFF = (
    "/design",
    "/desk",
    "/desk?q=zzz",
    "/desk?q=井盖&view=area",
    "/desk/lists",
    "/desk/exports",
    "/desk/exports/new",
    "/desk/pocket",
    "/desk/visits/plans",
    "/desk/visits/route",
    "/desk/visits/today",
    "/desk/visits/unscanned",
    "/desk/search",
    "/desk/search?q=井盖",
    "/notices",
    "/accounts/post",
    "/report",
)
CUSTODIAN = (
    "/desk/wages/cockpit",
    "/desk/wages/sheets?month=2026-10",
    "/desk/discretion",
    "/desk/discretion/recompute",
    "/new/discretion.penalty/report",
    "/new/discretion.penalty/on_the_spot",
    "/evidence",
    "/evidence?q=zzz",
    "/evidence/stores",
    "/evidence/loans",
    "/evidence/scenes",
    "/evidence/intake",
    "/evidence/intake/files",
    "/new/evidence.item/take_in",
    "/new/evidence.item/take_in_file",
)
VILLAGE = (
    "/desk/village",
    "/desk/village/preview",
    "/desk/village/screen",
    "/desk/village/loop",
    "/desk/village/displays",
    "/desk/village/tiles",
    "/desk/village/waste",
    "/new/village_screens.notice/write",
    "/new/village_screens.disclosure/write",
    "/new/village_screens.motion/propose",
)
"""Of the committee of a village that shows two notices, a disclosure, a tile and a collection point."""
INSPECTIONS = (
    "/desk/inspections",
    "/desk/inspections?q=zzz",
    "/desk/inspections/load",
    "/desk/inspections/load?q=zzz",
    "/desk/inspections/scenes/life-01",
    "/desk/inspections/items",
    "/desk/inspections/items?state=draft&q=zzz",
    "/desk/inspections/items/new",
    "/desk/inspections/items/Z01",
    "/desk/inspections/items/M01",
    "/desk/inspections/order",
)
"""Of a department's leader, where one item is in force and one waits."""
COMMANDER = (
    "/cross-border",
    "/cross-border/map",
    "/cross-border/agreements",
    "/desk/warnings",
    "/desk/warnings?q=zzz&state=all",
    "/desk/warnings/live",
    "/desk/rules",
    "/desk/rules?view=renew",
    "/desk/rules/early_warning.river",
    "/screen",
    "/screen?trend=weeks&queue=due",
    "/screen/cases?what=owed",
    "/screen/cases?what=overdue",
    "/screen/offices",
    "/screen/instruct",
    "/screen/instructions",
    "/screen/alarms",
    "/screen/duty",
    "/screen/duty/log",
    "/screen/phone",
)


def scene_in(city: SmallCity) -> Scene:
    """Make them all."""
    grid, village, town = (city.actor(office) for office in ("A.grid", "A.village", "A.town"))
    resident = city.resident()

    def opened(by: Actor = ANONYMOUS, what: str = LONG, **more: Any) -> Any:
        data = {"what": what, "place": {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}, **more}
        return doors.open_case(REPORT, "report", by, data)

    photo = taken()
    fresh = opened(photos=[f"{photo.id}:{photo.token}"])
    decisions.mask(File.objects.get(pk=photo.id).sha256, [Box(1500, 5500, 2000, 1200)], "pixel", grid)
    late, answered, declined = (opened(resident) for _ in range(3))
    doors.act(answered.case_id, "accept", grid, {"category": "201001"})
    doors.act(answered.case_id, "finish", grid, {"answer": "已更换井盖，夜间另加了警示灯。"})
    doors.act(declined.case_id, "pass_up", grid, {"reason": "网格办不了"})
    doors.act(declined.case_id, "pass_up", village, {"reason": "村里办不了"})
    doors.act(declined.case_id, "decline", town, {"reason": "井盖在小区内，由物业维修，已告知物业电话。"})
    named = opened(what="河边护栏断了一截", anonymous=False, name="张三丰", phone="13800138000")
    doors.act(named.case_id, "pass_up", grid, {"reason": "网格办不了"})
    doors.act(named.case_id, "pass_up", village, {"reason": "村里办不了"})
    make_late(late.case_id)
    _on_the_village_screens(city)
    ordered, sheet = _in_the_catalogue(city)
    at = timezone.now() + timedelta(days=1)
    sources = [announcing.head_after(at), announcing.numbers("福彩“3D”", "中国福利彩票官方网站")]
    listed = [Candidate(one.number, "330402000000") for one in (late, answered, declined)]
    draw = announcing.announce("t", "2026-10", "重查", listed, 1, sources, at, CLOCK)
    shop = _registered(city)
    tables = at_the_tables(city, int(shop[4].rpartition("/")[2]))
    return Scene(
        city, resident, fresh.number, fresh.code or "", late.number, answered.number, declined.number,
        named.number, setting_in(city), draw.pk, str(photo.id), _in_custody(city), *_worn(city),
        *_across(city), shop, at_the_border(city), ordered, tables, sheet, building_in(city),
    )  # fmt: skip


def _registered(city: SmallCity) -> tuple[str, ...]:
    firm, shop, file = registered(city)
    lists = ("/premises", "/premises?q=zzz", "/firms", "/firms?q=zzz")
    ones = (f"/premises/{shop}", f"/premises/{shop}?tab=history", f"/firms/{firm}")
    forms = (
        "/firms/new",
        "/premises/new",
        f"/firms/{firm}/edit",
        f"/premises/{shop}/edit",
        f"/premises/{shop}/close",
    )
    return (*lists, *ones, *forms, "/import", f"/import/{file}")


def _across(city: SmallCity) -> tuple[tuple[str, ...], str]:
    """Handed over and accepted there, with a file offered; and one that came from there."""
    border = Across(city, sites=[THEIRS, OURS], categories=[{"a": "JS-LJ", "b": "201001", "title": "垃圾"}])
    _link, case = border.hand_us()
    lead = Lead(city, "居民乙")
    words = {"what": "垃圾漂到对岸，请一并清理", "category": "JS-LJ", "agreement": str(border.agreement.pk)}
    lead.act("hand_across", words)
    border.send(border.link, "accept", office="廊下镇", reference="JS-17", due_at="2026-12-01T08:00:00Z")
    photo = {"sha256": "a" * 64, "size": 90_000, "mime": "image/jpeg", "name": "到场.jpg"}
    border.progress(border.link, "已派船到场", files=[photo])
    desk = f"/desk/c/{lead.number}"
    return (desk, f"{desk}/across", f"/desk/c/{lead.children[0].number}"), case.number


def _on_the_village_screens(city: SmallCity) -> None:
    """An urgent notice, one that waits, a disclosure, a motion, a tile without data, a point with a day's weight."""
    member, leader = city.actor("A.village", "handler"), city.actor("A.village")
    ends = (timezone.now() + timedelta(days=3)).isoformat()
    for heading, urgent in (("台风停课", True), ("停水通知", False)):
        data = {"heading": heading, "body": "请留在家里，等通知。" * 12, "ends": ends, "urgent": urgent}
        case = doors.open_case("village_screens.notice", "write", member, data)
        if urgent:
            doors.act(case.case_id, "approve", leader, {})
    today = str(timezone.localdate())
    data = {"item": "finance", "heading": "财务收支", "first": today, "last": today, "body": "收入三万元。"}
    told = doors.open_case("village_screens.disclosure", "write", member, data)
    doors.act(told.case_id, "approve", leader, {})
    doors.open_case("village_screens.motion", "propose", member, {"heading": "修路", "body": "一公里。"})
    made = {
        name: apps.get_model("village_screens", name)
        for name in ("Tile", "WastePoint", "WasteDay", "Display")
    }
    village = city.divisions["A.village"]
    made["Tile"].objects.create(
        division=village,
        kind="road",
        name="涵洞",
        title="积水",
        source_id=0,
        measure="road_water",
        unit="厘米",
    )
    point = made["WastePoint"].objects.create(division=village, name="村口")
    made["WasteDay"].objects.create(point=point, day=timezone.localdate(), kilograms=12.5, purity=91)
    now = timezone.now()
    made["Display"].objects.create(
        division=village, name="村口小店", sha256="x", paired_at=now, last_seen_at=now
    )


def _in_the_catalogue(city: SmallCity) -> tuple[str, str]:
    """An inspection item in force and one that waits, their scenario; an order that was served, a sheet that waits."""
    known = {name: apps.get_model("inspections", name) for name in ("Entry", "Scene")}
    common = {"number": 1, "law": "食品安全法", "body": "shichang", "object_kind": "restaurant", "ratio": 20}
    common |= {"frequency": 2, "method": "onsite", "minutes": 20, "checklist": ["设施是否开着"]}
    common |= {"drafted_at": timezone.now()}
    for code, state, checked in (("Z01", "in_force", "clause"), ("M01", "draft", "unconfirmed")):
        told = {"code": code, "title": f"检查{code}", "article": "第八条", "state": state, "checked": checked}
        known["Entry"].objects.create(**common, **told)
    scene = {"code": "life-01", "group": "life", "title": "小餐饮店", "items": ["Z01", "M01"]}
    known["Scene"].objects.create(**scene, updated_at=timezone.now())
    officer, until = city.actor("A.zhzf", "leader"), timezone.localdate() + timedelta(days=5)
    wrong = {"name": "老街面馆", "item": "Z01", "what": "未开", "demand": "打开", "until": until.isoformat()}
    order = doors.open_case("inspections.rectification", "order", officer, wrong)
    doors.act(order.case_id, "serve", officer, {"how": "onsite"})
    asked = {"scene": "life-01", "items": ["Z01"], "why": "random", "ground": "年度计划"}
    days = {"first": timezone.localdate().isoformat(), "last": until.isoformat()}
    sheet = doors.open_case("inspections.approval", "apply", officer, asked | days)
    return order.number, sheet.number


def _worn(city: SmallCity) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A wristband by consent, with a relative named, and a call for help that the village answers."""
    village, elder = city.actor("A.village"), city.resident("戴手环的人")
    platform = Actor(kind="rule", label="t")
    office = city.offices["A.village"].pk
    sources.register("3700000099", "watch", "wristband", actor=platform, office_id=office)
    wish = {
        "consent_by": "own",
        "name": "陈阿婆",
        "phone": "13800138000",
        "address": "三组12号",
        "agreed": True,
    }
    home = {"home": {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}}
    worn = doors.open_case("eldercare.wearing", "apply", elder, wish | home)
    doors.act(worn.case_id, "activate", village, {"device": "3700000099"})
    doors.act(worn.case_id, "name_family", elder, {"relation": "child", "who": "陈建国", "location": True})
    called = {"subject": worn.case_id, "kind": "sos"}
    alarm = doors.open_case("eldercare.alarm", "rise", platform, called)
    doors.act(alarm.case_id, "accept", village)
    page = reader(elder).get(f"/care/w/{worn.number}").content.decode()
    (code, *_rest) = re.findall(r'href="/care/family/([0-9A-Z-]+)"', page)
    return ("wearers", f"w/{worn.number}", f"a/{alarm.number}"), (f"family/{code}",)


def _in_custody(city: SmallCity) -> tuple[str, ...]:
    """A store with one rack, an item on it, and a stock-taking under way."""
    made = {name: apps.get_model("evidence", name) for name in ("Store", "Room", "Rack", "Slot", "Stocktake")}
    store = made["Store"].objects.create(office=city.department, code="W1", name="物证室")
    room = made["Room"].objects.create(store=store, code="101", name="101室", width=6, depth=4)
    size = {"x": 0.5, "y": 0.5, "width": 3, "depth": 0.6, "rows": 1, "columns": 2}
    rack = made["Rack"].objects.create(room=room, code="A", **size)
    for n in (1, 2):
        code = f"W1-101-A10{n}"
        made["Slot"].objects.create(rack=rack, office_id=city.department.pk, row=1, column=n, code=code)
    keeper = city.actor("A.zhzf")
    what = {"matter": "嘉综执立〔2026〕12号", "what": "蓝色三轮车", "quantity": "1 辆", "ground": "preserved"}
    case = doors.open_case("evidence.item", "take_in", keeper, {"matter_kind": "administrative", **what})
    doors.act(case.case_id, "shelve", keeper, {"slot": "W1-101-A101"})
    count = made["Stocktake"].objects.create(store=store, started_at=timezone.now())
    return (
        f"i/{case.number}",
        f"stores/{store.pk}",
        f"stores/{store.pk}?slot=W1-101-A101&item={case.number}",
        f"stocktakes/{count.pk}",
        *_looked_round(keeper),
    )


def _looked_round(keeper: Actor) -> tuple[str, ...]:
    """A panorama taken in as evidence, shown as a scene with a note in it."""
    out = BytesIO()
    Image.new("RGB", (800, 400), "#c9d4d1").save(out, "JPEG")
    kept = files.store(BytesIO(out.getvalue()), "客厅.jpg", keeper)
    file = File.objects.get(pk=kept.id)
    what = {"matter": "嘉综执立〔2026〕12号", "what": "客厅全景", "ground": "drawn", "sha256": file.sha256}
    sent = {"matter_kind": "administrative", "file": [f"{kept.id}:{kept.token}"], **what}
    case = doors.open_case("evidence.item", "take_in_file", keeper, sent)
    who = {
        "at": timezone.now(),
        "post_id": keeper.id,
        "office_id": keeper.office_id,
        "leaf_id": 0,
        "salt": b"",
    }
    scene = apps.get_model("evidence", "Scene").objects.create(
        case_id=case.case_id,
        file=file,
        kind="panorama",
        title="客厅",
        made="全景相机，三脚架",
        count=800,
        **who,
    )
    said = {"kind": "note", "text": "桌上的标记牌", "points": [[30.0, -20.0]], "reach": [0.003]}
    scene.marks.create(number=1, **said, **who)
    return "scenes", f"scenes/new?c={case.number}", f"scenes/{scene.pk}", f"scenes/{scene.pk}/list"


def taken() -> files.Stored:
    """A photo of a street: a wall, a road, a car with its plate."""
    image = Image.new("RGB", (800, 600), "#c9d4d1")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 380, 800, 600), fill="#6b7472")
    pen.rectangle((80, 280, 420, 430), fill="#2f5d8a")
    pen.rectangle((130, 340, 270, 390), fill="#1447a0")
    pen.text((150, 355), "ZHE F-12345", fill="white")
    out = BytesIO()
    image.save(out, "JPEG", quality=90)
    out.seek(0)
    return files.store(out, "路口.jpg", ANONYMOUS)


def make_late(case_id: int, days: int = 3) -> None:
    """As if its stage's limit had ended some days ago."""
    due = timezone.now() - timedelta(days=days, hours=1)
    case = Case.objects.get(pk=case_id)
    Clock.objects.filter(case=case, name="stage").update(due_at=due)
    Case.objects.filter(pk=case_id).update(due_at=due)
