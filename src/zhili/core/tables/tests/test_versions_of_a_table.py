"""Two people put a table in force from a day on; none with a fault comes in; each change leaves a leaf."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhili.core import tables
from zhili.core.people.managing import AdminRefused
from zhili.core.tables import covered, keeping, reading
from zhili.core.tables.models import State, TableVersion
from zhili.core.tables.recomputing import Decision, as_it_was, count, recompute
from zhili.core.tables.tests.sample import NAME, benchmark
from zhili.core.trail.changes import Overtaken, latest
from zhili.core.trail.models import Change, Leaf

FACTS = {"value": 500_000, "grade": "一般"}


def faults_found() -> list[tuple[str, str]]:
    return [(one.what, one.column) for one in covered.Versions().batch(None).faults]


def test_from_a_draft_to_the_next_version(small_city: Any) -> None:
    first, second = small_city.actor("city", "admin"), small_city.actor("city", "leader")
    today = timezone.localdate()
    one = keeping.draft(benchmark(), "某局裁量基准〔2026〕1号", first)
    assert tables.in_force(NAME, today) is None
    with pytest.raises(PermissionDenied, match="两个人"):
        keeping.confirm(one.pk, today, first, None)
    with pytest.raises(PermissionDenied, match="拟定单位或上级单位"):
        keeping.confirm(one.pk, today, small_city.actor("A.grid"), None)
    with pytest.raises(AdminRefused, match="过去的日子"):
        keeping.confirm(one.pk, today - timedelta(1), second, None)
    keeping.confirm(one.pk, today, second, None)
    found = tables.standing(NAME, today)
    assert found is not None
    assert (found.number, found.since, found.compiled.evaluate(FACTS).rows) == (1, today, (1,))

    # the next one begins in ten days; until then the first holds
    later = today + timedelta(10)
    two = keeping.draft(benchmark(high=80_000), "某局裁量基准〔2026〕2号", second)
    with pytest.raises(Overtaken):
        keeping.confirm(two.pk, later, first, 0)
    keeping.confirm(two.pk, later, first, latest("table", two.pk))
    numbers = [
        getattr(tables.standing(NAME, day), "number", None) for day in (today, later - timedelta(1), later)
    ]
    assert numbers == [1, 1, 2]
    third = keeping.draft(benchmark(high=90_000), "某局裁量基准〔2026〕3号", first)
    with pytest.raises(AdminRefused, match="先撤回那一版"):
        keeping.confirm(third.pk, today + timedelta(5), second, None)

    # withdrawn before it began: the first goes on without an end
    keeping.withdraw(two.pk, "数额算错", second, None)
    assert [getattr(tables.standing(NAME, day), "number", None) for day in (today, later)] == [1, 1]
    keeping.withdraw(one.pk, "上位法修改", first, None, last=today + timedelta(3))
    assert tables.in_force(NAME, today + timedelta(2)) is not None
    assert tables.in_force(NAME, today + timedelta(3)) is None

    done = list(Change.objects.filter(subject="table").order_by("id").values_list("done", flat=True))
    assert done == [
        "drafted", "confirmed", "drafted", "ended", "confirmed", "drafted", "goes on", "withdrawn", "withdrawn",
    ]  # fmt: skip
    said = Leaf.objects.get(pk=Change.objects.filter(done="confirmed").order_by("id")[0].leaf_id)
    body = bytes(said.body).decode()
    assert one.sha256 in body
    assert "2026〕1号" not in body
    assert faults_found() == []


@pytest.mark.parametrize(
    ("until", "begins", "why"), [(900_000, 1_000_000, "没有一行管到"), (1_000_100, 1_000_000, "都管到")]
)
def test_a_gap_or_an_overlap_cannot_come_into_force(
    small_city: Any, until: int, begins: int, why: str
) -> None:
    made = keeping.draft(benchmark(until=until, begins=begins), "示例", small_city.actor("city", "admin"))
    with pytest.raises(AdminRefused, match=why):
        keeping.confirm(made.pk, timezone.localdate(), small_city.actor("city", "leader"), None)
    assert TableVersion.objects.get().state == State.DRAFT


def test_what_is_altered_behind_its_back_is_found(small_city: Any) -> None:
    made = keeping.draft(benchmark(), "示例", small_city.actor("city", "admin"))
    keeping.confirm(made.pk, timezone.localdate(), small_city.actor("city", "leader"), None)
    document = made.document
    document["rows"][0]["then"]["high"] = 1
    TableVersion.objects.filter(pk=made.pk).update(document=document, valid_from="2020-01-01")
    assert faults_found() == [("altered", "valid_from"), ("altered", "document")]
    copy = TableVersion.objects.get(pk=made.pk)
    copy.pk, copy.number = None, 2
    copy.save()
    made.delete()
    assert sorted(faults_found()) == [("added", "id"), ("gone", "")]


def test_past_decisions_are_asked_again(small_city: Any) -> None:
    today = timezone.localdate()
    first, second = small_city.actor("city", "admin"), small_city.actor("city", "leader")
    made = keeping.draft(benchmark(), "示例", first)
    keeping.confirm(made.pk, today - timedelta(400), second, None, backdated=True)
    then = {"low": 10_000, "high": 50_000}
    past = [
        Decision("a", today - timedelta(30), FACTS, then),
        Decision(
            "b",
            today - timedelta(20),
            {"value": 2_000_000, "grade": "严重"},
            {"low": 200_000, "high": 500_000},
        ),
        Decision("c", today - timedelta(10), {"value": 2_000_000}, then),
        Decision("d", today - timedelta(500), FACTS, then),
    ]
    stricter = list(recompute(past, benchmark(high=80_000)))
    assert [(one.decision.id, one.changed) for one in stricter] == [
        ("a", ("high",)),
        ("b", ()),
        ("c", ("low", "high")),
        ("d", ("high",)),
    ]
    assert stricter[2].why == "缺少“情节”，定不下来"
    told = count(stricter)
    assert (told.asked, told.same, told.changed, told.no_row, told.refused) == (4, 1, 2, 0, 1)
    was = list(as_it_was(past, NAME, today - timedelta(600), today))
    assert [one.outcome.rows if one.outcome else None for one in was] == [(1,), (3,), None, None]
    assert len(reading.history(NAME, today, today)) == 1
