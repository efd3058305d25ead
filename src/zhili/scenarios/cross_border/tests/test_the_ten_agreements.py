"""十联: ten documents both sides load as they are; the sub-scenarios they cover, and how little personal they carry."""

from __future__ import annotations

import csv
from pathlib import Path

from zhili.base.exchange.agreement import parse
from zhili.scenarios.cross_border import documents, forms
from zhili.scenarios.cross_border.kinds import BY_CODE, INTEGRATIONS, SUB_SCENARIOS
from zhili.scenarios.cross_border.tests.conftest import TEN

NAMED = {"网格协同", "金边卫士", "跨界联动", "重点管控"}


def test_ten_documents_that_both_sides_can_load() -> None:
    found = [parse(path.read_bytes()) for path in TEN]
    assert len({one.code for one in found}) == 10
    assert {one.group for one in found} == set(INTEGRATIONS.values())
    assert {pair.a for one in found for pair in one.categories} == set(BY_CODE)
    taken = {one.name for one in forms.Received.fields()}
    for one in found:
        assert one.sites == ("pinghu.jiaxing", "jinshan.shanghai")
        assert all(one.theirs(one.sites[0], pair.a) in BY_CODE for pair in one.categories)
        assert {*one.fields, *one.personal} <= taken
        assert not one.gate_personal
        assert set(one.topics) <= {"cells", "matters", "figures", "patrols", "plans", "hazards"}
    assert [one.code.split(".")[1] for one in found if one.personal] == ["mediate", "service"]
    shared = {topic for one in found for topic in one.topics}
    assert set(documents.SHAPES) <= shared


def test_the_sub_scenarios_are_the_categories_and_say_whose_idea_they_are() -> None:
    with open(Path(documents.__file__).parent / "data" / "categories.csv", encoding="utf-8") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert {code for code, row in rows.items() if row["parent"]} == set(BY_CODE)
    for one in SUB_SCENARIOS:
        assert (rows[one.code]["name"], rows[one.code]["parent"]) == (one.title, one.integration)
        assert one.named == (one.title in NAMED)
    assert len(SUB_SCENARIOS) == 10
    assert all(rows[code]["name"] == title for code, title in INTEGRATIONS.items())
