"""Catering's share of the demo city: outlets on file, their logs, sensors, problems at every stage."""

from __future__ import annotations

import math
from datetime import timedelta
from io import BytesIO
from typing import Final

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from zhili.base.signals.measures import Said
from zhili.core import files, params
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people import grants
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, Office, Post
from zhili.core.places import tree
from zhili.core.registers.models import Premises, PremisesKind
from zhili.core.signals import sources
from zhili.core.signals.models import Source
from zhili.core.signals.store.storing import Message, accept
from zhili.scenarios.catering import actions
from zhili.scenarios.catering.kinds import FORMS
from zhili.scenarios.catering.models import OutletDetail, ProblemDetail
from zhili.scenarios.catering.rules import SUBJECT

SCENARIO: Final = "catering"
MOST: Final = 60
WATCHED: Final = 6
HOURS: Final = 24
STORY: Final = (
    ("grease", "隔油池油层很厚，已经溢到地面。", "找收运单位清掏，拍清掏后的照片。", "收运单位清掏了，地面也冲了。"),
    ("purifier", "正在炒菜，净化器指示灯没有亮。", "打开净化器，坏了就修好。", "换了电源，净化器能用了。"),
    ("cleaning", "近三个月没有清洗记录。", "清洗滤网和烟道，记进台账。", "请清洗公司洗了烟道，台账补齐了。"),
    ("waste", "餐厨垃圾桶满了三天没有收。", "联系收运单位，每天交运。", "和收运单位重新约好了时间。"),
    ("other", "后门堆了纸箱，挡住消防通道。", "清走，保持通道畅通。", "已经清走。"),
)  # fmt: skip
DONE, REOPENED, OPEN = 22, 2, 9
"""Problems put right, those of them that came back, and those on their way: three at each of three stages."""


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    if not OutletDetail.objects.exists() and (officers := _officers()):
        with transaction.atomic():
            _make(officers)
    return {
        "outlets": OutletDetail.objects.count(),
        "catering problems": ProblemDetail.objects.count(),
        "sensors in kitchens": Source.objects.filter(subject_kind=SUBJECT).count(),
    }


def _make(officers: dict[int, Actor]) -> None:
    places = list(
        Premises.objects.filter(kind=PremisesKind.RESTAURANT, active=True)
        .select_related("firm")
        .order_by("pk")[: 3 * MOST]
    )
    by = {one.pk: officers.get(tree.at_level(one.division_id, "county") or 0) for one in places}
    # those of the county the demo's own officer sits in first: signing in as handler shows the most
    own = _acting("handler")
    places.sort(key=lambda one: (own is None or by[one.pk] != own, one.pk))
    filed = [
        (one, _filed(n, one, by[one.pk])) for n, one in enumerate([p for p in places if by[p.pk]][:MOST])
    ]
    for n, (_one, file) in enumerate(filed):
        _logged(n, file)
    _problems([(one, by[one.pk]) for one, _file in filed])
    engineer = _acting("admin")
    if engineer is not None:
        for n, (one, _file) in enumerate(filed[:WATCHED]):
            _sensors(n, one, engineer, by[one.pk])


def _officers() -> dict[int, Actor]:
    """Of each county, somebody who handles matters in the office that enforces there."""
    found = {}
    own = _acting("handler")
    for office in Office.objects.filter(code__endswith="-zhzf", valid_to=None).order_by("pk"):
        post = Post.objects.filter(office=office, roles__contains=["handler"]).order_by("pk").first()
        if post is not None:
            found[office.division_id] = Actor(
                "post", post.pk, None, office.pk, office.level, office.division_id, frozenset(post.roles),
                label=f"{office.name} {post.title}",
            )  # fmt: skip
    if own is not None and own.office_id is not None:
        found[Office.objects.get(pk=own.office_id).division_id] = own
    return found


def _filed(n: int, place: Premises, officer: Actor | None) -> Case:
    assert officer is not None
    told = {
        "premises": place.pk,
        "form": list(FORMS)[n % 5],
        "seats": 12 + n % 7 * 10,
        "hobs": 2 + n % 5,
        "smoky": n % 9 != 8,
        "purifier": f"静电式 JD-{4 + n % 5 * 2}K",
        "trap": n % 7 != 6,
        "collector": "禾城餐厨收运站",
    }
    made = doors.open_case(f"{SCENARIO}.outlet", "file", officer, told, key=f"demo outlet {place.pk}")
    return Case.objects.get(pk=made.case_id)


