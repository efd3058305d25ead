"""The whole way of a report: made by a resident, handled by grid and offices, answered, rated."""

from itertools import pairwise

import pytest

from zhili.core.cases import doors, present, query
from zhili.core.cases.errors import Refused, Stale
from zhili.core.cases.models import Case, Clock, Participation, Step
from zhili.core.cases.tests.city import INSIDE, OUTSIDE, SmallCity
from zhili.core.people import grants
from zhili.core.people.actors import ANONYMOUS
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.models import Leaf
from zhili.scenarios.citizen_reports.models import Report

REPORT = "citizen_reports.report"
RUBBISH = {"what": "小区门口垃圾成堆，已经三天没有清运。", "place": INSIDE, "category": "201001"}


def opened(actor=ANONYMOUS, **more) -> Case:
    made = doors.open_case(REPORT, "report", actor, RUBBISH | more)
    return Case.objects.get(pk=made.case_id)


def test_a_report_goes_to_the_grid_it_lies_in_and_says_why(small_city: SmallCity) -> None:
    case = opened()
    assert case.office == small_city.offices["A.grid"]
    assert case.stage == "received"
    assert case.division == small_city.divisions["A.village"]
    assert "先由网格办理" in present.why_here(case)[0]
    assert case.title.startswith("小区门口垃圾成堆")
    assert Report.objects.get(case=case).anonymous


def test_every_step_is_kept_with_its_leaf_and_its_event(small_city: SmallCity) -> None:
    case = opened()
    grid = small_city.actor("A.grid")
    doors.act(case.number, "accept", grid)
    steps = list(Step.objects.filter(case=case).order_by("seq"))
    assert [s.action for s in steps] == ["report", "accept"]
    assert Leaf.objects.filter(subject=case.pk, kind="step").count() == 2
    assert [e.payload["action"] for e in StreamEvent.objects.filter(subject=case.pk).order_by("id")] == [
        "report",
        "accept",
    ]
    assert {c.name for c in Clock.objects.filter(case=case)} == {"stage", "overall"}


def test_from_grid_up_to_the_city_and_back_to_a_rating(small_city: SmallCity) -> None:
    resident = small_city.resident()
    case = opened(resident)
    ladder = ["A.grid", "A.village", "A.town", "A", "city"]
    for at, above in pairwise(ladder):
        doors.act(case.pk, "pass_up", small_city.actor(at), {"reason": "超出本级能力"})
        case.refresh_from_db()
        assert case.office == small_city.offices[above]
    city = small_city.actor("city")
    with pytest.raises(Refused) as top:
        doors.act(case.pk, "pass_up", city, {"reason": "还想上报"})
    assert top.value.code == "at_top"
    doors.act(case.pk, "accept", city)
    doors.act(case.pk, "draft", city, {"answer": "已协调清运。"})
    doors.act(case.pk, "issue", city, {"answer": "垃圾已于今日清运，点位已增设两只垃圾桶。"})
    case.refresh_from_db()
    assert (case.stage, case.office) == ("answered", small_city.offices["hotline"])
    assert case.answered_at is not None
    doors.act(case.pk, "call_back", small_city.actor("hotline"), {"result": "satisfied"})
    doors.act(case.pk, "rate", resident, {"rating": 5, "comment": "很快"})
    case.refresh_from_db()
    assert (case.stage, case.rating) == ("closed", 5)
    assert case.closed_at is not None
    assert case.due_at is None
    assert not Clock.objects.filter(case=case, next_fire_at__isnull=False).exists()
    assert Report.objects.get(case=case).call_back == "satisfied"


