"""The proposal page says the range before anything is sent; the spread hides small groups; a period is asked again."""

from __future__ import annotations

import random
from datetime import date

import pytest

from zhili.base.decisions import Compiled
from zhili.portal.tests.pages_client import hidden, reader, words_of
from zhili.scenarios.discretion import again, law, provisions, spread
from zhili.scenarios.discretion.models import PenaltyDetail
from zhili.scenarios.discretion.tests import benchmark
from zhili.scenarios.discretion.tests.office import FUME, Office

FACTS = {"fact_stoves": "4", "fact_harm": "一般", "fact_again": "否"}
REST = {"penalty": "fine", "mitigation": "none", "heavy": "none", "review": "law", "grounds": "现场检查笔录"}


@pytest.mark.django_db
def test_the_range_is_seen_before_it_is_proposed_and_the_reason_asked_outside_it(office: Office) -> None:
    benchmark.in_force(office.leader, office.city.actor("A.zhzf", "leader", name="deputy"))
    case = office.investigated()
    page, client = f"/desk/c/{case.number}/propose", reader(office.first)
    assert f"{page}" in client.get(f"/desk/c/{case.number}").content.decode()
    shown = client.get(page)
    assert "5,000–50,000 元" in words_of(shown)
    key = hidden(shown)
    looked = words_of(client.post(page, {**key, **FACTS, **REST, "fine": "40000", "_do": "look"}))
    assert "15,000–30,000 元" in looked
    assert "第 2 行" in looked
    assert "填的罚款在范围以外" in looked
    sent = client.post(page, {**key, **FACTS, **REST, "fine": "40000", "_do": "propose"})
    assert sent.status_code == 422
    assert "不在裁量范围" in words_of(sent), words_of(sent)[300:900]
    above = client.post(page, {**key, **FACTS, **REST, "fine": "60000", "_do": "propose"})
    assert "不能作出" in words_of(above)
    silent = client.post(page, {**key, **FACTS, **REST, "fine": "40000", "_do": "propose_outside"})
    assert silent.status_code == 422
    lacking = client.post(page, {**key, **REST, "fine": "40000", "_do": "propose"})
    assert "缺少" in words_of(lacking)
    done = client.post(page, {**key, **FACTS, **REST, "fine": "20000", "_do": "propose"})
    assert (done.status_code, office.detail(case).rows) == (302, [2])
    assert client.get(page).status_code == 403, "it was proposed"
    assert reader(office.city.actor("B.town")).get(page).status_code == 404


def test_groups_under_five_are_in_no_cell_and_no_sum() -> None:
    def fines(
        row: int, *amounts: int, kind: str = "entity"
    ) -> list[tuple[int, list[int], int, int, int, str]]:
        return [(1, [row], 500_000, 1_500_000, amount * 100, kind) for amount in amounts]

    found = spread.group(
        [*fines(1, 5_000, 6_000, 9_000, 12_000, 40_000), *fines(2, 5_000, 6_000, 7_000, 8_000)]
    )
    assert (len(found.cells), found.hidden, found.count) == (1, 1, 5)
    cell = found.cells[0]
    assert (cell.least, cell.middle, cell.most, cell.outside) == (500_000, 900_000, 4_000_000, 1)
    assert spread.group([]).cells == ()

    # five entities and two persons: all of them, but neither kind alone, or the two could be subtracted
    mixed = [*fines(1, 5_000, 6_000, 7_000, 8_000, 9_000), *fines(1, 5_500, 6_500, kind="natural")]
    assert spread.group(mixed).count == 7
    for party in ("entity", "person"):
        assert (spread.group(mixed, party).count, spread.group(mixed, party).hidden) == (0, 1)
    more = [*mixed, *fines(1, 1_000, 2_000, 3_000, kind="sole_trader")]
    assert [spread.group(more, party).count for party in ("", "entity", "person")] == [10, 5, 5]


@pytest.mark.django_db
def test_the_spread_and_another_version_over_a_past_period(office: Office) -> None:
    deputy = office.city.actor("A.zhzf", "leader", name="deputy")
    client = reader(office.leader)
    empty = words_of(client.get("/desk/discretion"))
    assert "没有够多的相似案件" in empty
    case = office.decided(20_000, person=True)
    benchmark.in_force(office.leader, deputy)
    template = PenaltyDetail.objects.get(pk=case.pk)
    facts = {"stoves": 4, "harm": "一般", "again": False}
    PenaltyDetail.objects.filter(pk=case.pk).update(
        facts=facts, rows=[2], table_number=1, low=15_000_00, high=30_000_00
    )
    lighter = benchmark.table(((5_000, 8_000), (8_000, 12_000), (12_000, 50_000)))
    benchmark.in_force(office.leader, deputy, date(2026, 6, 1), lighter)
    today = template.decided_on
    asked = f"provision={FUME}&since=2026-01-01&until={today}"
    page = words_of(client.get(f"/desk/discretion?{asked}&year={today.year if today else 0}"))
    assert "另有 1 组不足 5 件" in page
    assert "20,000" not in page, "one case is no group"
    told = words_of(client.get(f"/desk/discretion/recompute?{asked}&version=2"))
    assert "重算 1 件，范围不变的 0 件" in told
    assert "1 件 罚款比新范围高" in told
    assert "1件里有1件不在新范围以内，离最近的一端合计相差8,000元" in told
    assert "+8,000" in told
    assert case.number in told
    assert "王小明" not in told
    assert "重算 1 件，范围不变的 1 件" in words_of(
        client.get(f"/desk/discretion/recompute?{asked}&version=1")
    )
    elsewhere = reader(office.city.actor("B", "leader"))
    assert "没有可重算的决定" in words_of(elsewhere.get(f"/desk/discretion/recompute?{asked}&version=2"))
    wrong = words_of(client.get("/desk/discretion/recompute?provision=nothing&since=gestern"))
    assert "没有这一条款" in wrong
    assert "没有读懂" in wrong
    assert "没有这一年" in words_of(client.get("/desk/discretion?year=1999"))


def test_thousands_of_decisions_are_asked_again_in_a_second() -> None:
    chance, provision = random.Random(8), provisions.known()[FUME]
    rows = [
        (str(n), date(2026, 1, 1), {"stoves": chance.randint(1, 20), "harm": chance.choice(["轻微", "一般", "严重"]),
         "again": chance.random() < 0.5}, [2], 15_000_00, 30_000_00, chance.randint(5, 50) * 1_000_00)
        for n in range(5_000)
    ]  # fmt: skip
    found = again.compute(rows, Compiled(benchmark.table()), provision)
    assert found.asked == sum(found.counts.values()) == 5_000
    assert found.seconds < 1
    assert all(n >= spread.FEWEST for _old, _new, n in found.moves)
    assert law.yuan(found.cases[0][2])
