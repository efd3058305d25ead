"""Only what was chosen is told, as previewed: nothing typed, nothing confidential; when stopped, it is told empty."""

from __future__ import annotations

import json

import pytest

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.exchange.models import Outgoing
from zhili.core.trail.changes import Overtaken
from zhili.core.trail.models import Change
from zhili.scenarios.cross_border import border as ground
from zhili.scenarios.cross_border import documents, sharing, told
from zhili.scenarios.cross_border.sharing import NOTHING, Wish
from zhili.scenarios.cross_border.tests.conftest import DRAWN, Border

pytestmark = pytest.mark.django_db
CELL, NORTH = "33040200100101", "33040200100102"


def sent(border: Border) -> dict[str, dict]:
    """The newest document put in line for the neighbour, by topic."""
    rows = Outgoing.objects.filter(site=border.site, kind="publish").order_by("pk").select_related("link")
    return {row.link.stream.removeprefix("topic:"): row.body["document"] for row in rows}


def test_nothing_is_told_until_it_is_chosen_and_only_what_was(border: Border) -> None:
    border.agree(1)
    shown, hidden = border.found("grid"), border.found("waters", what="第二件")
    secret = border.found("grid", what="第三件")
    Case.objects.filter(pk=secret.pk).update(confidential=True)
    assert sharing.turn() == 0
    assert sent(border) == {}
    wish = Wish(cells=(CELL,), categories=("grid",), points=True)
    preview = sharing.documents(border.site, {border.seat.office_id or 0: wish})
    sharing.put(border.seat, border.site, wish)
    told_them = sent(border)
    assert told_them["cells"] == preview["cells"]
    assert told_them["matters"] == preview["matters"]
    assert [one["code"] for one in told_them["cells"]["cells"]] == [CELL]
    (line,) = told_them["matters"]["matters"]
    assert (line["number"], line["state"], line["lon"]) == (shown.number, "waiting", shown.lon)
    raw = json.dumps(told_them, ensure_ascii=False)
    assert shown.title not in raw
    assert hidden.number not in raw
    assert secret.number not in raw
    assert Change.objects.get(subject=sharing.SUBJECT).after["cells"] == [CELL]
    for name, document in told_them.items():
        documents.check(name, document)
    before = Outgoing.objects.count()
    assert sharing.turn() == 0  # nothing changed, nothing is sent again
    assert Outgoing.objects.count() == before


def test_by_cell_few_are_only_few_and_stopping_tells_an_empty_document(border: Border) -> None:
    for n in range(documents.FEW):
        border.found("grid", what=f"第{n}件")
    border.found("waters")
    wish = Wish(cells=(CELL, NORTH), categories=("grid", "waters"), figures=True)
    found = sharing.documents(border.site, {border.seat.office_id or 0: wish})
    assert found["matters"] == {
        "version": 1,
        "matters": [],
        "counts": [
            {"cell": CELL, "category": "grid", "few": False, "count": 5},
            {"cell": CELL, "category": "waters", "few": True},
        ],
    }
    kept = sharing.put(border.seat, border.site, wish)
    assert sent(border) == {}  # no agreement names a topic: nothing leaves
    sharing.put(border.seat, border.site, NOTHING)
    empty = sharing.documents(border.site)
    assert all(documents.is_empty(one) for one in empty.values())
    kept.refresh_from_db()
    assert (kept.cells, kept.metres, kept.figures) == ([], 0, False)
    assert list(Change.objects.order_by("pk").values_list("done", flat=True)) == ["set", "stopped"]


def test_what_cannot_be_chosen(border: Border) -> None:
    elsewhere = "33041100100101"
    for wish, words in (
        (Wish(cells=(elsewhere,)), "不在本单位的地界里"),
        (Wish(metres=-1), "距离"),
        (Wish(metres=99_999), "距离"),
        (Wish(cells=(CELL,), categories=("persons",)), "没有"),
    ):
        with pytest.raises(Refused, match=words):
            sharing.put(border.seat, border.site, wish)
    sharing.put(border.seat, border.site, Wish(cells=(CELL,)), seen=0)
    with pytest.raises(Overtaken):
        sharing.put(border.seat, border.site, Wish(cells=(NORTH,)), seen=0)


def test_the_border_is_measured_by_what_the_neighbour_shares(border: Border) -> None:
    division = border.city.divisions["A"].pk
    assert told.ground("jinshan.shanghai") is None
    assert {one.metres for one in ground.near(division, None)} == {0}  # every cell touches the outer line
    cell = {"code": "31011600100101", "name": "一网格", "village": "枫泾镇", "geometry": DRAWN}
    border.told("cells", {"version": 1, "cells": [cell]})
    theirs = told.ground("jinshan.shanghai")
    near = ground.near(division, theirs)
    assert [(one.code, one.metres < 10) for one in near[:2]] == [(CELL, True), (NORTH, True)]
    assert 18_000 < near[-1].metres < 20_000
    assert [
        one.code for one in sharing.chosen(border.seat.office_id or 0, border.site, Wish(metres=500))
    ] == [
        CELL,
        NORTH,
    ]


def test_a_matter_that_is_answered_is_told_no_more(border: Border) -> None:
    border.agree(2)
    case = border.found("grid")
    sharing.put(border.seat, border.site, Wish(cells=(CELL,), categories=("grid",), points=True))
    Outgoing.objects.update(state="sent")
    doors.act(case, "accept", border.grid, {})
    assert sharing.turn() == 1
    assert sent(border)["matters"]["matters"][0]["state"] == "handling"
    Outgoing.objects.update(state="sent")
    done = {"result": "solved", "answer": "清走了。"}
    doors.act(case, "submit", border.grid, done)
    doors.act(case, "confirm", border.city.actor("A.village"), done)
    assert sharing.turn() == 1
    assert sent(border)["matters"]["matters"] == []
