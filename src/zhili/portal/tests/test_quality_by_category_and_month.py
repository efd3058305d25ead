"""/stats and the API tell what became of what came in, by category and month; each number opens its cases."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from zhili.core.cases.loading import HistoryRow, load_history
from zhili.core.cases.models import Category
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.indicators.cohort_definitions import COHORT_DEFINITIONS
from zhili.portal.api import shapes

OPENED = datetime(2024, 3, 5, 1, 0, tzinfo=UTC)
SPRING = "since=2024-03-01&until=2024-05-31"


@pytest.fixture
def history(small_city: SmallCity) -> SmallCity:
    """Ten a month in March and April 2024, in two categories; those of April are answered on the 20th day."""
    rows = []
    for n in range(20):
        at = OPENED + timedelta(days=31 * (n // 10), hours=n)
        answered = at + timedelta(days=20 if n >= 10 else n % 3) if n % 5 else None
        rows.append(
            HistoryRow(
                "旧系统",
                str(n),
                "citizen_reports.report",
                at,
                category=("201001", "201013")[n % 2],
                title=f"事项{n}",
                answered_at=answered,
                closed_at=answered,
                public=True,
                **INSIDE,
            )
        )
    load_history(rows)
    return small_city


def test_the_page_shows_both_tables_and_says_how_they_are_made(client: Client, history: SmallCity) -> None:
    page = client.get(f"/stats?{SPRING}").content.decode()
    start = page.index('id="quality"')
    table = page[start : page.index("</section>", start)]
    assert "2024-03 至 2024-05" in table
    for words in ("暴露垃圾", "私搭乱建", "2024-04", "80.0%", "20 天", "100.0%", "这些数字怎么算"):
        assert words in table, words
    assert 'aria-current="page">到答复' in table
    closing = client.get(f"/stats?{SPRING}&to=close").content.decode()
    assert 'aria-current="page">到办结' in closing


def test_a_number_opens_exactly_its_cases(client: Client, history: SmallCity) -> None:
    found = client.get(
        "/stats/cases?measure=opened&since=2024-04-01&until=2024-04-30&category=201001"
    ).content.decode()
    assert found.count("事项") - found.count("事项列表") >= 5
    assert "事项10" in found
    assert "事项9" not in found
    assert "事项11" not in found


def test_a_village_is_not_told_by_category_and_a_quiet_year_has_no_table(
    client: Client, history: SmallCity
) -> None:
    village = history.divisions["A.village"].pk
    assert 'id="quality"' not in client.get(f"/stats?{SPRING}&division={village}").content.decode()
    assert 'id="quality"' not in client.get("/stats?since=2020-01-01&until=2020-12-31").content.decode()
    town = history.divisions["A.town"].pk
    assert 'id="quality"' in client.get(f"/stats?{SPRING}&division={town}").content.decode()


def test_many_categories_are_cut_until_all_are_asked_for(client: Client, history: SmallCity) -> None:
    kinds = [f"9{n:02}" for n in range(20)]
    Category.objects.bulk_create(Category(scenario="citizen_reports", code=k, name=f"类别{k}") for k in kinds)
    load_history(HistoryRow("又一", k, "citizen_reports.report", OPENED, category=k, **INSIDE) for k in kinds)
    assert "另有 7 类" in client.get(f"/stats?{SPRING}").content.decode()
    assert "另有" not in client.get(f"/stats?{SPRING}&types=all").content.decode()


def test_the_api_gives_the_same_numbers(client: Client, history: SmallCity) -> None:
    found = client.get(f"/api/v1/statistics/quality?{SPRING}").json()
    assert (found["first"], found["last"]) == ("2024-03-01", "2024-05-01")
    total = found["total"]
    assert (total["opened"], total["closed_share"], total["to_answer"]["count"]) == (20, 0.8, 16)
    assert [m["to_answer"]["within_15"] for m in found["by_month"]] == [1.0, 0.0]
    assert [(c["name"], c["opened"]) for c in found["by_category"]] == [("暴露垃圾", 10), ("私搭乱建", 10)]
    one = client.get(f"/api/v1/statistics/quality?{SPRING}&category=201013").json()
    assert [m["opened"] for m in one["by_month"]] == [5, 5]


def test_the_api_says_what_it_cannot_tell(client: Client, history: SmallCity) -> None:
    code = history.divisions["A.village"].code
    refused = client.get(f"/api/v1/statistics/quality?division={code}")
    assert refused.status_code == 422
    assert "请看所在的镇街" in refused.json()["detail"]
    assert client.get("/api/v1/statistics/quality?scenario=none").status_code == 422
    assert client.get("/api/v1/statistics/quality?kind=x").status_code == 422


def test_every_figure_shown_has_its_definition() -> None:
    named = {
        "opened": "cohort_opened",
        "closed_share": "cohort_closed_share",
        "reopened_share": "cohort_reopened_share",
    }
    wanted = {named[name] for name in shapes.QualityOut.model_fields if name in named}
    for pace in ("answer", "close"):
        wanted |= {f"{pace}_{name}" for name in shapes.PaceOut.model_fields}
    assert wanted == set(COHORT_DEFINITIONS)
    assert all(one.words and one.numerator for one in COHORT_DEFINITIONS.values())
