"""A commander instructs an office; it receipts, reports, replies; the commander accepts or sends back."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from zhili.core.cases import doors, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.cases.sweeping import sweep
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import Actor
from zhili.core.streams import run_until_idle
from zhili.scenarios.command_centre import instructing
from zhili.scenarios.command_centre.alarms import showing
from zhili.scenarios.command_centre.models import Alarm, InstructionDetail

pytestmark = pytest.mark.django_db
WHAT = {"what": "今晚八点前把沿河低洼处的排水口清理一遍"}


def commander(city: SmallCity) -> Actor:
    return city.actor("city", "commander")


def give(city: SmallCity, *offices: str, number: str = "", **more: object) -> list[Case]:
    data = {**WHAT, **more, "offices": [city.offices[one].pk for one in offices]}
    numbers = instructing.give(commander(city), data, number, "k")
    return list(Case.objects.filter(number__in=numbers).order_by("id"))


def test_given_receipted_reported_answered_accepted(small_city: SmallCity) -> None:
    (case,) = give(small_city, "A.town", within="2h")
    town = small_city.actor("A.town")
    assert case in query.inbox(town)
    assert case.title == WHAT["what"]
    whole = case.clocks.get(name="whole")
    assert (
        timezone.now() + timedelta(hours=1, minutes=59) < whole.due_at <= timezone.now() + timedelta(hours=2)
    )
    doors.act(case, "receipt", town)
    doors.act(case, "progress", town, {"note": "已派四人"})
    with pytest.raises(Refused):
        doors.act(case, "accept", commander(small_city))
    doors.act(case, "reply", town, {"result": "partly", "reply": "清了三处，一处要吊车"})
    case.refresh_from_db()
    assert case.office_id == small_city.offices["city"].pk
    doors.act(case, "send_back", commander(small_city), {"reason": "吊车已调，请清完"})
    case.refresh_from_db()
    assert (case.stage, case.office_id) == ("working", small_city.offices["A.town"].pk)
    assert InstructionDetail.objects.get(case=case).replied_at is None
    doors.act(case, "reply", town, {"result": "done", "reply": "四处都清了"})
    doors.act(case, "accept", commander(small_city), {"remark": "好"})
    (line,) = instructing.given(commander(small_city))
    assert line.closed
    assert line.receipted_at is not None
    assert line.replied_at is not None
    assert instructing.open_given(commander(small_city)) == []


def test_one_for_each_office_or_none(small_city: SmallCity) -> None:
    made = give(small_city, "A.town", "B.town", "A.zhzf")
    assert {one.office_id for one in made} == {
        small_city.offices[o].pk for o in ("A.town", "B.town", "A.zhzf")
    }
    with pytest.raises(Refused):
        instructing.give(
            small_city.actor("A", "leader"),
            {**WHAT, "offices": [small_city.offices["A.town"].pk, small_city.offices["B.town"].pk]},
            "",
            "other",
        )
    assert Case.objects.filter(procedure="command_centre.instruction").count() == 3


def test_sent_twice_it_is_given_once(small_city: SmallCity) -> None:
    first = give(small_city, "A.town", "B.town")
    again = give(small_city, "A.town", "B.town")
    assert [one.number for one in first] == [one.number for one in again]


def test_about_a_matter_it_comes_back_as_a_step(small_city: SmallCity) -> None:
    data = {"what": "路面塌陷", "place": INSIDE, "category": "201001"}
    matter = doors.open_case("citizen_reports.report", "report", small_city.resident(), data)
    (child,) = give(small_city, "A.zhzf", number=matter.number, within="1h")
    assert child.parent_id == matter.case_id
    department = small_city.actor("A.zhzf")
    assert query.sees(department, Case.objects.get(pk=matter.case_id))
    doors.act(child, "receipt", department)
    doors.act(child, "reply", department, {"result": "done", "reply": "已围挡"})
    doors.act(child, "accept", commander(small_city), {})
    steps = list(Step.objects.filter(case_id=matter.case_id).order_by("seq").values_list("action", flat=True))
    assert steps == ["report", "instruct", "returned"]


def test_not_receipted_in_time_is_an_alarm_that_ends_with_the_receipt(small_city: SmallCity) -> None:
    run_until_idle()
    (case,) = give(small_city, "A.town", within="2h")
    for _ in ("soon", "late"):
        sweep(now=timezone.now() + timedelta(minutes=31))
    from zhili.core.streams.testing import deliver
    from zhili.scenarios.command_centre.alarms.raising import Alarming

    last = deliver(Alarming())
    (alarm,) = showing.current(commander(small_city))
    assert alarm.kind == "instruction_unreceipted"
    assert alarm.number == case.number
    assert "南湖区一街道指挥室" in alarm.text
    assert showing.count(small_city.actor("B", "leader")) == 0
    kept = showing.acknowledge(commander(small_city), alarm.id, "已打电话 13800138000")
    assert "13800138000" not in kept.note
    assert showing.count(commander(small_city)) == 0
    doors.act(case, "receipt", small_city.actor("A.town"))
    deliver(Alarming(), last)
    assert Alarm.objects.get().ended_at is not None
    assert showing.current(commander(small_city)) == []


def test_an_instruction_is_no_matter_in_the_figures(small_city: SmallCity) -> None:
    from zhili.core.cases import ground
    from zhili.core.cases.history import payloads
    from zhili.core.indicators.measures import counted_under
    from zhili.core.streams.models import StreamEvent

    (case,) = give(small_city, "A.town")
    assert not ground.matters(ground.Ground(None)).exists()
    told = StreamEvent.objects.get(subject=case.pk, type="step").payload
    assert counted_under(told) == "+command_centre"
    assert [counted_under(one) for one in payloads(Q(case=case))] == ["+command_centre"]
