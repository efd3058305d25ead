"""Cases that lived elsewhere come in with their steps: seen, proven and counted like any, and nobody is woken."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from zhili.core.cases import doors, loading, permission, present, query
from zhili.core.cases.committing import case_columns, columns_of, private, state
from zhili.core.cases.loading import HistoryRow, load_history
from zhili.core.cases.models import Case, CaseSecret, Clock, Origin, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people import secrets
from zhili.core.people.actors import ANONYMOUS
from zhili.core.people.models import Secret
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.leaves import leaf_body
from zhili.core.trail.models import Leaf

pytestmark = pytest.mark.sql
OPENED = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
REPORT = "citizen_reports.report"


def row(number: int = 1, **changes) -> HistoryRow:
    given = {
        "source": "旧系统",
        "external_id": f"2024-{number:04}",
        "procedure": REPORT,
        "opened_at": OPENED + timedelta(hours=number),
        "category": "201001",
        "title": "小区门口垃圾成堆",
        "text": "建设路口的垃圾三天没有人清运。",
    } | changes
    return HistoryRow(**given)


def ended(number: int = 1, days: int = 3, **changes) -> HistoryRow:
    at = OPENED + timedelta(hours=number, days=days)
    return row(number, answered_at=at, answer="已清运。", closed_at=at + timedelta(days=1), **changes)


def only() -> Case:
    return Case.objects.get()


def test_an_ended_case_has_three_steps_and_stands_at_its_end(small_city: SmallCity) -> None:
    loaded = load_history([ended(**INSIDE)])
    assert (loaded.came_in, loaded.steps) == (1, 3)
    case = only()
    assert (case.stage, case.seq, case.channel) == ("closed", 3, "import")
    assert (case.opened_at, case.due_at, case.overdue) == (OPENED + timedelta(hours=1), None, False)
    assert case.answered_at is not None
    assert case.closed_at == case.answered_at + timedelta(days=1)
    assert case.division == small_city.divisions["A.village"]
    assert case.cell == small_city.cells["A.grid"]
    assert case.number[:2] == "24", "the number carries the year it was opened in"
    steps = list(Step.objects.order_by("seq").values_list("action", "from_stage", "to_stage"))
    assert steps == [
        ("imported", "", "received"),
        ("imported_answer", "received", "answered"),
        ("imported_close", "answered", "closed"),
    ]


def test_every_step_has_the_leaf_a_door_would_have_written(small_city: SmallCity) -> None:
    load_history([ended(n, **INSIDE) for n in range(3)])
    leaves = list(Leaf.objects.order_by("id"))
    assert len(leaves) == Step.objects.count() == 9
    for leaf, step in zip(leaves, Step.objects.select_related("case").order_by("id"), strict=True):
        case = step.case
        what = {
            "case": case.number,
            "seq": step.seq,
            "action": step.action,
            "from": step.from_stage or None,
            "to": step.to_stage,
            "procedure": f"{case.procedure}@{case.version}",
            "by": "history",
        }
        hidden = private(columns_of(step))
        assert (hidden["office"], hidden["category"]) == (step.office_id, step.category)
        assert bytes(leaf.body) == leaf_body("step", step.at, what, hidden, bytes(step.salt))
        assert leaf.subject == case.pk
        if step.seq == case.seq:
            assert bytes(step.state) == state(bytes(step.salt), case_columns(case))


def test_nobody_is_woken(small_city: SmallCity) -> None:
    load_history([row(1, **INSIDE), ended(2, **INSIDE)])
    assert not StreamEvent.objects.exists()
    assert not Clock.objects.exists()


def test_what_came_in_once_never_comes_in_again(small_city: SmallCity) -> None:
    first = load_history([row(1), row(2), row(2)])
    again = load_history([row(1), row(2, title="改过的标题"), row(3), row(1, source="另一系统")])
    assert (first.came_in, first.already) == (2, 1)
    assert (again.came_in, again.already) == (2, 2)
    assert sorted(Origin.objects.values_list("source", "external_id")) == [
        ("另一系统", "2024-0001"),
        ("旧系统", "2024-0001"),
        ("旧系统", "2024-0002"),
        ("旧系统", "2024-0003"),
    ]


def test_an_open_case_is_with_the_office_on_duty_and_goes_on_here(small_city: SmallCity) -> None:
    load_history([row(1, **INSIDE)])
    case, grid = only(), small_city.actor("A.grid")
    assert case.office == small_city.offices["A.grid"]
    assert case in query.inbox(grid)
    doors.act(case, "accept", grid)
    doors.act(case, "finish", grid, {"answer": "已清运。"})
    case.refresh_from_db()
    assert case.stage == "answered"
    entries = present.timeline(case, grid)
    assert [e.action for e in entries] == ["imported", "accept", "finish"]
    assert entries[0].why, "why it came to this office is kept"


def test_a_refusal_of_long_ago_stands_where_one_of_today_would(small_city: SmallCity) -> None:
    load_history(
        [row(1, answered_at=OPENED + timedelta(days=1), answer="不属于受理范围。", outcome="refused")]
    )
    load_history([ended(2, outcome="refused")])
    assert sorted(Case.objects.values_list("stage", flat=True)) == ["declined", "refused"]


def test_its_timeline_reads_for_offices_and_for_everybody(small_city: SmallCity) -> None:
    load_history([ended(public=True, office_id=small_city.offices["A.zhzf"].pk, **INSIDE)])
    case = only()
    assert case in query.public()
    assert case in query.visible(small_city.actor("A.zhzf"))
    inside = present.timeline(case, small_city.actor("A.zhzf"))
    assert [e.title for e in inside] == ["历史事项导入", "历史答复导入", "历史办结导入"]
    assert ("原编号", "2024-0001") in inside[0].fields
    assert "历史数据" in inside[0].who
    assert small_city.offices["A.zhzf"].name in inside[1].who
    outside = present.timeline(case, ANONYMOUS)
    assert ("内容", "建设路口的垃圾三天没有人清运。") in outside[0].fields
    assert ("答复", "已清运。") in outside[1].fields
    assert all(label != "原编号" for label, _ in outside[0].fields)
    assert present.stage_title(case, plain=True) == "已办好"


def test_what_nobody_published_stays_with_the_offices(small_city: SmallCity) -> None:
    load_history(
        [ended(1, **INSIDE), ended(2, public=True), ended(3, public=True, category="201013", **INSIDE)]
    )
    assert not query.public().exists(), (
        "not said to be public; without a place; of a category that is not public"
    )
    with pytest.raises(Exception, match="无权查看"):
        permission.refuse_unless_seen(Case.objects.first(), ANONYMOUS)


def test_personal_parts_of_texts_become_secrets(small_city: SmallCity) -> None:
    now = timezone.now()
    told = row(
        1, title="请回电13812345678", text="我的身份证33040219800101123X，电话13812345678。", opened_at=now
    )
    load_history([told])
    step, case = Step.objects.get(), only()
    kept = f"{step.data}{step.why}{case.title}{bytes(Leaf.objects.get().body).decode()}"
    assert "13812345678" not in kept
    assert "1980" not in kept
    assert "[电话已隐去]" in case.title
    assert "[电话已隐去]" in step.data["what"]
    assert set(CaseSecret.objects.values_list("field", flat=True)) == {"title", "what"}
    clerk = small_city.actor("hotline")
    opened = secrets.open_many(Secret.objects.values_list("pk", flat=True), clerk, "核实")
    assert sorted(opened.values()) == sorted([told.title, told.text])


def test_what_is_past_its_time_is_hidden_and_not_kept(small_city: SmallCity) -> None:
    load_history([row(text="电话13812345678", opened_at=OPENED - timedelta(days=365 * 8))])
    assert Secret.objects.count() == 1, "an open case is still needed"
    years = timedelta(days=365 * 8)
    old = {"opened_at": OPENED - years, "answered_at": OPENED - years, "closed_at": OPENED - years}
    load_history([row(2, text="电话13812345678", **old)])
    assert Secret.objects.count() == 1, "it would be erased the same day"
    assert (
        "[电话已隐去]" in Step.objects.filter(case__origin__external_id="2024-0002", seq=1).get().data["what"]
    )


def test_a_persons_number_used_as_the_id_stays_out_of_the_step(small_city: SmallCity) -> None:
    load_history([row(external_id="13812345678")])
    assert "external_id" not in Step.objects.get().data
    assert load_history([row(external_id="13812345678")]).already == 1


def test_words_of_any_kind_arrive_as_they_were(small_city: SmallCity) -> None:
    text = "反斜杠\\n不是换行\t制表\n第二行\r\n“引号”😀\\."
    load_history([row(text=text, title="a\\b\tc", source="x\\y", external_id="i\\d")])
    assert Step.objects.get().data["what"] == text.replace("\r\n", "\n")
    assert (only().title, Origin.objects.get().external_id) == ("a\\b c", "i\\d")


def test_times_that_cannot_be_are_refused_whole(small_city: SmallCity) -> None:
    for wrong in (
        row(opened_at=OPENED.replace(tzinfo=None)),
        row(answered_at=OPENED - timedelta(days=1)),
        row(answered_at=OPENED + timedelta(days=9), closed_at=OPENED + timedelta(days=8)),
    ):
        with pytest.raises(loading.OutOfOrder):
            load_history([row(7), wrong])
    assert not Case.objects.exists()


def test_batches_keep_the_order_and_the_numbers_are_unique(small_city: SmallCity, monkeypatch) -> None:
    monkeypatch.setattr(loading, "FIRST_BATCH", 7)
    batches: list[int] = []
    load_history((row(n) for n in range(50)), after=lambda rows, _loaded: batches.append(len(rows)))
    assert sum(batches) == 50
    assert len(batches) > 1
    ids = list(Origin.objects.order_by("case_id").values_list("external_id", flat=True))
    assert all(a < b for a, b in pairwise(ids))
    assert Case.objects.values("number").distinct().count() == 50


def test_a_batch_costs_the_same_few_statements_for_ten_cases_or_a_hundred(
    small_city: SmallCity, django_assert_max_num_queries
) -> None:
    load_history([ended(n, **INSIDE) for n in range(2)])
    with django_assert_max_num_queries(20):
        load_history([ended(100 + n, **INSIDE) for n in range(10)])
    with django_assert_max_num_queries(20):
        load_history([ended(200 + n, **INSIDE) for n in range(100)])
