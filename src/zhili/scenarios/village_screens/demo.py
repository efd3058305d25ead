"""The village screens' share of the demo city: one village with something on all three of its screens."""

from __future__ import annotations

import math
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from zhili.base.signals.measures import Said
from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people.actors import ANONYMOUS, Actor, of_account
from zhili.core.people.models import Account, Office, Post
from zhili.core.signals import sources
from zhili.core.signals.models import Source
from zhili.core.signals.store.storing import Message, accept
from zhili.scenarios.village_screens import checklist, keeping, waste
from zhili.scenarios.village_screens.models import Tile, WasteDay, WastePoint

SCENARIO = "village_screens"
MEMBER = "村委会委员"
SENSORS: tuple[tuple[str, str, str, str, str, dict[str, Any], float], ...] = (
    ("road", "村东涵洞", "积水", "road_water", "厘米", {"notice_from": 10.0, "alarm_from": 25.0}, 4),
    ("road", "桥头路", "积水", "road_water", "厘米", {"notice_from": 10.0, "alarm_from": 25.0}, 13),
    (
        "field",
        "三号田",
        "土壤湿度",
        "soil_moisture",
        "%",
        {"below": True, "notice_from": 30.0, "alarm_from": 15.0},
        46,
    ),
    ("field", "北港河", "水位", "river_level", "米", {"notice_from": 3.4, "alarm_from": 3.8}, 2.9),
    ("estate", "停车场", "空余车位", "free_places", "个", {"below": True, "notice_from": 5.0}, 23),
)
POINTS = (("村口投放点", 182.0, 93.0), ("文化礼堂投放点", 141.0, 88.5), ("河西投放点", 96.0, 95.5))
HOURS = 12


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    secretary, leader = _acting("village"), _acting("town")
    if secretary is not None and leader is not None and secretary.office_id is not None:
        member = _member(secretary)
        if not Case.objects.filter(scenario=SCENARIO).exists():
            _notices(member, secretary)
            _disclosures(member, secretary)
            _motions(member, secretary, leader)
            _question(secretary)
        if not Tile.objects.exists():
            _sensors(secretary)
        if not WasteDay.objects.exists():
            _weights(secretary)
    return {"village contents": Case.objects.filter(scenario=SCENARIO).count(), "tiles": Tile.objects.count()}


def _member(secretary: Actor) -> Actor:
    """A second post in the committee: whoever writes never approves."""
    post, _new = Post.objects.get_or_create(
        office_id=secretary.office_id or 0, title=MEMBER, defaults={"roles": ["handler"]}
    )
    office = Office.objects.get(pk=secretary.office_id or 0)
    return Actor(
        kind="post",
        id=post.pk,
        office_id=office.pk,
        office_level=office.level,
        division_id=office.division_id,
        roles=frozenset(post.roles),
        label=f"{office.name} {post.title}",
    )


def _notices(member: Actor, secretary: Actor) -> None:
    water = "因管网检修，11月24日8时至16时停水，请提前储水。\n村委会门口备有送水车，行动不便的可以请网格员送上门。"
    first = _notice(member, "停水通知", water, 3)
    flu = "65岁以上老人可到社区卫生服务站接种流感疫苗，每天8时到11时，带身份证和医保卡。"
    second = _notice(member, "流感疫苗接种", flu, 14, pictures=[_picture(member)])
    film = "周六晚7点，文化礼堂放映露天电影《农家乐》，自带板凳。下雨改到礼堂里。"
    third = _notice(member, "周六放电影", film, 5)
    for one in (first, second, third):
        doors.act(one, "approve", secretary, {})
    _notice(member, "冬季防火提醒", "不在田间焚烧秸秆，电动车不进楼道充电。", 30)


def _disclosures(member: Actor, secretary: Actor) -> None:
    today = timezone.localdate()
    first, last = checklist.quarter(today)
    previous = checklist.before(today)
    month = date(today.year, today.month, 1)
    told = month - timedelta(days=1)
    finance = (
        "收入：集体租金 86,400 元，上级补助 30,000 元。\n支出：道路养护、保洁 40,500 元。\n结余：75,900 元。"
    )
    relief = "本季度发放高龄补贴 41 人次，临时救助 3 户次，合计 23,800 元。名单按规定在村公开栏张榜七天。"
    helping = "协助镇里完成冬季征兵登记、城乡居保缴费提醒和河道巡查，共 6 项。"
    for item, heading, since, until, body in (
        ("finance", f"{told.month}月财务收支", told.replace(day=1), told, finance),
        ("relief", "补贴救助发放情况", first, last, relief),
        ("assisting", "协助政府工作情况", first, last, helping),
        (
            "decided",
            "上季度决定事项实施情况",
            *previous,
            "河西道路硬化已完工验收，文化礼堂屋面翻修完成八成。",
        ),
    ):
        data = {"item": item, "heading": heading, "first": str(since), "last": str(until), "body": body}
        made = doors.open_case(f"{SCENARIO}.disclosure", "write", member, data, key=f"demo {heading}")
        doors.act(made.case_id, "approve", secretary, {})
    early = {
        "item": "concern",
        "heading": "村道路灯检修安排",
        "first": str(first),
        "last": str(last),
        "body": "河西、桥头两段路灯本月底前换成节能灯，换灯当晚会短时停电。",
    }
    doors.open_case(f"{SCENARIO}.disclosure", "write", member, early, key="demo lamps")


