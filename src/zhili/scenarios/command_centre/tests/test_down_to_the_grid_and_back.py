"""City, county, town, village, cell: each level leads to the next and back, and nobody leaves their own ground."""

from __future__ import annotations

import re

import pytest

from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.command_centre.tests.conftest import Wall

pytestmark = pytest.mark.django_db
DOWN = re.compile(r'<th scope="row"><a href="(/screen\?[^"]*)"')
CRUMB = re.compile(r"<ol>(.*?)</ol>", re.S)


def test_each_level_leads_to_the_next_and_back(wall: Wall) -> None:
    client = reader(wall.commander)
    address, way = "/screen", []
    for _ in range(5):
        page = client.get(address).content.decode()
        crumbs = CRUMB.search(page)
        assert crumbs is not None
        way.append(re.sub(r"<[^>]+>", " ", crumbs[1]).split())
        links = DOWN.findall(page)
        address = next((one for one in links if "place=" in one), links[0] if links else "")
    assert way[-1] == ["嘉兴市", "南湖区", "南湖区一街道", "南湖区1村", "南湖区1村01网格"]
    assert address == "", "nothing lies below a cell"
    assert 'href="/screen"' in page, "the way back stands in the crumbs"


def test_htmx_gets_the_place_alone_and_the_browsers_back_the_whole_page(wall: Wall) -> None:
    client = reader(wall.commander)
    place = f"/screen?place={wall.city.divisions['A'].pk}"
    part = client.get(place, headers={"HX-Request": "true", "HX-Target": "screen"}).content.decode()
    assert "<html" not in part
    assert "南湖区一街道" in part
    back = client.get(place, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in back.content


def test_a_county_leader_begins_at_the_county_and_stays_there(wall: Wall) -> None:
    wall.count()
    client = reader(wall.county)
    page = client.get("/screen")
    assert "秀洲区" not in words_of(page)
    assert "南湖区一街道" in words_of(page)
    divisions = wall.city.divisions
    assert client.get(f"/screen?place={divisions['A.village'].pk}").status_code == 200
    for outside in (divisions["B"].pk, divisions["B.village"].pk, wall.city.city.pk, 999_999):
        for path in ("/screen", "/screen/cases", "/screen/offices", "/screen/matters.geojson"):
            assert client.get(f"{path}?place={outside}").status_code == 403, path
    assert client.get(f"/screen?cell={wall.city.cells['B.grid'].pk}").status_code == 403
    assert client.get(f"/screen?cell={wall.city.cells['A.grid'].pk}").status_code == 200


@pytest.mark.parametrize("who", ["A.grid", "A.village", "A.zhzf", "hotline", "arbiter"])
def test_an_office_without_an_area_to_command_has_no_screen(wall: Wall, who: str) -> None:
    assert reader(wall.city.actor(who)).get("/screen").status_code == 403


def test_a_resident_has_no_screen_and_a_stranger_is_asked_to_sign_in(wall: Wall) -> None:
    assert reader(wall.city.resident()).get("/screen").status_code == 403
    assert reader().get("/screen").status_code == 302
    assert "/screen" not in words_of(reader(wall.city.actor("A.zhzf")).get("/desk"))
    assert 'href="/screen"' in reader(wall.commander).get("/desk").content.decode()
