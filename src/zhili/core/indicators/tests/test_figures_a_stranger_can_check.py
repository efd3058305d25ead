"""Published figures equal what anyone counts from the open data; what was altered is named; nothing personal is in."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from zhili.core.cases import doors, sweeping
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, OUTSIDE, SmallCity
from zhili.core.indicators import matters, publishing, recounting
from zhili.core.indicators.definitions import DEFINITIONS
from zhili.core.indicators.models import Publication
from zhili.core.people.actors import ANONYMOUS
from zhili.core.streams import run_until_idle
from zhili.core.trail.models import Leaf

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = "citizen_reports.report"
SCRIPT = Path(__file__).parents[5] / "docs" / "verify_stats.py"
WORDS = "张三丰家门口垃圾成堆，电话13800138000"


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def lived(small_city: SmallCity) -> SmallCity:
    """A month in which everything happened once or twice."""
    resident, grid, other = small_city.resident(), small_city.actor("A.grid"), small_city.actor("B.grid2")

    def opened(place: dict[str, Any] = INSIDE, by: Any = resident) -> int:
        data = {"what": WORDS, "place": place, "category": "201001"}
        return doors.open_case(REPORT, "report", by, data).case_id

    rated = opened()
    doors.act(rated, "accept", grid, {"category": "201013"})
    doors.act(rated, "finish", grid, {"answer": "已清运。"})
    doors.act(rated, "reopen", resident, {"what": "又有了"})
    doors.act(rated, "accept", grid)
    doors.act(rated, "finish", grid, {"answer": "再次清运。"})
    doors.act(rated, "rate", resident, {"rating": 4})
    gone = opened(ELSEWHERE)
    doors.act(gone, "pass_up", other, {"reason": "上报"})
    doors.act(gone, "send_back", small_city.actor("B.village2"), {"reason": "退回"})
    doors.act(gone, "withdraw", resident)
    opened(OUTSIDE, ANONYMOUS)
    late = opened()
    doors.open_case(REPORT, "found_fixed", grid, {"category": "201001"})
    secret = opened()
    Case.objects.filter(pk=secret).update(confidential=True)
    doors.act(secret, "accept", grid)
    for _turn in (1, 2):  # first it warns, then the limit has run out
        sweeping.sweep(now=timezone.now() + timedelta(days=40))
    doors.act(late, "accept", grid)
    doors.act(late, "finish", grid, {"answer": "晚了。"})
    run_until_idle()
    return small_city


def month() -> date:
    return timezone.localdate().replace(day=1)


def rebuilt() -> None:
    """Confidentiality was set behind the doors' back; the figures are made anew."""
    from zhili.core.cases import history
    from zhili.core.indicators.rebuilding import rebuild

    rebuild(history.payloads)


def published(folder: Path, of: date | None = None) -> tuple[Publication, Path]:
    made = publishing.publish(of or month())
    path = folder / "open.zip"
    with default_storage.open(made.file) as stream:
        path.write_bytes(stream.read())
    return made, path


def by_script(*paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, paths)], capture_output=True, text=True, check=False
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as packed:
        return list(csv.DictReader(io.StringIO(packed.read("matters.csv").decode())))


def altered(path: Path, folder: Path, name: str, change: Any) -> Path:
    """The file with one of its parts changed."""
    other = folder / "altered.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            new.writestr(entry, change(data) if entry == name else data)
    return other


def test_every_figure_is_counted_again_from_the_rows_and_equal(lived: SmallCity, tmp_path: Path) -> None:
    rebuilt()
    made, path = published(tmp_path)
    found = made.figures["figures"]["all"]
    assert (found["opened"], found["answered"], found["closed"], found["withdrawn"]) == (5, 4, 2, 1)
    assert (found["reopened"], found["returned"], found["rated"], found["rating_sum"]) == (1, 1, 1, 4)
    assert recounting.verify(path) == []
    shown = tmp_path / "shown.json"
    shown.write_text(json.dumps(publishing.as_published(made)))
    assert recounting.verify(path, json.loads(shown.read_text())) == []
    ran = by_script(path, shown)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "every figure is what the rows say" in ran.stdout


