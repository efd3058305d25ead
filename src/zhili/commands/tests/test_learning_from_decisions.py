"""`zhili triage`: what is learned from, what is told of it, and that too little changes nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhili.commands.triage import app
from zhili.core.cases import doors
from zhili.core.cases.models import Case, Category, Followed
from zhili.core.cases.tests.city import INSIDE, SCENARIO, SmallCity
from zhili.core.cases.triage import keeping, teaching
from zhili.core.cases.triage.examples import from_cases
from zhili.core.cases.triage.tests.decided import examples
from zhili.core.people.actors import ANONYMOUS, Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(tmp_path, settings):
    settings.HOME = tmp_path
    keeping.forget()
    yield SmallCity()
    keeping.forget()


def _run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"}, catch_exceptions=False)
    return done.exit_code, " ".join(done.output.split())


def _file(path: Path, encoding: str = "utf-8", names: dict[str, str] | None = None) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["内容", "类别"])
        rows.writerows([one.text.body, (names or {}).get(one.label, one.label)] for one in examples())
    return path


def _opened(by: Actor = ANONYMOUS, **more: object) -> int:
    place = {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}
    data = {"what": "垃圾没人清运，电话13812345678", "place": place, **more}
    return doors.open_case("citizen_reports.report", "report", by, data).case_id


def test_only_what_an_office_decided_counts_as_decided(city):
    grid = city.actor("A.grid")
    chosen_by_resident = _opened(category="201013")
    decided = _opened(category="201013")
    doors.act(decided, "accept", grid, {"category": "201001"})
    let_stand = _opened(category="201013")
    doors.act(let_stand, "accept", grid, {})
    hidden = _opened()
    doors.act(hidden, "accept", grid, {"category": "201001"})
    Case.objects.filter(pk=hidden).update(confidential=True)
    place = {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}
    found = {"what": "巡查发现垃圾", "place": place, "category": "201001"}
    doors.open_case("citizen_reports.report", "find", grid, found)
    assert [one.label for one in from_cases(SCENARIO)] == ["201001", "201013", "201001", ""]
    assert chosen_by_resident
    assert all("138" not in one.text.body for one in from_cases(SCENARIO))


def test_a_category_of_history_alone_is_not_learned_to_be_suggested(city):
    Category.objects.filter(code="201001").update(historical=True)
    from zhili.core.cases import routing

    routing.forget()
    labels = {one.label for one in teaching.known_only(examples(), SCENARIO)}
    assert labels == {"", "201013", "204003"}


def test_too_few_decisions_are_told_and_the_old_model_stays(city, tmp_path):
    code, said = _run("train")
    assert code == 1
    assert "可学的太少" in said
    assert not keeping.path(SCENARIO).exists()
    assert (
        _run("train", "--file", str(_file(tmp_path / "a.csv")), "--text", "内容", "--label", "类别")[0] == 0
    )
    before = keeping.path(SCENARIO).read_bytes()
    few = tmp_path / "few.csv"
    few.write_text("内容,类别\n垃圾,201001\n", "utf-8")
    assert _run("train", "--file", str(few), "--text", "内容", "--label", "类别")[0] == 1
    assert keeping.path(SCENARIO).read_bytes() == before


def test_a_city_learns_from_its_old_file_by_names_of_categories_in_any_usual_encoding(city, tmp_path):
    names = {"201001": "暴露垃圾", "201013": "私搭乱建", "204003": "燃气泄漏"}
    file = _file(tmp_path / "旧.csv", "gb18030", names)
    code, said = _run("train", "--file", str(file), "--text", "内容", "--label", "类别")
    assert code == 0
    assert "总猜最多的一类" in said
    assert "准确率" in said
    found = keeping.model(SCENARIO)
    assert found is not None
    assert set(found.labels) == set(names)
    Followed.objects.create(
        scenario=SCENARIO, category="201001", month="2026-03-01", model=found.stamp, given=4, followed=3
    )
    told = _run("report")[1]
    assert found.stamp in told
    assert "暴露垃圾" in told
    assert "75%" in told


def test_trying_a_file_keeps_nothing(city, tmp_path):
    file = _file(tmp_path / "a.csv", names={"201001": "甲", "201013": "乙", "204003": "丙"})
    code, said = _run("train", "--try", "--file", str(file), "--text", "内容", "--label", "类别")
    assert code == 0
    assert "没有保存" in said
    assert not keeping.path(SCENARIO).exists()


def test_a_file_that_does_not_fit_names_what_is_missing(city, tmp_path):
    file = _file(tmp_path / "a.csv")
    code, said = _run("train", "--file", str(file), "--text", "text", "--label", "类别")
    assert code == 1
    assert "没有这一列：text。有：内容、类别" in said
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00\x81\x20")
    code, said = _run("train", "--file", str(tmp_path / "b.csv"), "--text", "a", "--label", "b")
    assert code == 1
    assert "UTF-8" in said


def test_without_a_model_the_report_says_so(city):
    code, said = _run("report")
    assert code == 0
    assert "还没有模型" in said
