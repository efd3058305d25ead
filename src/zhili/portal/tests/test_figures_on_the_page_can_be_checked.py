"""Under every page of figures: what they mean, what is left out, the trail's head, and the rows they are made of."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from zhili.base.margins import wilson
from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.indicators import estimates, publishing, recounting
from zhili.core.indicators.definitions import DEFINITIONS
from zhili.core.people.actors import ANONYMOUS
from zhili.core.streams import run_until_idle
from zhili.core.trail import heads, sealing
from zhili.portal import proof
from zhili.portal.api.shapes import CountsOut
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def month(small_city: SmallCity) -> str:
    for _ in range(3):
        doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": "垃圾", "place": INSIDE})
    run_until_idle()
    sealing.seal_all()
    publishing.publish(timezone.localdate().replace(day=1))
    return f"{timezone.localdate():%Y-%m}"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_each_figure_on_the_page_says_what_it_means(month: str) -> None:
    page = words_of(reader().get("/stats"))
    for name in proof.ON_THE_PAGE:
        assert DEFINITIONS[name].words in page
    assert heads.current().root in page
    assert "不计入：不公开的 0 件，协办等派生的 0 件。" in page
    assert "开放数据和核对办法" in page


def test_every_count_of_the_api_has_its_definition(month: str) -> None:
    told = reader().get("/api/v1/statistics").json()
    defined = {one["name"] for one in told["definitions"]}
    assert set(CountsOut.model_fields) <= defined
    assert set(told["counts"]) <= defined
    assert told["head"]["root"] == heads.current().root
    assert told["left_out"] == {"confidential": 0, "children": 0}
    assert told["estimates"] == []


def test_the_months_can_be_taken_away_and_counted_again(month: str, tmp_path: Path) -> None:
    page = words_of(reader().get("/stats/open"))
    assert month in page
    assert "CC BY 4.0" in page
    answer = reader().get(f"/stats/open/{month}.zip")
    path = tmp_path / "taken.zip"
    path.write_bytes(body(answer))
    assert zipfile.ZipFile(io.BytesIO(path.read_bytes())).testzip() is None
    shown = reader().get(f"/stats/open/{month}.json").json()
    assert recounting.verify(path, shown) == []
    assert shown["figures"]["all"]["opened"] == 3
    assert shown["publication"]["sha256"] == publishing.all_latest()[0].sha256


def test_who_has_the_file_is_not_sent_it_again(month: str) -> None:
    first = reader().get(f"/stats/open/{month}.zip")
    body(first)
    again = reader().get(f"/stats/open/{month}.zip", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "name", ["2026-13", "1999-01", "x", "2026-1", "9999-99", "..%2f..%2fsecret", "2026-11-22", "２０２６-11"]
)
def test_a_month_that_is_none_is_not_found(small_city: SmallCity, name: str) -> None:
    for ending in ("zip", "json"):
        assert reader().get(f"/stats/open/{name}.{ending}").status_code == 404


def test_a_file_gone_from_storage_is_not_found_and_no_fault(month: str) -> None:
    default_storage.delete(publishing.all_latest()[0].file)
    assert reader().get(f"/stats/open/{month}.zip").status_code == 404


def test_without_any_month_the_page_says_so(small_city: SmallCity) -> None:
    assert "还没有可以公布的月份" in words_of(reader().get("/stats/open"))


def _estimate(conclusive: int) -> estimates.Estimate:
    share = wilson(conclusive - 2, conclusive, 400) if conclusive >= estimates.SMALLEST else None
    cells = (estimates.OfficeCell(1, "南湖区综合行政执法局", 9, 7),) if share else ()
    return estimates.Estimate(
        "群众报事办结后抽签重查", "2026-10", 12, 400, 30, 30 - conclusive, 0, 0, 1, 1, max(0, conclusive - 2),
        share, cells, 4,
    )  # fmt: skip


def test_the_true_rate_stands_beside_the_reported_one(month: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "_sources", {"x": lambda: [_estimate(20)]})
    page = words_of(reader().get("/stats"))
    assert "400（100%）" in page
    assert "90%" in page
    assert "不足5件的单位不单列，共 4 件。" in page
    told = reader().get("/api/v1/statistics").json()["estimates"][0]
    assert (told["true_fixed_share"], told["reported_fixed_share"]) == (0.9, 1.0)
    assert told["low_95"] < 0.9 < told["high_95"]


def test_too_few_results_say_so_and_show_no_rate(month: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "_sources", {"x": lambda: [_estimate(4)]})
    page = words_of(reader().get("/stats"))
    assert "结果还不够" in page
    assert "90%" not in page


def test_figures_of_other_days_say_their_own_period(month: str) -> None:
    day = timezone.localdate() - timedelta(days=3)
    page = words_of(reader().get(f"/stats?since={day}&until={day}"))
    assert f"期间：{day.year}年{day.month}月{day.day}日 至 {day.year}年{day.month}月{day.day}日" in page


def test_the_document_names_head_licence_and_columns(month: str) -> None:
    document = json.loads(reader().get(f"/stats/open/{month}.json").content)
    assert {"head", "licence", "columns", "definitions", "left_out", "period", "as_of"} <= set(document)
    assert document["head"]["size"] == 3