def _motions(member: Actor, secretary: Actor, town: Actor) -> None:
    car_park = _motion(
        member, "新建村口停车场", "占用村集体空地约 1200 平方米，建 40 个车位，预算 26 万元，由集体经济出资。"
    )
    _voted(member, car_park, "examine", 42, 39, 37, 1, 1)
    _voted(
        member,
        car_park,
        "resolve",
        60,
        52,
        47,
        3,
        2,
        meeting="representatives",
        resolution="同意建设村口停车场，40 个车位，其中 6 个留给来办事的外村人；预算 26 万元，由集体经济支出。",
    )
    doors.act(car_park, "publish", secretary, {})
    lamps = _motion(member, "河西路装太阳能路灯", "河西路 1.2 公里，装灯 28 盏。")
    _voted(member, lamps, "examine", 42, 36, 34, 2, 0)
    _motion(member, "文化礼堂开放时间", "平日开到晚上九点，周末开到十点。", discuss=False)


def _motion(member: Actor, heading: str, body: str, *, discuss: bool = True) -> int:
    made = doors.open_case(
        f"{SCENARIO}.motion", "propose", member, {"heading": heading, "body": body}, key=f"demo {heading}"
    )
    if discuss:
        held = {"held_on": str(timezone.localdate() - timedelta(days=20)), "present": 7}
        doors.act(made.case_id, "discuss", member, {**held, "minutes": "两委一致同意提交审议。"})
    return made.case_id


def _voted(by: Actor, case: int, action: str, entitled: int, present: int, *votes: int, **more: Any) -> None:
    agreed, against, abstained = votes
    held = timezone.localdate() - timedelta(days=12)
    data = {"held_on": str(held), "entitled": entitled, "present": present, "agreed": agreed}
    said = "会上主要问了资金来源和工期，由村委会作了说明。"
    doors.act(case, action, by, {**data, "against": against, "abstained": abstained, "minutes": said, **more})


def _question(secretary: Actor) -> None:
    village = Office.objects.get(pk=secretary.office_id or 0).division.code
    asked = {"village": village, "what": "停车场建好以后外村人停车收不收钱？"}
    made = doors.open_case(f"{SCENARIO}.question", "ask", ANONYMOUS, asked, key="demo question")
    answer = "不收费。决议里写明留出 6 个车位给来办事的外村人，其余本村优先，都不收钱。"
    doors.act(
        made.case_id, "answer", secretary, {"question": "村口停车场外村人停车收费吗？", "answer": answer}
    )


def _notice(by: Actor, heading: str, body: str, days: int, **more: Any) -> int:
    ends = timezone.now() + timedelta(days=days)
    data = {"heading": heading, "body": body, "ends": ends.isoformat(), **more}
    return doors.open_case(f"{SCENARIO}.notice", "write", by, data, key=f"demo {heading}").case_id


def _sensors(secretary: Actor) -> None:
    """Sensors about themselves, half a day of values, and the tiles that show them."""
    engineer = _acting("admin")
    division = Office.objects.get(pk=secretary.office_id or 0).division_id
    if engineer is None:
        return
    for n, (kind, name, title, measure, unit, limits, base) in enumerate(SENSORS, 1):
        source = _source(engineer, secretary, f"village-{n:02}", f"{name} {title}")
        _told(source, measure, base)
        keeping.add_tile(
            secretary,
            division,
            {
                "kind": kind,
                "name": name,
                "title": title,
                "source_id": source.pk,
                "measure": measure,
                "unit": unit,
                "stale_minutes": 24 * 60,
                **limits,
            },
        )


def _source(engineer: Actor, secretary: Actor, number: str, title: str) -> Source:
    known = Source.objects.filter(number=number).first()
    if known is not None:
        return known
    made, _key = sources.register(
        number, "internal", "sensor", actor=engineer, office_id=secretary.office_id, title=title
    )
    return made


def _told(source: Source, measure: str, base: float) -> None:
    now = timezone.now()
    said = [
        Said(measure, now - timedelta(minutes=30 * n), round(base * (1 + 0.04 * math.sin(n / 3)), 2))
        for n in range(HOURS * 2)
    ]
    accept([Message(source.number, "internal", tuple(said), b"", now)])


def _weights(secretary: Actor) -> None:
    """Two weeks of weights; straight into the table, with one leaf for the day of today."""
    division = Office.objects.get(pk=secretary.office_id or 0).division_id
    today = timezone.localdate()
    for name, kilograms, purity in POINTS:
        point = WastePoint.objects.filter(division_id=division, name=name).first()
        point = point or keeping.add_point(secretary, division, name)
        for back in range(waste.DAYS):
            day = today - timedelta(days=back)
            weight = round(kilograms * (1 + 0.12 * math.sin(back * 1.7) - 0.004 * (waste.DAYS - back)), 1)
            waste.enter(secretary, point, day, weight, round(purity - back * 0.15, 1))


def _picture(by: Actor) -> str:
    """A drawing that stands for a photo: a syringe would frighten, so a cross on green."""
    image = Image.new("RGB", (960, 720), "#e7f3ef")
    pen = ImageDraw.Draw(image)
    pen.rectangle((400, 160, 560, 560), fill="#0f766e")
    pen.rectangle((280, 280, 680, 440), fill="#0f766e")
    out = BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    kept = files.store(out, "demo.png", by)
    return f"{kept.id}:{kept.token}"


def _acting(username: str) -> Actor | None:
    account = Account.objects.filter(username=username).first()
    return of_account(account) if account is not None else None
