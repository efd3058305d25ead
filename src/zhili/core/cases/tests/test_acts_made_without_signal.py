"""What was done on a phone without signal and comes in late: both times are kept, nobody's work is written over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from zhili.base.checker import check
from zhili.base.procedure import Action, Anyone, Final, Holder, Keep, Limit, Opening, Procedure, Role, Stage
from zhili.core.cases import doors, sweeping
from zhili.core.cases.errors import Refused, Stale
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.forms import Form, LongText, Personal
from zhili.core.people.actors import ANONYMOUS

REPORT = "citizen_reports.report"


def opened(**ago: int) -> Case:
    """A report that came in so long ago."""
    with then(**(ago or {"hours": 5})):
        data = {"what": "路灯不亮", "place": INSIDE}
        return Case.objects.get(pk=doors.open_case(REPORT, "report", ANONYMOUS, data).case_id)


def earlier(**ago: int) -> datetime:
    return timezone.now() - timedelta(**ago)


@contextmanager
def then(**ago: int) -> Iterator[None]:
    """As if it were so long ago."""
    past = earlier(**ago)
    with patch("django.utils.timezone.now", return_value=past):
        yield


def test_both_times_are_kept_and_the_servers_counts(small_city: SmallCity) -> None:
    case = opened()
    done = earlier(hours=2)
    doors.act(case, "accept", small_city.actor("A.grid"), {}, seen=1, made_at=done)
    step = Step.objects.get(case=case, seq=2)
    assert step.made_at == done
    assert timezone.now() - step.at < timedelta(minutes=1)


def test_a_claimed_time_is_never_in_the_future_nor_before_what_it_builds_on(small_city: SmallCity) -> None:
    case, grid = opened(), small_city.actor("A.grid")
    for wrong in (timezone.now() + timedelta(hours=1), earlier(hours=6), earlier(days=30)):
        with pytest.raises(Refused) as no:
            doors.act(case, "accept", grid, {}, seen=1, made_at=wrong)
        assert (no.value.code, no.value.status) == ("made_at", 422)
    assert Step.objects.filter(case=case).count() == 1


def test_the_second_act_made_without_signal_builds_on_the_first(small_city: SmallCity) -> None:
    case, grid = opened(), small_city.actor("A.grid")
    first = doors.act(case, "accept", grid, {}, seen=1, made_at=earlier(hours=3))
    doors.act(case, "finish", grid, {"answer": "已修好"}, seen=first.seq, made_at=earlier(hours=2))
    made = list(Step.objects.filter(case=case).order_by("seq").values_list("action", "made_at"))
    assert [name for name, _at in made] == ["report", "accept", "finish"]
    assert made[1][1] < made[2][1]


def test_what_moved_meanwhile_is_told_and_nothing_is_written_over(small_city: SmallCity) -> None:
    case, grid = opened(), small_city.actor("A.grid")
    doors.act(case, "pass_up", small_city.actor("A.grid", name="同事"), {"reason": "要动用吊车"})
    with pytest.raises(Stale) as moved:
        doors.act(case, "accept", grid, {}, seen=1, made_at=earlier(hours=2), key="k")
    assert [step.action for step in moved.value.steps] == ["pass_up"]
    case.refresh_from_db()
    assert (case.seq, case.office_id) == (2, small_city.offices["A.village"].pk)


@pytest.mark.parametrize(("between", "taken"), [("overdue", True), ("progress", True), ("note", False)])
def test_only_what_is_declared_harmless_lets_a_late_act_through(
    small_city: SmallCity, between: str, taken: bool
) -> None:
    case, grid = opened(days=90), small_city.actor("A.grid")
    with then(days=90):
        doors.act(case, "accept", grid, {})
    if between == "overdue":
        for _ in range(4):  # the warnings, then the limits
            sweeping.sweep()
    else:
        doors.act(case, between, small_city.actor("A.grid", name="同事"), {"note": "见现场"})

    def finish() -> doors.Acted:
        return doors.act(
            case, "finish", grid, {"answer": "已修好"}, seen=2, made_at=earlier(hours=1), key="k"
        )

    if taken:
        first, again = finish(), finish()
        assert {step.action for step in first.meanwhile} == {between}
        assert again.repeated
        assert again.meanwhile == first.meanwhile
    else:
        with pytest.raises(Stale):
            finish()
    assert Step.objects.filter(case=case, action="finish").count() == int(taken)


def test_an_act_in_time_is_as_strict_as_ever(small_city: SmallCity) -> None:
    """Somebody who has signal can look again: harmless or not, they are told."""
    case, grid = opened(), small_city.actor("A.grid")
    doors.act(case, "accept", grid, {})
    doors.act(case, "progress", grid, {"note": "见现场"})
    with pytest.raises(Stale):
        doors.act(case, "finish", grid, {"answer": "已修好"}, seen=2)


def test_what_came_too_late_is_put_on_record_by_the_office_that_had_it(small_city: SmallCity) -> None:
    case, grid = opened(), small_city.actor("A.grid")
    doors.act(case, "pass_up", grid, {"reason": "要动用吊车"})
    said = {"meant": "办结答复", "note": "灯泡已换好，现场照片在下面"}
    doors.act(case, "late_note", grid, said, made_at=earlier(hours=1))  # before the case moved on
    case.refresh_from_db()
    assert case.stage == "received"
    assert Step.objects.get(case=case, action="late_note").data["note"] == said["note"]
    with pytest.raises(Refused) as no:
        doors.act(case, "late_note", small_city.actor("A.grid2"), said)
    assert no.value.status in (403, 404)


def test_a_find_made_without_signal_keeps_its_time_and_comes_in_once(small_city: SmallCity) -> None:
    grid = small_city.actor("A.grid")
    asked: dict[str, Any] = {"key": "k", "made_at": earlier(hours=4)}
    first = doors.open_case(REPORT, "found_fixed", grid, {"category": "201001", "place": INSIDE}, **asked)
    again = doors.open_case(REPORT, "found_fixed", grid, {"category": "201001", "place": INSIDE}, **asked)
    assert again.repeated
    assert again.number == first.number
    assert Step.objects.get().made_at == asked["made_at"]


def test_a_declaration_that_would_put_names_on_a_phone_is_refused() -> None:
    class Named(Form):
        what = LongText("什么事", required=True)
        name = Personal("姓名", kind="name", seen_by="承办单位")

    class Wrong(Procedure):
        title = "错的"
        begun = Stage("已开始", owner=Keep(), limit=Limit("x"))
        done = Final("已结束")
        begin = Opening("开始", begun, by=Role("handler"))
        end = Action("结束", begun >> done, by=Holder(), form=Named, offline=True)
        word = Action("说一句", begun >> done, by=Holder(), harmless=True)

    class ForAll(Procedure):
        title = "谁都能"
        begun = Stage("已开始", owner=Keep(), limit=Limit("x"))
        done = Final("已结束")
        begin = Opening("开始", done, by=(Role("handler"), Anyone()), offline=True)
        start = Opening("起", begun, by=Role("handler"))
        end = Action("结束", begun >> done, by=Holder())

    faults = check(Wrong, params={"x"})
    assert "wrong: action end is offline, but asks for a personal value" in faults
    assert "wrong: action word is harmless, but moves the case or hands it on" in faults
    assert check(ForAll, params={"x"}) == ["for_all: action begin is offline, but not for posts alone"]
