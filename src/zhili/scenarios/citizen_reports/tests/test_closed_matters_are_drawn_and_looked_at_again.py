"""The closure lottery: closed matters are drawn in public, another office looks again, the true rate is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from zhili.base.draw import DrawError
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.draws import announcing, running, telling
from zhili.core.draws.models import Draw, Outcome
from zhili.core.indicators import estimates
from zhili.core.people.actors import ANONYMOUS, CLOCK, Actor
from zhili.core.trail import sealing
from zhili.scenarios.citizen_reports import fixed_rate, lottery, outside
from zhili.scenarios.citizen_reports.models import Reinspection, Report

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = "citizen_reports.report"
CITY_TIME = ZoneInfo("Asia/Shanghai")
SEEN = {"words": "到现场看过。"}


@pytest.fixture
def city(small_city: SmallCity) -> SmallCity:
    """With an office that looks again."""
    small_city.actor("city", "auditor", name="审计员")
    return small_city


@pytest.fixture(autouse=True)
def without_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos are tried in a test of their own; here the result counts."""
    monkeypatch.setattr(outside, "_shows_it", lambda change: True)


def scope() -> str:
    return timezone.localdate().strftime("%Y-%m")


def found_and_fixed(city: SmallCity, how_many: int, office: str = "A.grid") -> list[str]:
    grid = city.actor(office)
    place = INSIDE if office.startswith("A") else ELSEWHERE
    data = {"category": "201001", "place": place}
    return [doors.open_case(REPORT, "found_fixed", grid, data).number for _ in range(how_many)]


def answered_and_rated(city: SmallCity) -> str:
    grid, resident = city.actor("A.grid"), city.resident()
    opened = doors.open_case(REPORT, "report", resident, {"what": "垃圾成堆", "place": INSIDE})
    doors.act(opened.case_id, "accept", grid, {"category": "201001"})
    doors.act(opened.case_id, "finish", grid, {"answer": "已清运。"})
    doors.act(opened.case_id, "rate", resident, {"rating": 5})
    return opened.number


def drawn(count: int) -> tuple[Draw, Outcome]:
    """Announced, seeded by the trail alone, run."""
    at = timezone.now() + timedelta(seconds=0.05)
    listed = lottery.candidates(scope())
    sources = [announcing.head_after(at)]
    draw = announcing.announce(lottery.NAME, scope(), "抽签重查", listed, count, sources, at, CLOCK)
    while timezone.now() <= at:
        pass
    telling.write("something.else", CLOCK, timezone.now(), {})
    sealing.seal_all(head_every=timedelta(0))
    outcome = running.run(draw)
    assert outcome is not None
    return draw, outcome


def look(number: str, by: Actor, result: str, **more: Any) -> None:
    child = Case.objects.get(parent__number=number)
    doors.act(child, "inspect", by, {"result": result, **SEEN, **more})


def test_only_what_an_office_says_is_done_is_on_the_list(city: SmallCity) -> None:
    done = [*found_and_fixed(city, 2), answered_and_rated(city)]
    doors.open_case(REPORT, "report", ANONYMOUS, {"what": "还没办", "place": INSIDE})
    secret = found_and_fixed(city, 1)[0]
    Case.objects.filter(number=secret).update(confidential=True)
    elsewhere = found_and_fixed(city, 1, "B.grid2")
    listed = lottery.candidates(scope())
    assert sorted(c.name for c in listed) == sorted(done + elsewhere)
    assert {c.stratum for c in listed} == {"330402000000", "330411000000"}


def test_a_picked_matter_gets_a_second_look_by_an_office_that_had_no_part(city: SmallCity) -> None:
    number = answered_and_rated(city)
    drawn(1)
    child = Case.objects.get(parent__number=number)
    assert child.procedure == outside.PROCEDURE
    assert child.office_id == city.offices["city"].pk
    kept = Reinspection.objects.get(case=child)
    assert kept.handled_by == city.offices["A.grid"].pk
    parent = Case.objects.get(number=number)
    assert (parent.stage, parent.closed_at is not None) == ("closed", True)


