"""The list behind a figure has as many matters as the figure says, for every figure, place and reader."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from zhili.portal.tests.pages_client import reader
from zhili.scenarios.command_centre.tests.conftest import Wall

pytestmark = pytest.mark.django_db
FIGURE = re.compile(r'<a[^>]*href="([^"]*)"[^>]*>(?:(?!</a>).)*?data-figure="(\w+)">([^<]*)<', re.S)
CELL = re.compile(r'href="(/screen/cases[^"]*)">(?:7 天 <b>)?(\d+)<')
COUNT = re.compile(r'data-count="(\d+)"')


def figures(client: Client, address: str) -> dict[str, tuple[str, str]]:
    """By key: (what it says, where it leads)."""
    page = client.get(address).content.decode()
    return {key: (value, unescape(url)) for url, key, value in FIGURE.findall(page)}


def behind(client: Client, address: str) -> int:
    page = client.get(address)
    assert page.status_code == 200
    found = COUNT.search(page.content.decode())
    assert found is not None, page.content.decode()[:2000]
    return int(found[1])


def test_the_figures_are_those_of_the_city(wall: Wall) -> None:
    wall.count()
    shown = {key: value for key, (value, _) in figures(reader(wall.commander), "/screen").items()}
    assert shown["opened"] == "7"
    assert shown["owed"] == "6", "one is answered: the call to its reporter is another matter"
    assert shown["overdue"] == "1"
    assert shown["answered"] == "2"
    assert shown["reopened"] == "50.0", "one of the two answers was not enough"


@pytest.mark.parametrize("place", ["", "A", "B", "A.town", "A.village", "A.village2", "cell"])
def test_each_list_has_as_many_as_its_figure_says(wall: Wall, place: str) -> None:
    wall.count()
    client = reader(wall.commander)
    where = {"": "", "cell": f"?cell={wall.city.cells['A.grid'].pk}"}.get(place)
    address = "/screen" + (f"?place={wall.city.divisions[place].pk}" if where is None else where)
    shown = figures(client, address)
    for key in ("opened", "owed", "overdue", "soon", "answered"):
        value, url = shown[key]
        assert behind(client, url) == int(value), f"{key} of {address}"
    assert behind(client, shown["median"][1]) == behind(client, shown["p90"][1])
    numbers = CELL.findall(client.get(address).content.decode())
    for url, value in numbers:
        assert behind(client, unescape(url)) == int(value), url
    assert numbers or place in ("B", "A.village2", "cell")


def test_speed_never_stands_without_its_reopening_rate(wall: Wall) -> None:
    wall.count()
    page = reader(wall.commander).get("/screen").content.decode()
    pace = page[page.index("fig-pace") :]
    pace = pace[: pace.index("</li>")]
    assert [key for _, key, _ in FIGURE.findall(pace)] == ["median", "p90", "reopened"]


def test_a_confidential_matter_is_in_no_figure_and_no_list(wall: Wall) -> None:
    wall.count()
    client = reader(wall.commander)
    assert behind(client, "/screen/cases?what=opened") == 7
    assert client.get("/screen/matters.geojson").json()["features"].__len__() == 6


def test_the_list_says_when_something_happened_more_than_once(wall: Wall) -> None:
    case = wall.report()
    resident = wall.city.resident()
    again = wall.report(by=resident)
    wall.answer(again)
    from zhili.core.cases import doors

    doors.act(again.pk, "reopen", resident, {"what": "还在"})
    wall.answer(again)
    wall.count()
    page = reader(wall.commander).get("/screen/cases?what=answered").content.decode()
    assert case.number not in page
    assert "共 4 次，涉及 3 件" in page