def test_what_ran_out_is_counted_in_its_own_month(lived: SmallCity, tmp_path: Path) -> None:
    rebuilt()
    ran_out = Step.objects.filter(action="overdue").latest("at")
    later = timezone.localdate(ran_out.at).replace(day=1)
    made, path = published(tmp_path, later)
    found = made.figures["figures"]["all"]
    assert found["overdue"] > 0
    assert recounting.verify(path) == []
    assert by_script(path).returncode == 0


def test_steps_the_figures_do_not_count_yet_are_not_in_the_rows_either(
    lived: SmallCity, tmp_path: Path
) -> None:
    rebuilt()
    before, _path = published(tmp_path)
    fresh = doors.open_case(REPORT, "report", ANONYMOUS, {"what": "新的", "place": INSIDE}).case_id
    doors.act(fresh, "accept", lived.actor("A.grid"))
    made, path = published(tmp_path)
    assert made.rows == before.rows
    assert recounting.verify(path) == []
    run_until_idle()
    made, path = published(tmp_path)
    assert made.rows == before.rows + 1
    assert recounting.verify(path) == []


def test_nothing_personal_and_no_words_anybody_wrote_are_in_it(lived: SmallCity, tmp_path: Path) -> None:
    rebuilt()
    _made, path = published(tmp_path)
    with zipfile.ZipFile(path) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist()).decode()
    for word in ("张三丰", "13800138000", "垃圾成堆", "清运", "建设路", "120.0"):
        assert word not in everything, word
    rows = rows_of(path)
    assert list(rows[0]) == list(matters.COLUMNS)
    assert {row["place"] for row in rows} == {"330402001000", "330411001000", ""}


def test_confidential_matters_are_left_out_and_counted_as_left_out(lived: SmallCity, tmp_path: Path) -> None:
    rebuilt()
    made, path = published(tmp_path)
    secret = Case.objects.get(confidential=True)
    assert secret.number not in {row["number"] for row in rows_of(path)}
    assert made.figures["left_out"] == {"confidential": "<5", "children": 0}


def test_children_of_a_case_are_not_matters(lived: SmallCity, tmp_path: Path) -> None:
    grid = lived.actor("A.zhzf", "handler")
    parent = doors.open_case(REPORT, "report", ANONYMOUS, {"what": "违建", "place": INSIDE}).case_id
    Case.objects.filter(pk=parent).update(office_id=lived.department.pk)
    doors.act(parent, "accept", grid, {})
    asked = {"offices": [str(lived.offices["A.town"].pk)], "what": "请到场"}
    doors.act(parent, "ask_assistance", grid, asked)
    run_until_idle()
    rebuilt()
    made, path = published(tmp_path)
    assert made.figures["left_out"]["children"] == "<5"
    assert made.figures["figures"]["all"]["opened"] == 6
    assert recounting.verify(path) == []


@pytest.mark.parametrize(
    ("part", "change", "name"),
    [
        ("matters.csv", lambda d: d.replace(b":o", b":l", 1), "on_time"),
        ("matters.csv", lambda d: b"\n".join(d.split(b"\n")[:-2]) + b"\n", "opened"),
        ("matters.csv", lambda d: d.replace(b":4", b":5", 1), "rating_sum"),
        ("matters.csv", lambda d: d.replace(b"201013", b"201001", 1), "by_category"),
        ("figures.json", lambda d: d.replace(b'"returned": 1', b'"returned": 0', 1), "returned"),
    ],
)
def test_whatever_was_altered_is_named_by_both(
    lived: SmallCity, tmp_path: Path, part: str, change: Any, name: str
) -> None:
    rebuilt()
    _made, path = published(tmp_path)
    other = altered(path, tmp_path, part, change)
    differences = recounting.verify(other)
    assert any(name in one for one in differences), differences
    ran = by_script(other)
    assert ran.returncode == 1
    assert name in ran.stdout