def test_what_was_seen_comes_back_to_the_matter_and_its_reporter_reads_it(city: SmallCity) -> None:
    number = answered_and_rated(city)
    drawn(1)
    look(number, city.actor("city", "auditor", name="审计员"), "not_fixed", words="垃圾还在原处。")
    parent = Case.objects.get(number=number)
    assert Report.objects.get(case=parent).reinspected == "not_fixed"
    last = parent.steps.order_by("-seq").first()
    assert last is not None
    assert last.action == "returned"
    assert "垃圾还在原处。" in last.data["reply"]
    assert last.data["public"] is True
    assert parent.stage == "closed"


def test_the_office_that_handled_it_cannot_look_again(city: SmallCity) -> None:
    number = answered_and_rated(city)
    drawn(1)
    child = Case.objects.get(parent__number=number)
    auditor = city.actor("city", "auditor", name="审计员")
    handled = {"office": str(city.offices["A.grid"].pk), "reason": "请他们自己看"}
    with pytest.raises(Refused, match="办过这件事的单位不能重查"):
        doors.act(child, "hand_on", auditor, handled)
    other = {"office": str(city.offices["A"].pk), "reason": "就近"}
    doors.act(child, "hand_on", auditor, other)
    child.refresh_from_db()
    assert child.office_id == city.offices["A"].pk
    with pytest.raises(Refused):
        doors.act(child, "inspect", city.actor("A.grid"), {"result": "fixed", **SEEN})


def test_a_person_who_handled_it_in_another_post_cannot_look_again(city: SmallCity) -> None:
    number = answered_and_rated(city)
    drawn(1)
    grid = city.actor("A.grid")
    twice = Actor(
        "post", 10**6, grid.account_id, office_id=city.offices["city"].pk, roles=frozenset({"auditor"})
    )
    with pytest.raises(Refused, match="您办过这件事"):
        look(number, twice, "fixed")


def test_a_matter_all_offices_had_a_part_in_is_counted_as_not_placed(city: SmallCity) -> None:
    auditor = city.actor("city", "auditor", "leader", "handler", name="审计兼办")
    resident = city.resident()
    opened = doors.open_case(REPORT, "report", resident, {"what": "垃圾成堆", "place": INSIDE})
    Case.objects.filter(pk=opened.case_id).update(office_id=auditor.office_id)
    doors.act(opened.case_id, "accept", auditor, {"category": "201001"})
    doors.act(opened.case_id, "draft", auditor, {"answer": "已清运。"})
    doors.act(opened.case_id, "issue", auditor, {"answer": "已清运。"})
    doors.act(opened.case_id, "rate", resident, {"rating": 5})
    _draw, outcome = drawn(1)
    assert outcome.drawn == [opened.number]
    assert not Case.objects.filter(parent_id=opened.case_id).exists()
    found = fixed_rate.latest()[0]
    assert (found.drawn, found.not_placed, found.share) == (1, 1, None)