def _logged(n: int, file: Case) -> None:
    """Two thirds have copied a year of their paper log, one of them with a gap; half checked themselves these days."""
    owner = grants.resolve(actions.code_of(file))
    if owner is None or n % 3 == 2:
        return
    today = timezone.localdate()
    back = [20 + 45 * k for k in range(8) if n % 4 or k not in (2, 3)]
    days = "\n".join(str(today - timedelta(days=one + n % 9)) for one in back)
    doors.act(file.pk, "earlier", owner, {"days": days})
    if n % 2 == 0:
        done = ["purifier", "waste", "licence", *(["filter"] if n % 4 == 0 else [])]
        day = str(today - timedelta(days=n % 3))
        doors.act(file.pk, "check", owner, {"day": day, "done": done, "photos": [_photo(owner)]})


def _problems(places: list[tuple[Premises, Actor | None]]) -> None:
    for n in range(DONE + OPEN):
        # the same kind at the same premises now and then: every eleventh goes where the tenth was
        place, officer = places[(n - (n % 11 == 10) * 5) % len(places)]
        kind, what, demand, did = STORY[(n - (n % 11 == 10) * 5) % len(STORY)]
        if officer is None:
            continue
        told = {"premises": place.pk, "kind": kind, "what": what}
        made = doors.open_case(f"{SCENARIO}.problem", "find", officer, told, key=f"demo problem {n}")
        step = 4 if n < DONE else (n - DONE) % 3
        if step:
            doors.act(made.case_id, "tell", officer, {"demand": demand})
        if step > 1:
            owner = grants.resolve(actions.code_of(Case.objects.get(pk=made.case_id)))
            if owner is not None:
                doors.act(made.case_id, "submit", owner, {"done": did, "photos": [_photo(owner)]})
        if step > 2:
            doors.act(made.case_id, "accept", officer, {"words": "现场看过，已整改。"})
            _back_then(made.case_id, n)
        if n < REOPENED:
            doors.act(made.case_id, "reopen", officer, {"reason": "一周后又发现同样的问题。"})


def _back_then(case: int, n: int) -> None:
    """Made-up days for the figures: the steps themselves are of the day the demo was loaded."""
    days = 2 + n * 7 % 9
    fixed = timezone.now() - timedelta(days=3 + n * 13 % 300)
    target = params.duration("catering.rectify")[0].amount
    ProblemDetail.objects.filter(pk=case).update(
        told_at=fixed - timedelta(days=days),
        sent_at=fixed - timedelta(days=1),
        fixed_at=fixed,
        in_target=days <= target,
    )


def _sensors(n: int, place: Premises, engineer: Actor, officer: Actor | None) -> None:
    """A day of an outlet's kitchen; in the first, the evening's fume goes beyond the limit."""
    number = f"kitchen-{n + 1:02}"
    if officer is None or Source.objects.filter(number=number).exists():
        return
    by = Actor(kind="rule", label="示范")
    made, _key = sources.register(
        number,
        "internal",
        "kitchen",
        actor=by,
        office_id=officer.office_id,
        title=f"{place.name} 油烟在线监测",
        division_id=place.division_id,
        cell_id=place.cell_id,
        per_minute=0,
    )
    now = timezone.now()
    sources.bind(made, SUBJECT, place.pk, by, at=now - timedelta(hours=HOURS + 1))
    said = []
    for back in range(HOURS * 4, 0, -1):
        at = now - timedelta(minutes=15 * back)
        busy = max(0.0, math.sin((back + 3 * n) / 15))
        said += [
            Said("fan_power", at, round(40 + 460 * busy, 1)),
            Said("purifier_power", at, round(8 + 180 * busy, 1)),
            Said("fume", at, round(0.2 + (2.6 if n == 0 and back < 5 else 0.9) * busy, 2)),
            Said("grease_level", at, round(48 + n * 3 + (HOURS * 4 - back) / 20, 1)),
        ]
    said.append(Said("kitchen_waste", now - timedelta(hours=9), 14.5 + n))
    accept([Message(made.number, "internal", tuple(said), b"", now)])


def _photo(by: Actor) -> str:
    picture, out = Image.new("RGB", (320, 240), "#8fa3a0"), BytesIO()
    ImageDraw.Draw(picture).rectangle((60, 50, 260, 200), fill="#d9dedc", outline="#55625f", width=4)
    picture.save(out, "JPEG")
    kept = files.store(BytesIO(out.getvalue()), "after.jpg", by)
    return f"{kept.id}:{kept.token}"


def _acting(username: str) -> Actor | None:
    account = Account.objects.filter(username=username).first()
    return of_account(account) if account is not None else None