def test_an_anonymous_reporter_follows_and_rates_by_code(small_city: SmallCity) -> None:
    made = doors.open_case(REPORT, "report", ANONYMOUS, RUBBISH)
    reporter = grants.resolve(made.code or "")
    assert reporter is not None
    grid = small_city.actor("A.grid")
    doors.act(made.case_id, "accept", grid)
    doors.act(made.case_id, "finish", grid, {"answer": "已清运。"})
    case = Case.objects.get(pk=made.case_id)
    assert [o.name for o in present.actions_for(case, reporter)] == ["rate", "reopen"]
    doors.act(case, "rate", reporter, {"rating": 4})
    assert Case.objects.get(pk=case.pk).stage == "closed"
    assert present.actions_for(case, ANONYMOUS) == []


def test_a_code_opens_one_case_only(small_city: SmallCity) -> None:
    mine = grants.resolve(doors.open_case(REPORT, "report", ANONYMOUS, RUBBISH).code or "")
    other = opened()
    assert mine is not None
    with pytest.raises(Refused) as no:
        doors.act(other, "withdraw", mine)
    assert no.value.status == 404
    assert list(query.visible(mine).values_list("pk", flat=True)) == [mine.grant_case]


def test_found_and_fixed_on_the_spot_needs_two_taps(small_city: SmallCity) -> None:
    grid = small_city.actor("A.grid")
    made = doors.open_case(REPORT, "found_fixed", grid, {"category": "201001"})
    case = Case.objects.get(pk=made.case_id)
    assert (case.stage, case.cell) == ("fixed", small_city.cells["A.grid"])
    assert case.closed_at is not None
    assert made.code is None
    assert not Clock.objects.filter(case=case).exists()


def test_a_seat_reports_for_a_caller(small_city: SmallCity) -> None:
    data = {"what": "来电反映路灯不亮", "place": INSIDE, "name": "张三", "phone": "13812345678"}
    made = doors.open_case(REPORT, "on_behalf", small_city.actor("hotline"), data, channel="hotline")
    case = Case.objects.get(pk=made.case_id)
    assert Report.objects.get(case=case).on_behalf
    assert case.office == small_city.offices["A.grid"]
    assert made.code
    with pytest.raises(Refused) as no:
        doors.open_case(REPORT, "on_behalf", small_city.resident(), data)
    assert no.value.status == 403


def test_a_place_outside_the_city_is_accepted_and_goes_to_the_arbiter(small_city: SmallCity) -> None:
    case = opened(place=OUTSIDE)
    assert case.outside
    assert case.office == small_city.offices["arbiter"]
    assert "不在本市" in present.why_here(case)[0]


def test_an_address_without_a_place_on_the_map_goes_to_the_arbiter_who_puts_it_right(
    small_city: SmallCity,
) -> None:
    case = opened(place={"address": "老粮站旁边"})
    assert (case.outside, case.office) == (False, small_city.offices["arbiter"])
    assert "没有在地图上标明位置" in present.why_here(case)[0]
    office = small_city.offices["A.village"].pk
    where = {"office": office, "reason": "已电话核实", "place": INSIDE}
    doors.act(case.pk, "hand_over", small_city.actor("arbiter"), where)
    case.refresh_from_db()
    assert (case.office_id, case.division) == (office, small_city.divisions["A.village"])
    assert case.address == INSIDE["address"]


def test_a_gas_leak_does_not_wait_for_the_grid(small_city: SmallCity) -> None:
    case = opened(category="204003")
    assert case.office == small_city.offices["A.zhzf"]
    assert "燃气泄漏" in present.why_here(case)[0]


def test_passed_up_to_the_county_the_duty_list_names_the_department(small_city: SmallCity) -> None:
    case = opened(category="201013")
    for at in ("A.grid", "A.village", "A.town"):
        doors.act(case.pk, "pass_up", small_city.actor(at), {"reason": "违建需执法"})
    case.refresh_from_db()
    assert case.office == small_city.offices["A.zhzf"]
    assert not case.public