def test_a_second_look_needs_a_photo_unless_nothing_can_be_seen(
    city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    number = answered_and_rated(city)
    drawn(1)
    auditor = city.actor("city", "auditor", name="审计员")
    with pytest.raises(Refused, match="照片"):
        look(number, auditor, "fixed")
    look(number, auditor, "unseen", words="已在施工围挡内，看不到。")
    assert Reinspection.objects.get().result == "unseen"


def test_the_true_rate_is_told_with_its_margin(city: SmallCity) -> None:
    found_and_fixed(city, 24)
    _draw, outcome = drawn(12)
    auditor = city.actor("city", "auditor", name="审计员")
    results = ["fixed"] * 6 + ["partly", "not_fixed", "unseen", "unseen"]
    for number, result in zip(outcome.drawn, results, strict=False):
        look(number, auditor, result)
    (found,) = estimates.latest()
    assert (found.population, found.drawn, found.waiting, found.unseen) == (24, 12, 2, 2)
    assert (found.fixed, found.partly, found.not_fixed, found.conclusive) == (6, 1, 1, 8)
    assert found.share is not None
    assert found.share.share == 0.75
    assert 0.4 < found.share.low < 0.75 < found.share.high < 0.95
    assert [(c.name, c.whole, c.part) for c in found.by_office] == [(city.offices["A.grid"].name, 8, 6)]
    told = found.as_json()
    assert (told["reported_fixed_share"], told["true_fixed_share"]) == (1.0, 0.75)


def test_too_few_results_say_nothing_yet(city: SmallCity) -> None:
    found_and_fixed(city, 8)
    _draw, outcome = drawn(6)
    auditor = city.actor("city", "auditor", name="审计员")
    for number in outcome.drawn[:4]:
        look(number, auditor, "fixed")
    (found,) = estimates.latest()
    assert found.share is None
    assert found.by_office == ()
    assert found.as_json()["fixed"] is None


def test_offices_with_few_results_are_not_shown_by_themselves() -> None:
    def cell(name: str, whole: int) -> estimates.OfficeCell:
        return estimates.OfficeCell(1, name, whole, whole)

    shown, hidden = estimates.shown_cells([cell("甲", 9), cell("乙", 7), cell("丙", 3), cell("丁", 2)])
    assert ([c.name for c in shown], hidden) == (["甲", "乙"], 5)
    shown, hidden = estimates.shown_cells([cell("甲", 9), cell("乙", 7), cell("丙", 3)])
    assert ([c.name for c in shown], hidden) == (["甲"], 10), "one alone could be told from the total"
    assert estimates.shown_cells([]) == ((), 0)


def test_a_matter_that_leaves_the_list_after_the_seed_voids_the_draw(city: SmallCity) -> None:
    numbers = found_and_fixed(city, 3)
    at = timezone.now() + timedelta(seconds=0.05)
    listed = lottery.candidates(scope())
    sources = [announcing.head_after(at)]
    draw = announcing.announce(lottery.NAME, scope(), "抽签重查", listed, 1, sources, at, CLOCK)
    Case.objects.filter(number=numbers[0]).update(confidential=True)
    while timezone.now() <= at:
        pass
    telling.write("something.else", CLOCK, timezone.now(), {})
    sealing.seal_all(head_every=timedelta(0))
    outcome = running.run(draw)
    assert outcome is not None
    assert outcome.void == running.CHANGED
    assert not Case.objects.filter(procedure=outside.PROCEDURE).exists()
    assert fixed_rate.latest() == []


def test_the_worker_announces_last_months_draw_once(city: SmallCity) -> None:
    found_and_fixed(city, 2)
    today = timezone.localdate()
    after = datetime(today.year + today.month // 12, today.month % 12 + 1, 1, 9, tzinfo=CITY_TIME)
    assert lottery.due(after - timedelta(hours=2)) is None, "not before office hours"
    proposed = lottery.due(after)
    assert proposed is not None
    assert (proposed.scope, proposed.count) == (scope(), 2)
    assert [s["kind"] for s in proposed.sources] == ["head", "numbers"]
    announcing.announce_proposed(lottery.KIND, proposed, CLOCK)
    assert lottery.due(after) is None
    with pytest.raises(DrawError):
        announcing.announce_proposed(lottery.KIND, proposed, CLOCK)


def test_a_month_without_closed_matters_has_no_draw(city: SmallCity) -> None:
    assert lottery.due(datetime(2026, 3, 2, 9, tzinfo=CITY_TIME)) is None


def test_months_of_a_scope() -> None:
    day = datetime(2026, 1, 5).date()
    assert lottery.scope_before(day, 1) == "2025-12"
    assert lottery.scope_before(day, 3) == "2025-10..2025-12"
    assert [d.isoformat() for d in lottery.span("2025-10..2025-12")] == ["2025-10-01", "2026-01-01"]
    assert [d.isoformat() for d in lottery.span("2025-12")] == ["2025-12-01", "2026-01-01"]
    with pytest.raises(ValueError, match="isoformat"):
        lottery.span("drop table")


def test_nobody_can_have_a_matter_looked_at_again_by_hand(city: SmallCity) -> None:
    number = answered_and_rated(city)
    for actor in (city.actor("A.grid"), city.resident(), city.actor("city", "auditor", name="审计员")):
        with pytest.raises(Refused):
            doors.act(number, "reinspect", actor, {"draw": 1})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case WHERE parent_id IS NOT NULL")
        assert cursor.fetchone() == (0,)