def test_a_page_that_shows_other_figures_is_named(lived: SmallCity, tmp_path: Path) -> None:
    rebuilt()
    made, path = published(tmp_path)
    shown = publishing.as_published(made)
    shown["figures"]["all"]["opened"] = 0
    (only,) = recounting.verify(path, shown)
    assert only.startswith("published figures.all.opened: 0 published")
    (tmp_path / "shown.json").write_text(json.dumps(shown))
    assert "figures.all.opened" in by_script(path, tmp_path / "shown.json").stdout


def test_a_file_that_is_none_or_is_cut_is_refused_in_words(lived: SmallCity, tmp_path: Path) -> None:
    _made, path = published(tmp_path)
    cut, text, none = tmp_path / "cut.zip", tmp_path / "text.zip", tmp_path / "none.zip"
    cut.write_bytes(path.read_bytes()[:-400])
    text.write_text("not a zip")
    broken = altered(path, tmp_path, "matters.csv", lambda d: d.replace(b"2026-", b"20x6-"))
    for bad in (cut, text, none, broken):
        with pytest.raises(recounting.NotAPublication):
            recounting.verify(bad)
        ran = by_script(bad)
        assert (ran.returncode, "Traceback" in ran.stderr) == (2, False), (bad, ran.stdout, ran.stderr)


def test_what_was_published_is_in_the_trail_and_the_former_file_goes(
    lived: SmallCity, tmp_path: Path
) -> None:
    first, _path = published(tmp_path)
    second, _path = published(tmp_path)
    said = json.loads(bytes(Leaf.objects.get(pk=second.leaf_id).body))["what"]
    assert (said["record"], said["sha256"]) == ("statistics.published", second.sha256)
    first.refresh_from_db()
    assert first.file == ""
    assert default_storage.exists(second.file)
    assert len(default_storage.listdir("open")[1]) == 1
    assert publishing.latest(month()) == second


def test_the_worker_publishes_each_month_once_and_again_when_it_changed(
    lived: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    while publishing.publish_due():
        pass
    assert Publication.objects.filter(month=month()).count() == 1
    doors.open_case(REPORT, "report", ANONYMOUS, {"what": "新的", "place": INSIDE})
    run_until_idle()
    assert publishing.publish_due() == 0, "not twice on one day"
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(
        publishing.timezone, "localdate", lambda at=None: tomorrow if at is None else at.date()
    )
    assert publishing.publish_due() == 1
    monkeypatch.undo()


def test_an_empty_site_publishes_nothing(small_city: SmallCity) -> None:
    assert publishing.publish_due() == 0


def test_every_published_figure_has_a_definition_and_every_definition_a_figure() -> None:
    assert set(recounting.Count().figures()) == set(DEFINITIONS)
    for one in DEFINITIONS.values():
        assert one.title
        assert one.words.endswith("。")
        assert one.numerator
        assert one.exclusions
        assert one.period


def test_shares_are_rounded_alike_everywhere() -> None:
    assert [recounting.share(*p) for p in ((1, 3), (2, 3), (1, 8), (1, 20_000), (0, 5), (5, 5), (1, 0))] == [
        0.3333, 0.6667, 0.125, 0.0001, 0.0, 1.0, None,
    ]  # fmt: skip


def test_a_month_whose_file_is_gone_is_published_again(lived: SmallCity) -> None:
    while publishing.publish_due():
        pass
    made = publishing.latest(month())
    assert made is not None
    default_storage.delete(made.file)
    assert publishing.publish_due() == 1
    again = publishing.latest(month())
    assert again is not None
    assert default_storage.exists(again.file)
