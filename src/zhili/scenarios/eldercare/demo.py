"""Eldercare's share of the demo city: wristbands in the village of the demo's own accounts, and a family's link.

Everybody in it is made up. `zhili simulate eldercare` lets the same wristbands speak.
"""

from __future__ import annotations

from django.utils import timezone

from zhili.base.signals.measures import Said
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account
from zhili.core.people.offices import tree
from zhili.core.places.models import Cell
from zhili.core.signals import sources
from zhili.core.signals.models import Source
from zhili.core.signals.store import storing
from zhili.scenarios.eldercare.answering import ALARM
from zhili.scenarios.eldercare.devices import KIND, PLATFORM
from zhili.scenarios.eldercare.wearing import WEARING

WEARERS = 12
FIRST = 8800000001
"""Number of the first wristband; the others follow."""
PEOPLE = (
    "陈阿婆", "沈阿公", "陆阿婆", "徐阿公", "钱阿婆", "孙阿公",
    "周阿婆", "吴阿公", "郑阿婆", "冯阿公", "褚阿婆", "卫阿公",
)  # fmt: skip


def load() -> dict[str, int]:
    """Make them once. Returns how many there are."""
    village, resident = _acting("village"), _acting("resident")
    if village is not None and resident is not None and not Source.objects.filter(kind=KIND).exists():
        wearers(WEARERS, village, resident)
        mine = Case.objects.filter(procedure=WEARING, opener_id=resident.account_id).first()
        if mine is not None:
            _family(mine, resident)
            _heard(mine)
            _drilled(mine, village)
    return {"wristbands": Source.objects.filter(kind=KIND).count()}


def wearers(wanted: int, village: Actor, resident: Actor | None = None) -> list[Source]:
    """At least so many wearers of the village, a wristband each, every third over MQTT; the first is the resident's."""
    seat = tree().nodes[village.office_id or 0]
    office = seat.id if seat.level == "village" else seat.parent_id or seat.id
    cells = list(Cell.objects.filter(village_id=seat.division_id, valid_to=None).order_by("code"))
    found = list(Source.objects.filter(kind=KIND, office_id=office, active=True).order_by("number"))
    for n in range(len(found), wanted if cells else 0):
        protocol = "mqtt" if n % 3 == 2 else "watch"
        source, _key = sources.register(str(FIRST + n), protocol, KIND, actor=PLATFORM, office_id=office)
        _bound(source, n, cells[n % len(cells)], village, resident if n == 0 else None)
        found.append(source)
    return list(Source.objects.filter(pk__in=[one.pk for one in found]).order_by("number"))


def _bound(source: Source, n: int, cell: Cell, village: Actor, resident: Actor | None) -> None:
    ring, step = divmod(n // 3, 5)
    home = {
        "lon": round(cell.lon + 0.0002 * (step - 2), 6),
        "lat": round(cell.lat + 0.0002 * (ring % 5 - 2), 6),
    }
    data = {
        "consent_by": "own",
        "name": PEOPLE[n % len(PEOPLE)],
        "phone": f"139{10000000 + n:08d}",
        "home": home,
        "address": f"演示村{n // 10 + 1}组{n % 10 + 1}号",
        "notes": "高血压，备用钥匙在隔壁" if n % 2 == 0 else "听力不好，请大声敲门",
        "contact": "演示家属",
        "contact_phone": f"138{10000000 + n:08d}",
        "fence": "500" if n % 4 == 0 else "0",
        "agreed": True,
    }
    opening, by = ("apply", resident) if resident is not None else ("register", village)
    opened = doors.open_case(WEARING, opening, by, data, key=f"demo {source.number}")
    doors.act(opened.case_id, "activate", village, {"device": source.number})


def _family(mine: Case, resident: Actor) -> None:
    named = {"relation": "child", "who": "陈建国", "location": True, "health": True}
    doors.act(mine.pk, "name_family", resident, named)


def _heard(mine: Case) -> None:
    """Some days of heart rate and steps of the resident's own wristband, made up; none of it calls for anybody."""
    source = Source.objects.get(subject_kind="wearer", subject_id=mine.pk)
    # before the wristband was handed out it measured nobody
    now = timezone.now()
    said = (
        Said("battery", now, 0.82),
        Said("heart_rate", now, 71.0),
        Said("steps", now, 2314.0),
        Said("position", now, 15.0, (mine.cell.lon, mine.cell.lat) if mine.cell else (120.75, 30.76)),
    )
    storing.accept([storing.Message(source.number, "watch", said, b"demo", now)])


def _drilled(mine: Case, village: Actor) -> None:
    """A drill, so that the pages of a call have something to show that is over."""
    rule = Actor(kind="rule", label="按了呼救键")
    opened = doors.open_case(ALARM, "rise", rule, {"subject": mine.pk, "kind": "sos"}, key="demo drill")
    for action in ("accept", "go", "arrive"):
        doors.act(opened.case_id, action, village)
    words = "每季度一次的演练：三分钟到门口，老人会用呼救键。"
    doors.act(opened.case_id, "close", village, {"finding": "drill", "words": words, "family_told": True})


def _acting(username: str) -> Actor | None:
    account = Account.objects.filter(username=username).first()
    return of_account(account) if account is not None else None
