"""Taken in: a case like any other, opened by the agreement; its public steps go back to where it came from."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.base.exchange.wire import WireError
from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret, Step
from zhili.core.cases.tests.city import OUTSIDE, SmallCity
from zhili.core.exchange.models import Outgoing
from zhili.core.exchange.sites import opening
from zhili.core.exchange.tests.crossing import TITLE, Across, steps
from zhili.core.people import secrets


@pytest.fixture
def across(small_city: SmallCity) -> Across:
    return Across(
        small_city, sites=["jinshan.shanghai", "nanhu.jiaxing"], categories=[{"a": "JS-LJ", "b": "201001"}]
    )


def test_a_matter_becomes_a_case_here_and_its_steps_go_back(across: Across, small_city: SmallCity) -> None:
    link, case = across.hand_us()
    grid, village, town = (small_city.actor(one) for one in ("A.grid", "A.village", "A.town"))
    assert (case.channel, case.title, case.category, case.stage) == (
        "exchange", "界河边倾倒垃圾", "201001", "received",
    )  # fmt: skip
    assert case.office_id == small_city.offices["A.grid"].pk  # routed as any report
    first = Step.objects.get(case=case, seq=1)
    kept = first.data["handed"]
    assert kept["history"][0]["words"] == "报了，电话[电话已隐去]"
    assert kept["agreement"] == "grid-01"
    shown = present.timeline(case, grid)[0]
    assert shown.who == TITLE
    assert TITLE in shown.why[0]
    assert across.told(link) == []  # what they told us is not told back

    doors.act(case.pk, "pass_up", grid, {"reason": "要铲车"})
    assert across.told(link) == ["progress"]
    assert across.last(link)["words"] == "要铲车"
    doors.act(case.pk, "pass_up", village, {"reason": "要铲车"})
    doors.act(case.pk, "accept", town)
    assert across.told(link)[-1] == "accept"
    link.refresh_from_db()
    assert link.state == "accepted"
    assert across.last(link)["reference"] == case.number
    across.progress(link, "我方岸线已清理，联系人电话13800001234")
    assert "13800001234" not in str(Step.objects.filter(case=case).latest("seq").data)
    doors.act(case.pk, "progress", town, {"note": "已到场"})
    doors.act(case.pk, "draft", town, {"answer": "拟"})
    doors.act(case.pk, "issue", town, {"answer": "已清运三车。"})
    kinds = across.told(link)
    assert kinds == ["progress", "progress", "accept", "progress", "close"]
    assert across.last(link)["words"] == "已清运三车。"
    link.refresh_from_db()
    assert link.state == "closed"


def test_declined_before_it_was_accepted_is_refused_and_ended_later_is_given_back(
    across: Across, small_city: SmallCity
) -> None:
    town = small_city.actor("A.town")
    link, case = across.hand_us()
    Case.objects.filter(pk=case.pk).update(office=small_city.offices["A.town"])
    doors.act(case.pk, "decline", town, {"reason": "在河对岸"})
    assert across.told(link) == ["refuse"]
    assert across.last(link)["reason"] == "在河对岸"

    link, case = across.hand_us()
    Case.objects.filter(pk=case.pk).update(office=small_city.offices["A.town"])
    doors.act(case.pk, "accept", town)
    assert across.told(link) == ["accept"]
    across.send(link, "withdraw", reason="已自行清理")
    case.refresh_from_db()
    link.refresh_from_db()
    assert (case.stage, link.state) == ("withdrawn", "withdrawn")
    assert across.told(link) == ["accept"]


def test_asked_for_more_their_word_lets_it_go_on(across: Across, small_city: SmallCity) -> None:
    grid = small_city.actor("A.grid")
    link, case = across.hand_us()
    doors.act(case.pk, "ask_reporter", grid, {"reason": "在桥的哪一侧"})
    assert across.told(link) == ["progress"]
    across.progress(link, "桥东")
    case.refresh_from_db()
    assert case.stage == "handling"
    assert case.party == ""


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"category": "JS-LJ"}, "mapping", "body.category"),
        ({"what": "垃圾" * 1500}, "mapping", "body.what"),
        ({"fields": {"colour": "red"}}, "field_not_agreed", "body.fields.colour"),
        ({"fields": {"size": 3}}, "mapping", "body.fields.size"),
        ({"personal": {"citizen_id": "1"}}, "field_not_agreed", "body.personal.citizen_id"),
        ({"personal": {"phone": "not a number"}}, "mapping", "body.personal.phone"),
        ({"agreement_digest": "0" * 64}, "agreement_differs", "body.agreement_digest"),
        ({"agreement": "other"}, "no_agreement", "body.agreement"),
    ],
)
def test_what_does_not_fit_names_the_field_at_fault(
    across: Across, changed: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(WireError) as refused:
        across.hand_us(**changed)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Case.objects.exists()


def test_a_matter_on_the_other_side_of_the_border_is_held_by_the_office_that_takes_in(across: Across) -> None:
    _link, case = across.hand_us(place=OUTSIDE)
    assert case.outside
    assert case.division_id is None
    assert case.office_id == across.site.office_id


def test_what_is_told_of_a_person_is_sealed(across: Across) -> None:
    _link, case = across.hand_us(personal={"phone": "13800001234", "name": "张三"})
    kept = dict(CaseSecret.objects.filter(case=case).values_list("field", "secret_id"))
    assert set(kept) == {"phone", "name"}
    assert secrets.masked(kept.values())[kept["phone"]]
    data = Step.objects.get(case=case).data
    assert "张三" not in str(data)
    assert "13800001234" not in str(data)
    assert any("毗邻网格协同协议" in why and "phone" in why for why in Step.objects.get(case=case).why)


def test_a_procedure_of_the_referrals_kind_takes_it_too(small_city: SmallCity) -> None:
    across = Across(
        small_city,
        "referrals.assistance/ask",
        sites=["jinshan.shanghai", "nanhu.jiaxing"],
        categories=[{"a": "JS-LJ", "b": "help"}],
    )
    department = small_city.actor("A.zhzf")
    link, case = across.hand_us(category="help", place=None)
    assert case.procedure == "referrals.assistance"
    assert case.office_id == small_city.offices["A.zhzf"].pk
    doors.act(case.pk, "accept", department)
    doors.act(case.pk, "reply", department, {"result": "已协办"})
    assert across.told(link) == ["accept", "close"]
    link, case = across.hand_us(category="help", place=None)
    doors.act(case.pk, "accept", department)
    doors.act(case.pk, "refuse", department, {"reason": "无此职责"})
    assert across.told(link) == ["accept", "return"]
    across.send(link, "withdraw", reason="算了")  # crossing their return: whoever opened it has the last word
    assert steps(case)[-1] == "taken_back_across"
    assert opening.unfit("citizen_reports.report", "find")
    assert not opening.unfit("referrals.assistance", "ask")


def test_taking_in_costs_few_queries(across: Across) -> None:
    across.hand_us()
    with CaptureQueriesContext(connection) as asked:
        across.hand_us()
    assert len(asked) <= 14, [one["sql"][:90] for one in asked.captured_queries]
    assert Outgoing.objects.count() == 0


def test_a_matter_is_not_handed_back_to_whom_it_came_from(across: Across, small_city: SmallCity) -> None:
    _link, case = across.hand_us()
    for level in ("A.grid", "A.village"):
        doors.act(case.pk, "pass_up", small_city.actor(level), {"reason": "要铲车"})
    data = {"agreement": str(across.agreement.pk), "category": "JS-LJ", "what": "请一并清理。"}
    with pytest.raises(Refused) as refused:
        doors.act(case.pk, "hand_across", small_city.actor("A.town"), data)
    assert refused.value.code == "came_from_there"
    assert TITLE in refused.value.message