def test_the_third_return_goes_to_the_arbiter_who_rules(small_city: SmallCity) -> None:
    case = opened()
    doors.act(case.pk, "pass_up", small_city.actor("A.grid"), {"reason": "上报"})
    doors.act(case.pk, "send_back", small_city.actor("A.village"), {"reason": "属网格职责"})
    case.refresh_from_db()
    assert case.office == small_city.offices["A.grid"]
    doors.act(case.pk, "send_back", small_city.actor("A.grid"), {"reason": "不是"})
    doors.act(case.pk, "send_back", small_city.actor("A.village"), {"reason": "也不是"})
    case.refresh_from_db()
    assert (case.office, case.returns) == (small_city.offices["arbiter"], 3)
    assert "第3次退回" in present.why_here(case)[0]
    office = small_city.offices["A.town"].pk
    doors.act(case.pk, "hand_over", small_city.actor("arbiter"), {"office": office, "reason": "由街道牵头"})
    case.refresh_from_db()
    assert case.office_id == office


def test_a_refusal_gives_its_reason_and_may_be_contested(small_city: SmallCity) -> None:
    resident = small_city.resident()
    case = opened(resident)
    doors.act(case.pk, "pass_up", small_city.actor("A.grid"), {"reason": "上报"})
    doors.act(case.pk, "decline", small_city.actor("A.village"), {"reason": "属于市场行为，请向消保委反映"})
    case.refresh_from_db()
    assert case.stage == "declined"
    said = [text for e in present.timeline(case, resident) for _, text in e.fields]
    assert "属于市场行为，请向消保委反映" in said
    doors.act(case.pk, "contest", resident, {"what": "门前道路是公共道路"})
    case.refresh_from_db()
    assert (case.stage, case.office) == ("disputed", small_city.offices["arbiter"])
    assert case.answered_at is None


def test_waiting_for_the_reporter_stops_the_overall_clock(small_city: SmallCity) -> None:
    resident = small_city.resident()
    case = opened(resident)
    grid = small_city.actor("A.grid")
    doors.act(case.pk, "accept", grid)
    doors.act(case.pk, "ask_reporter", grid, {"reason": "请拍一张照片"})
    case.refresh_from_db()
    assert (case.stage, case.party, case.office) == ("waiting", "reporter", small_city.offices["A.grid"])
    assert not Clock.objects.get(case=case, name="overall").running
    assert case not in query.inbox(grid)
    doors.act(case.pk, "supply", resident, {"what": "在西门"})
    case.refresh_from_db()
    assert (case.stage, case.party) == ("handling", "")
    assert Clock.objects.get(case=case, name="overall").running
    assert case in query.inbox(grid)


def test_reopening_starts_the_clocks_again(small_city: SmallCity) -> None:
    resident = small_city.resident()
    case = opened(resident)
    grid = small_city.actor("A.grid")
    doors.act(case.pk, "accept", grid)
    doors.act(case.pk, "finish", grid, {"answer": "已清运。"})
    doors.act(case.pk, "reopen", resident, {"what": "又堆起来了"})
    case.refresh_from_db()
    assert (case.stage, case.reopened, case.answered_at) == ("received", 1, None)
    assert case.office == small_city.offices["A.grid"]
    assert Clock.objects.get(case=case, name="overall").running


def test_a_step_that_comes_too_late_says_what_changed(small_city: SmallCity) -> None:
    case = opened()
    grid = small_city.actor("A.grid")
    doors.act(case.pk, "accept", grid, seen=1)
    with pytest.raises(Stale) as late:
        doors.act(case.pk, "pass_up", grid, {"reason": "上报"}, seen=1)
    assert [s.action for s in late.value.steps] == ["accept"]
    with pytest.raises(Stale):
        doors.act(case.pk, "accept", grid)


def test_participation_keeps_an_office_in_the_picture(small_city: SmallCity) -> None:
    case = opened()
    doors.act(case.pk, "pass_up", small_city.actor("A.grid"), {"reason": "上报"})
    kept = set(Participation.objects.filter(case=case).values_list("office_id", flat=True))
    assert kept == {small_city.offices["A.grid"].pk, small_city.offices["A.village"].pk}
