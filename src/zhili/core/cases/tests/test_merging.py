"""Several reports of one matter are handled once, and every reporter is answered."""

import pytest

from zhili.core.cases import doors, merging, present, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock, Step
from zhili.core.cases.tests.city import ELSEWHERE, SmallCity
from zhili.core.cases.tests.lead import DATA, REPORT, Lead
from zhili.core.streams.testing import deliver

pytestmark = pytest.mark.django_db
WHY = {"reason": "同一处井盖"}


@pytest.fixture
def lead(small_city: SmallCity) -> Lead:
    return Lead(small_city)


def other(city: SmallCity, name: str) -> Lead:
    return Lead(city, name)


def merge(one: Lead, into: Lead) -> None:
    one.act("merge_into", {"lead": into.number, **WHY})


def settle() -> None:
    """Let the consumer take all there is, and what it says itself."""
    after, last = 0, -1
    while after != last:
        last, after = after, deliver(merging.Merging(), after)


def test_a_duplicate_waits_with_its_clocks_paused(lead: Lead, small_city: SmallCity) -> None:
    twin = other(small_city, "居民乙")
    merge(twin, lead)
    case = twin.case
    assert (case.stage, case.lead_id, case.due_at, case.office_id) == (
        "merged",
        lead.case.pk,
        None,
        twin.town.office_id,
    )
    assert not Clock.objects.get(case=case, name="overall").running
    assert case.pk not in {c.pk for c in query.inbox(twin.town)}
    assert present.stage_title(case, plain=True) == "已与同一件事合并办理"


def test_every_reporter_is_answered_and_may_rate_or_ask_for_more(lead: Lead, small_city: SmallCity) -> None:
    twins = [other(small_city, f"居民{n}") for n in range(3)]
    for twin in twins:
        merge(twin, lead)
    lead.answer()
    settle()
    for twin in twins:
        assert twin.case.stage == "answered"
        assert twin.last.action == "answered_with_lead"
        assert twin.last.data["reply"] == "积水已排除，井盖已更换。"
        said = [text for e in present.timeline(twin.case, twin.resident) for _, text in e.fields]
        assert "积水已排除，井盖已更换。" in said
    twins[0].act("rate", {"rating": 5}, by=twins[0].resident)
    twins[1].act("reopen", {"what": "还有积水"}, by=twins[1].resident)
    assert twins[0].case.stage == "closed"
    assert (twins[1].case.stage, twins[1].case.lead_id) == ("received", None)
    assert lead.case.stage == "answered"


def test_told_twice_nothing_happens_twice(lead: Lead, small_city: SmallCity) -> None:
    twin = other(small_city, "居民乙")
    merge(twin, lead)
    lead.answer()
    settle()
    before = twin.case.seq
    merging.settle(lead.case.pk)
    settle()
    assert twin.case.seq == before


def test_more_than_a_lot_are_settled_lot_by_lot(
    lead: Lead, small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MOST", 2)
    twins = [other(small_city, f"居民{n}") for n in range(5)]
    for twin in twins:
        merge(twin, lead)
    lead.answer()
    settle()
    assert {twin.case.stage for twin in twins} == {"answered"}


def test_merged_late_it_is_answered_at_once(lead: Lead, small_city: SmallCity) -> None:
    twin = other(small_city, "居民乙")
    lead.answer()
    merge(twin, lead)
    assert twin.case.stage == "answered"
    assert [s.action for s in Step.objects.filter(case=twin.case).order_by("seq")][-2:] == [
        "merge_into",
        "answered_with_lead",
    ]


def test_a_lead_withdrawn_sends_its_duplicates_back_to_work(lead: Lead, small_city: SmallCity) -> None:
    twin = other(small_city, "居民乙")
    merge(twin, lead)
    lead.act("withdraw", by=lead.resident)
    settle()
    assert (twin.case.stage, twin.case.lead_id) == ("handling", None)
    assert twin.case.due_at is not None
    assert twin.case.office_id == twin.town.office_id
    assert Clock.objects.get(case=twin.case, name="overall").running


def test_taken_apart_by_hand_it_is_handled_by_itself(lead: Lead, small_city: SmallCity) -> None:
    twin = other(small_city, "居民乙")
    merge(twin, lead)
    twin.act("unmerge", {"reason": "不是同一处"})
    assert (twin.case.stage, twin.case.lead_id) == ("handling", None)
    lead.answer()
    settle()
    assert twin.case.stage == "handling"


def test_the_duplicates_of_a_duplicate_follow_it(lead: Lead, small_city: SmallCity) -> None:
    twin, third = other(small_city, "居民乙"), other(small_city, "居民丙")
    merge(third, twin)
    merge(twin, lead)
    settle()
    assert third.case.lead_id == lead.case.pk
    lead.answer()
    settle()
    assert (twin.case.stage, third.case.stage) == ("answered", "answered")


def test_a_lead_declined_declines_its_duplicates_who_may_contest(lead: Lead, small_city: SmallCity) -> None:
    twin = other(small_city, "居民乙")
    merge(twin, lead)
    lead.act("pass_up", {"reason": "x"})
    lead.act("decline", {"reason": "不属于受理范围"}, by=small_city.actor("A"))
    settle()
    assert twin.case.stage == "declined"
    assert twin.last.data["reply"] == "不属于受理范围"
    twin.act("contest", {"what": "应当受理"}, by=twin.resident)
    assert (twin.case.stage, twin.case.lead_id) == ("disputed", None)


def test_what_cannot_be_merged_is_refused_in_words(lead: Lead, small_city: SmallCity) -> None:
    twin, merged = other(small_city, "居民乙"), other(small_city, "居民丙")
    merge(merged, lead)
    elsewhere = doors.open_case(REPORT, "report", small_city.resident("x"), DATA | {"place": ELSEWHERE})
    gone = other(small_city, "居民丁")
    gone.act("withdraw", by=gone.resident)
    (child,) = lead.ask("A.zhzf")
    expected = {
        twin.number: "same_case",
        merged.number: "lead_merged",
        elsewhere.number: "no_case",
        gone.number: "lead_closed",
        child.number: "other_procedure",
        "123": "no_lead",
    }
    before = twin.case.seq
    for number, code in expected.items():
        with pytest.raises(Refused) as refused:
            twin.act("merge_into", {"lead": number, **WHY})
        assert refused.value.code == code, number
        assert refused.value.message
    assert twin.case.seq == before
    assert Case.objects.filter(lead=lead.case).count() == 1
