"""What comes in from elsewhere is counted in its own transaction, and the same again when figures are made anew."""

from datetime import UTC, date, datetime, timedelta

import pytest

from zhili.core.cases import doors, history
from zhili.core.cases.loading import HistoryRow, count_with, load_history
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.indicators.folding import Indicators, Rebuilding
from zhili.core.indicators.models import Cohort, Duration, Fact
from zhili.core.indicators.overview import overview
from zhili.core.indicators.quality import quality
from zhili.core.indicators.rebuilding import bring_up, rebuild
from zhili.core.streams import run_once
from zhili.core.streams.tests.conftest import elsewhere

OPENED = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
REPORT = "citizen_reports.report"
SPRING = (date(2024, 3, 1), date(2024, 5, 31))
ALSO_TOLD = ("number",)
"""What history.payloads says beside what figures use."""


def rows(number: int, **changes) -> list[HistoryRow]:
    """Some open, some answered, some closed without an answer, some refused; over three months."""
    found = []
    for n in range(number):
        at = OPENED + timedelta(hours=7 * n)
        answered = at + timedelta(days=n % 20) if n % 3 else None
        closed = (answered or at) + timedelta(hours=n) if n % 4 else None
        given = {
            "category": ("201001", "204003", "")[n % 3],
            "answer": "已办。" if answered else "",
        } | changes
        found.append(
            HistoryRow(
                "旧系统",
                str(n),
                REPORT,
                at,
                title=f"事项{n}",
                answered_at=answered,
                closed_at=closed,
                outcome="refused" if n % 5 == 4 else "closed",
                **given,
                **(INSIDE if n % 2 else {}),
            )
        )
    return found


def contents() -> list[set]:
    return [set(m.objects.values_list(*[f.name for f in m._meta.fields if f.name not in ("pk", "generation")]))
            for m in (Fact, Duration, Cohort)]  # fmt: skip


@pytest.mark.django_db
def test_steps_say_again_what_was_counted(small_city: SmallCity) -> None:
    told: list[dict] = []
    count_with(told.extend)
    try:
        load_history(rows(60))
    finally:
        from zhili.core.cases import loading

        loading._counters.remove(told.extend)
    again = [{k: v for k, v in one.items() if k not in ALSO_TOLD} for one in history.payloads()]
    told.sort(key=lambda p: (p["case"], p["seq"]))
    assert len(told) > 100
    moments = ("at", "opened_at")
    for then, now in zip(told, again, strict=True):
        for name in moments:
            assert datetime.fromisoformat(then[name]) == datetime.fromisoformat(now[name])
        assert {k: v for k, v in then.items() if k not in moments} == {
            k: v for k, v in now.items() if k not in moments
        }


@pytest.mark.django_db(transaction=True)
def test_figures_made_anew_are_the_same_with_work_done_here_since(small_city: SmallCity) -> None:
    load_history(rows(60))
    grid, resident = small_city.actor("A.grid"), small_city.resident()
    data = {"what": "垃圾成堆", "place": INSIDE, "category": "204003"}
    case = doors.open_case(REPORT, "find", grid, data).case_id
    doors.act(case, "finish", grid, {"answer": "已清运。"})
    new = doors.open_case(REPORT, "report", resident, data | {"category": ""}).case_id
    doors.act(new, "accept", grid, {"category": "201001"})
    doors.act(new, "finish", grid, {"answer": "已清运。"})
    doors.act(new, "reopen", resident, {"what": "又堆起来了"})
    run_once(Indicators())
    before = contents()
    assert all(len(rows) > 20 for rows in before)
    rebuild(history.payloads)
    after = contents()
    zeros = {row for row in before[2] if row[-1] == 0}
    assert [after[0], after[1], after[2]] == [before[0], before[1], before[2] - zeros]


@pytest.mark.django_db
def test_history_is_never_called_on_time_for_want_of_a_limit(small_city: SmallCity) -> None:
    load_history(rows(60))
    counts = overview(None, *SPRING).counts
    assert counts.answered == counts.unclocked > 0
    assert counts.on_time == 0
    assert counts.on_time_share is None


@pytest.mark.django_db
def test_confidential_sums_and_children_are_not_in_the_cohorts_shown(small_city: SmallCity) -> None:
    load_history(rows(10))
    Cohort.objects.filter(category="").update(scenario="~citizen_reports")
    shown = quality(None, *SPRING)
    assert {one.category for one in shown.by_category} == {"201001", "204003"}
    assert quality(None, *SPRING, "~citizen_reports").total.opened == 3


@pytest.mark.django_db(transaction=True)
def test_history_waits_while_figures_are_made_anew(small_city: SmallCity) -> None:
    refused: list[str] = []

    def busy():
        def work() -> None:
            try:
                load_history(rows(3))
            except Rebuilding as error:
                refused.append(str(error))

        with elsewhere(work):
            pass
        return []

    rebuild(busy)
    assert len(refused) == 1
    assert load_history(rows(3)).came_in == 3, "nothing of the refused batch was kept"


@pytest.mark.django_db(transaction=True)
def test_after_an_upgrade_with_new_measures_history_is_counted_once_more(small_city: SmallCity) -> None:
    load_history(rows(30))
    before = contents()
    Cohort.objects.all().delete()  # as a site stands that never kept them
    assert bring_up(history.payloads) > 30
    assert contents() == before
    assert bring_up(history.payloads) == 0, "once is enough"
