"""The demo city's joint inspection: asked for by a county, drawn, planned, told, visited today, a fault found.

Everything goes the way people go, through the same doors; only the seed is a number said to be a demo's.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.draws import announcing, running, seeds
from zhili.core.draws.models import Draw
from zhili.core.people import offices
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, AccountKind, Office, Post
from zhili.core.registers.models import Premises
from zhili.core.visits import answers, arrivals, at_once, inspectors, remedies
from zhili.core.visits.answers import Given
from zhili.core.visits.inspectors import GivenInspector
from zhili.core.visits.models import Finding, Inspector, Item, Officer, Plan, Visit
from zhili.scenarios.inspections import launching, notifying
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.launching import BAD, Seed
from zhili.scenarios.inspections.models import ApprovalDetail, Scene

SCENE: Final = "life-02"
SHARE: Final = 60
DAYS: Final = 7
BESIDE: Final = (("shichang", 3, 700), ("zhzf", 1, -20))
"""Officers beside the demo's own people: of which bureau, how many, days their certificates still hold."""
TODAY: Final = 2
"""Visits its people have today, at least."""


def load(county: Actor, city: Actor, officer: Actor, leader: Actor) -> None:
    """Make it once: ``county`` asks, ``city`` approves, ``officer`` and ``leader`` go."""
    admin = _administrator(county.office_id or 0)
    if admin is None or Plan.objects.exists() or not Premises.objects.exists():
        return
    launching.publish(admin)
    _inspectors(admin, officer, leader)
    plan = _planned(county, city)
    if plan is None:
        return
    _today(officer)
    notifying.tell(plan, county)
    _found(officer)


def _administrator(office_id: int) -> Actor | None:
    post = Post.objects.filter(office=office_id, roles__contains=["admin"]).order_by("pk").first()
    node = offices.tree().nodes.get(office_id)
    if post is None or node is None:
        return None
    return Actor(
        "post", post.pk, None, office_id, node.level, node.division_id, frozenset(post.roles), label="示范"
    )


def _inspectors(admin: Actor, officer: Actor, leader: Actor) -> None:
    today = timezone.localdate()
    seats = [(one.account_id or 0, one.office_id or 0, 700) for one in (officer, leader)]
    for slug, n, days in BESIDE:
        office = Office.objects.filter(parent=admin.office_id, code__endswith=f"-{slug}").first()
        seats += [(_played(slug, one), office.pk, days) for one in range(n)] if office is not None else []
    for number, (account, office_id, days) in enumerate(seats, 1):
        given = GivenInspector(account, office_id, f"示范{number:06d}", today + timedelta(days=days))
        inspectors.save(given, admin)


def _played(slug: str, n: int) -> int:
    """An account nobody can sign in to, as a simulated city has them."""
    account = Account(username=f"sim-{slug}-{n}", kind=AccountKind.STAFF, display_name="示范检查人员")
    account.set_unusable_password()
    account.save()
    return account.pk


def _planned(county: Actor, city: Actor) -> Plan | None:
    live = keeping.in_force()
    scene, today = Scene.objects.get(code=SCENE), timezone.localdate()
    data: dict[str, Any] = {
        "scene": scene.code,
        "items": [one for one in scene.items if one in live],
        "why": "random",
        "ground": f"{today.year} 年度双随机抽查计划：{scene.title}",
        "first": today.isoformat(),
        "last": (today + timedelta(days=DAYS - 1)).isoformat(),
        "share": SHARE,
    }
    opened = doors.open_case("inspections.approval", "apply", county, data)
    doors.act(opened.case_id, "approve", city, {})
    case = Case.objects.get(pk=opened.case_id)
    detail = ApprovalDetail.objects.get(pk=case.pk)
    if not any(one.wanting for one in launching.groups(case, detail)):
        return None
    for draw in launching.draw(case, detail, county, _soon()):
        _run(draw, county)
    plan = launching.plan(case, detail, county)
    _run(launching.settle(plan, county, _soon()), county)
    doors.act(case.pk, "notify", county, {"how": "paper"})
    return plan


def _soon() -> Seed:
    return Seed(
        timezone.now() + timedelta(milliseconds=800),
        [announcing.numbers("示范号码", "示范数据，不是真的抽签")],
    )


def _run(draw: Draw, actor: Actor) -> None:
    time.sleep(max(0.0, (draw.draw_at - timezone.now()).total_seconds()))
    seeds.give(draw, 0, [7, 11, 23], "示范数据", actor)
    running.run(draw)


def _today(officer: Actor) -> None:
    """On a day off a complaint is looked into: so that whoever tries the demo has somewhere to go."""
    today = timezone.localdate()
    own = Officer.objects.filter(inspector__account=officer.account_id, visit__date=today)
    item = Item.objects.filter(scenario="inspections", body=officer.office_id).order_by("code").first()
    team = Inspector.objects.filter(office=officer.office_id, certificate_until__gte=today).order_by("pk")[:2]
    wanted = TODAY + 1 - own.count()
    if item is None or wanted <= 0:
        return
    busy = Visit.objects.filter(date=today).values("premises")
    near = Premises.objects.filter(kind=item.object_kind, active=True, firm__status="active").exclude(
        pk__in=busy
    )
    ground = offices.tree().nodes[officer.office_id or 0].division_id
    for place in near.filter(division__code__startswith=_code(ground)).order_by("pk")[:wanted]:
        at_once.send(place, today, [item], list(team), officer, "群众举报")


def _code(division: int) -> str:
    from zhili.core.places import tree

    return tree.node(division).code[:6]


def _found(officer: Actor) -> None:
    """The first of today's visits is done, with one fault, which is ordered to be put right."""
    today = timezone.localdate()
    visit = (
        Visit.objects.filter(date=today, officers__inspector__account=officer.account_id)
        .order_by("pk")
        .first()
    )
    if visit is None:
        return
    now = timezone.now()
    asked = [(item, q.code) for item, own in answers.questions(visit) for q in own]
    bad = next((n for n, (item, _code) in enumerate(asked) if item.body_id == officer.office_id), None)
    if bad is None:
        return
    wrong = Given(asked[bad][0].pk, asked[bad][1], BAD, now, "净化设施没有开，风机皮带断了。")
    good = [Given(item.pk, code, "没有问题", now) for n, (item, code) in enumerate(asked) if n != bad]
    arrivals.arrive(visit.pk, arrivals.door(visit.premises, officer).code, officer)
    answers.keep(visit.pk, [wrong, *good], officer)
    answers.close(visit.pk, officer)
    finding = Finding.objects.filter(visit=visit).first()
    if finding is not None:
        order = remedies.begin(finding.pk, officer)
        doors.act(order.pk, "serve", officer, {"how": "onsite"})
