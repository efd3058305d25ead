"""A small city in which everything the trail covers has happened at least once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from zhili.base import notes
from zhili.base.codes import made_uscc
from zhili.base.decisions import Words
from zhili.base.draw import Candidate
from zhili.base.signals.firing import Firing
from zhili.conf.auditing.tests.site_wages import waged
from zhili.core.cases import doors, present, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.loading import HistoryRow, load_history
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.draws import announcing, kinds, running, seeds
from zhili.core.draws.kinds import Kind
from zhili.core.exchange.models import RemoteSite
from zhili.core.exchange.sites import witnessing
from zhili.core.files.tests.samples import camera_photo, picture, send
from zhili.core.indicators import publishing
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.people.models import Account
from zhili.core.registers import firms, premises
from zhili.core.registers.given import GivenFirm, GivenPremises
from zhili.core.signals.judge import tallying
from zhili.core.signals.models import RuleStand
from zhili.core.signals.rules import kernel_rules
from zhili.core.signals.warnings import handling, raising
from zhili.core.streams import run_until_idle
from zhili.core.tables import keeping as tables
from zhili.core.tables.tests.sample import benchmark
from zhili.core.trail import changes, checkpoints, forks, leaves, sealing
from zhili.core.trail.models import Leaf, Restoration
from zhili.core.transparency import editions
from zhili.core.visits import (
    answers,
    arrivals,
    catalogue,
    drawing,
    inspectors,
    officers,
    photos,
    planning,
    sending,
    signing,
)
from zhili.core.visits.models import Inspector
from zhili.core.visits.tests.story import due_dates, officer
from zhili.core.visits.tests.town import Town
from zhili.scenarios.command_centre import duty
from zhili.scenarios.cross_border.patrols import keeping as patrols
from zhili.scenarios.cross_border.patrols import tapping
from zhili.scenarios.cross_border.patrols.models import CheckpointCode, PatrolDetail
from zhili.scenarios.evidence.scenes.tests.places import a_scene, mark
from zhili.scenarios.evidence.sharing import looking, turning
from zhili.scenarios.evidence.sharing.tests.sharing import give
from zhili.scenarios.evidence.tests.keeping import Keeping, a_store

REPORT = "citizen_reports.report"
PERSONAL = {"name": "欧阳小敏", "phone": "13912345678", "anonymous": False}
IN_TEXT = "13800001111"
SAID = {"what": f"垃圾成堆，可打我电话{IN_TEXT}", "place": INSIDE, "category": "201001", **PERSONAL}
LOTTERY = announcing.numbers("福彩双色球第2026135期", "中国福利彩票网")
DAY = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)


def head() -> None:
    """The sealer numbers what there is, a head is added and signed."""
    sealing.seal_all(head_every=timedelta(0))
    checkpoints.sign_due()


def live(city: SmallCity) -> Case:
    """A report with a name, a phone and a photo goes through offices; others beside it. The case of the report."""
    case = report(city)
    head()
    answered(city, case)
    others(city)
    shared(noted(city))
    warned(city)
    head()
    drawn(city)
    history()
    run_until_idle()
    publishing.publish(timezone.localdate().replace(day=1))
    publishing.publish(timezone.localdate().replace(day=1))
    told_of_itself()
    beside(city)
    taps(300)
    head()
    changes.record("post", "ended", city.actor("A"), key=8, name="网格员", before={"roles": ["grid"]})
    return case


def report(city: SmallCity) -> Case:
    sent = send(camera_photo())
    photo = {"photos": [f"{sent.id}:{sent.token}"]}
    made = doors.open_case(REPORT, "report", city.resident(), SAID | photo, key="one")
    return Case.objects.get(pk=made.case_id)


def answered(city: SmallCity, case: Case) -> None:
    for at in ("A.grid", "A.village"):
        doors.act(case, "pass_up", city.actor(at), {"reason": "需要清运车"})
    case.refresh_from_db()
    town = city.actor("A.town")
    secret = CaseSecret.objects.get(case=case, field="phone").secret_id
    present.open_personal(case, secret, town)
    grid = city.actor("A.grid")
    sent = send(picture("PNG"), "b.png", grid)
    other = doors.open_case(REPORT, "report", ANONYMOUS, {"what": "路边垃圾", "place": INSIDE}).case_id
    doors.act(other, "accept", grid, {"category": "201001"}, key="two")
    doors.act(other, "finish", grid, {"answer": "已清运。", "photos": [str(sent.id)]})


def others(city: SmallCity) -> None:
    made_at = timezone.now() - timedelta(hours=1)
    late = doors.open_case(
        REPORT, "report", ANONYMOUS, {"what": "路灯不亮", "place": ELSEWHERE}, made_at=made_at
    )
    sweeping.sweep(now=timezone.now() + timedelta(days=400))
    doors.open_case(REPORT, "report", ANONYMOUS, {"what": "井盖松动", "place": INSIDE, "category": "201001"})
    doors.record("tap", city.resident(), {"case": late.number})
    by = city.actor("A")
    changes.record(
        "post", "made", by, key=7, name="网格员", office=by.office_id, after={"roles": ["grid"], "n": 2},
        since=timezone.localdate(), reason="新设",
    )  # fmt: skip


def noted(city: SmallCity) -> Keeping:
    """A model of a room, a length in it, and a note that was withdrawn; a file refused at the door."""
    store = Keeping(city, a_store(city))
    with suppress(Refused):
        store.take_in_file(sha256="0" * 64)
    scene, case = a_scene(store)
    mark(store, scene, case, "distance", points="-2 0 -1.5\n2 0 -1.5", reach="0.002 0.002")
    mark(store, scene, case, "note", points="0 0 0", item=case.number)
    mark(store, scene, case, "withdraw", refers=2)
    return store


def shared(store: Keeping) -> None:
    """A link opened, made longer and taken back, and then followed in vain; another that nobody opened."""
    case = store.take_in_file()
    share = give(store, case)
    give(store, case, way="download", opens_on=str(timezone.localdate() + timedelta(days=2)))
    looking.open_it(share, "嘉城市人民检察院", "审查起诉", "look")
    store.do(case, "share_longer", serial="1", days=9, views=1, reason="对方要再看一次")
    store.do(case, "share_taken_back", serial="1", reason="不再需要")
    turning.turn(share, "taken_back")


def warned(city: SmallCity) -> None:
    """A warning that a rule raised, and what was found."""
    office = city.actor("A.village")
    RuleStand.objects.get_or_create(name=kernel_rules.SILENT.name)
    firing = Firing(timezone.now(), 1200.0, {"minutes": 20.0})
    fired = raising.Fired(kernel_rules.SILENT, ("office", office.office_id or 0), firing, {"longer": 900.0})
    (one,) = raising.raise_all([fired], tallying.load([kernel_rules.SILENT.name])).new
    handling.accept(one, office)
    handling.close(one, office, "real", "网关断电，已恢复")


def drawn(city: SmallCity) -> None:
    """A draw announced, seeded by a head and a lottery, and run."""
    at = timezone.now() + timedelta(seconds=0.05)
    people = [Candidate(f"2600000{n:04}", f"33040{n % 3}") for n in range(20)]
    known = dict(kinds._kinds)
    kinds._kinds["test"] = Kind("test", "测试抽签", lambda _scope: people, lambda *_: None)
    try:
        sources = [announcing.head_after(at), LOTTERY]
        draw = announcing.announce("test", "2026-10", "十月复查", people, 4, sources, at, city.actor("A"))
        while timezone.now() <= at:
            pass
        doors.record("tap", ANONYMOUS, {"n": 1})
        head()
        seeds.give(draw, 1, [3, 33, 11, 8], "中国福利彩票网 2026135 期", city.actor("A"))
        assert running.run(draw) is not None
    finally:
        kinds._kinds.clear()
        kinds._kinds.update(known)


def taps(number: int) -> None:
    """So many leaves more, for the tree to fill a tile."""
    at = timezone.now()
    rows = (leaves.row("record", at, {"record": "tap", "n": n}, {}, b"s" * 16) for n in range(number))
    Leaf.objects.bulk_create(Leaf(**row) for row in rows)


def told_of_itself() -> None:
    """An alarm and a restore, as far as the trail keeps them: rows with leaves."""
    theirs = notes.Checkpoint("elsewhere.example/trail", 7, b"r" * 32)
    forks.raise_alarm("fork", "witness", theirs, b"o" * 32, "what was handed in")
    at, salt, reason = timezone.now(), b"salt" * 4, "换了机器"
    what = {
        "record": "trail.restored",
        "size": 2,
        "root": (b"r" * 32).hex(),
        "former": "a/1",
        "origin": "a/2",
    }
    leaf = leaves.append("record", at, what, {"reason": reason}, salt)
    Restoration.objects.create(
        at=at, size=2, root=b"r" * 32, former="a/1", origin="a/2", reason=reason, leaf_id=leaf.pk, salt=salt
    )


def beside(city: SmallCity) -> None:
    """What parts of the platform keep as rows of their own, each with a leaf."""
    duty.write(city.actor("A"), "夜间巡查，一切正常")
    editions.keep()
    vouched(city)
    patrolled(city)
    secured(city)
    registered(city)
    ruled(city)
    visited(city)
    waged(city)


def ruled(city: SmallCity) -> None:
    """A version of a decision table in force, and a draft from a list of statutes with what must be looked at."""
    first, second = city.actor("city", "admin"), city.actor("city", "leader")
    made = tables.draft(benchmark(), "裁量基准（示例）", first)
    tables.confirm(made.pk, timezone.localdate(), second, None)
    flags = [(1, Words("原文只有上限，下限按 0 元导入"))]
    tables.draft(benchmark(name="discretion.导入"), "条文", first, flags=flags, looked_through=False)


def visited(city: SmallCity) -> None:
    """A visit planned, its officers drawn; scanned in, filled in with a photo, signed, closed with a finding."""
    town = Town(city, shops=1)
    for n in range(2):
        town.inspector("A.zhzf", n)
    first, last = due_dates()
    planning.make_due([town.items[0].pk], [town.shops[0].pk], first, last, "site")
    plan = planning.keep(planning.propose(first, last), "一季度", last, town.admin)
    plan = planning.approve(plan.pk, town.admin)
    at = timezone.now() + timedelta(seconds=0.05)
    draw = officers.announce(plan, [LOTTERY], at, town.admin)
    while timezone.now() <= at:
        pass
    seeds.give(draw, 0, [3, 33, 11, 8], "中国福利彩票网 2026135 期", town.admin)
    running.run(draw)
    visit = plan.visits.get()
    seat = officer(Inspector.objects.first().account_id)
    asked = [(item.pk, q.code) for item, own in answers.questions(visit) for q in own]
    said = {"exit": "no", "oil": 3.1}
    now = timezone.now()
    arrivals.arrive(visit.pk, arrivals.door(visit.premises, town.admin).code, seat)
    photo = photos.claim(visit, [uploaded(seat)], seat)
    given = [answers.Given(i, q, said[q], now, "堆货", photo if q == "exit" else ()) for i, q in asked]
    answers.keep(visit.pk, given, seat)
    shown = signing.shown_now(answers.together(visit))
    number, name = visit.officers.earliest("pk").inspector_id, photos.claim(visit, [uploaded(seat)], seat)
    signing.sign(visit.pk, signing.GivenSignature(number, shown, now, picture=name[0]), seat)
    signing.sign(visit.pk, signing.GivenSignature(None, shown, now, "charge", "等老板"), seat)
    sending.close(visit.pk, seat)
    inspectors.declare_conflict(
        Inspector.objects.order_by("pk")[0], town.shops[0].firm, "近亲属经营", town.admin
    )
    catalogue.keep_apart(town.fire, town.market, "一家不预告", town.admin)
    later = timezone.now() + timedelta(days=1)
    drawing.announce("二季度", town.items[:1], (first, last), [LOTTERY], later, town.admin, count=1)


def uploaded(by: Actor) -> str:
    """A picture, as a phone names it."""
    kept = send(picture("PNG"), "a.png", by)
    return f"{kept.id}:{kept.token}"


def registered(city: SmallCity) -> None:
    """A sole trader and its shop."""
    code = made_uscc("92", "330402", "YY000001")
    trader = GivenFirm(code, "欧阳小敏面馆", "sole_trader", operator="欧阳小敏", phone="13600009999")
    clerk = city.actor("A")
    firms.save(replace(trader, division_id=clerk.division_id), clerk)
    premises.save(GivenPremises(code, "restaurant", "面馆", lon=120.05, lat=30.05), clerk)


def vouched(city: SmallCity) -> None:
    """A checkpoint of another site is kept, and a fork of its trail."""
    account = Account.objects.create(username="site-next", kind="machine", display_name="邻市")
    site = RemoteSite.objects.create(
        site="next.example",
        title="邻市",
        url="https://next.example",
        account=account,
        office=city.offices["A"],
    )
    theirs = notes.Checkpoint("next.example/trail", 7, b"r" * 32)
    witnessing.keep(site, theirs, "as it was signed")
    other = notes.Checkpoint("next.example/trail", 8, b"o" * 32)
    witnessing.raise_alarm(site, "inconsistent", other, "as it was signed too", kept=b"r" * 32, kept_size=7)


def patrolled(city: SmallCity) -> None:
    """One tap of a patrol at its only checkpoint."""
    town, grid, now = city.actor("A.town"), city.actor("A.grid"), timezone.now()
    point = patrols.add_point(town, {"name": "塘桥东", "lon": 120.05, "lat": 30.05, "radius": 100})
    route = patrols.add_route(town, "界河线")
    patrols.add_stop(town, route, {"checkpoint": point.pk, "after_minutes": 0, "meeting": False})
    plan = {
        "title": "界河夜巡", "route": str(route.pk), "team": "一组", "window": 15, "partner": "",
        "starts": (now + timedelta(minutes=1)).isoformat(), "ends": (now + timedelta(hours=2)).isoformat(),
        "team_office": str(city.offices["A.grid"].pk),
    }  # fmt: skip
    made = doors.open_case("cross_border.patrol", "plan", town, plan)
    patrol = PatrolDetail.objects.get(pk=made.case_id)
    code = CheckpointCode.objects.get(checkpoint=point, until=None).code
    tapping.tap(grid, patrol.stops.get(), patrol.teams.get(), code, key="tap")


def secured(city: SmallCity) -> None:
    """One approved version of an event's plan."""
    day = timezone.now() + timedelta(days=20)
    event = {
        "name": "元旦灯会", "place": INSIDE, "venue": "文化广场", "expected": 300,
        "starts": day.isoformat(), "ends": (day + timedelta(hours=5)).isoformat(),
    }  # fmt: skip
    writer, boss = city.actor("A.town", "handler"), city.actor("A.town", "leader")
    plan = doors.open_case("cross_border.event_plan", "write", writer, event).case_id
    doors.act(plan, "review", boss, {})
    doors.act(plan, "approve", city.actor("A"), {})


def history() -> None:
    load_history(list(_rows()))


def _rows() -> Iterator[HistoryRow]:
    for n, more in enumerate(({}, {"answered_at": DAY + timedelta(days=1), "answer": "已修。"})):
        given: dict[str, Any] = {
            "source": "旧系统", "external_id": f"2024-{n}", "procedure": REPORT, "category": "201001",
            "opened_at": DAY, "title": "垃圾", "text": "建设路口的垃圾。", "public": True, **INSIDE, **more,
        }  # fmt: skip
        yield HistoryRow(**given)
