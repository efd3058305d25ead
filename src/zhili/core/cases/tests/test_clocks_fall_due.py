"""A clock that runs out marks the case, tells the office above, or takes the action declared for it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhili.core.cases import doors, present, query, sweeping
from zhili.core.cases.models import Case, Clock, Participation, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.streams.models import StreamEvent

DATA = {"what": "垃圾成堆", "place": INSIDE, "category": "201001"}
LATER = timedelta(days=60)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(small_city: SmallCity) -> Case:
    return Case.objects.get(pk=doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA).case_id)


def test_nothing_fires_before_its_time(case: Case) -> None:
    assert sweeping.sweep() == 0


def test_a_warning_is_an_event_and_no_step(case: Case) -> None:
    stage = Clock.objects.get(case=case, name="stage")
    assert sweeping.sweep(now=stage.next_fire_at) == 1
    assert StreamEvent.objects.filter(type="due_soon", subject=case.pk).count() == 1
    assert Step.objects.filter(case=case).count() == 1


def test_overdue_is_a_step_once_and_the_office_above_takes_part(small_city: SmallCity, case: Case) -> None:
    at = timezone.now() + LATER
    for _ in range(4):
        sweeping.sweep(now=at)
    overdue = Step.objects.filter(case=case, action="overdue")
    assert {s.actor_kind for s in overdue} == {"clock"}
    assert overdue.count() == 2  # the stage's limit and the overall one
    case.refresh_from_db()
    assert case.overdue
    assert Participation.objects.filter(
        case=case, role="supervisor", office_id=small_city.offices["A.village"].pk
    ).exists()
    assert sweeping.sweep(now=at) == 0
    doors.act(case, "accept", small_city.actor("A.grid"))


def test_a_rating_window_that_passes_closes_the_case(small_city: SmallCity, case: Case) -> None:
    grid = small_city.actor("A.grid")
    doors.act(case, "accept", grid)
    doors.act(case, "finish", grid, {"answer": "已清运。"})
    assert sweeping.sweep(now=timezone.now() + LATER) == 1
    case.refresh_from_db()
    assert case.stage == "closed"
    assert Step.objects.filter(case=case).latest("seq").action == "lapse"


def test_one_case_that_fails_does_not_stop_the_others(small_city: SmallCity, case: Case) -> None:
    other = doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA).case_id
    Case.objects.filter(pk=case.pk).update(procedure="no.such")
    sweeping.sweep(now=timezone.now() + LATER)
    assert (
        Step.objects.filter(case_id=other, action="overdue").exists()
        or StreamEvent.objects.filter(type="due_soon", subject=other).exists()
    )


def test_the_limit_is_explained_with_its_source(case: Case) -> None:
    words = [d.why for d in present.deadlines(case)]
    assert any("15日" in w and "信访工作条例" in w and "待确认" in w for w in words)


def test_the_inbox_is_due_first(small_city: SmallCity, case: Case) -> None:
    later = doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA).case_id
    Case.objects.filter(pk=later).update(due_at=case.due_at + timedelta(days=3))
    grid = small_city.actor("A.grid")
    assert [c.pk for c in query.inbox(grid)] == [case.pk, later]


def test_a_sweep_finds_what_is_due_in_one_query(case: Case) -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        sweeping.due(timezone.now() + LATER, 500)
    assert len(seen) == 1
