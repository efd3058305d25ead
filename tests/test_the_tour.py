"""docs/tour.md names pictures that exist, of pages that are there, and stays small. `make tour` takes them anew."""

from __future__ import annotations

import re

import pytest
from django.urls import resolve
from PIL import Image, ImageDraw

from tests.tour.pictures import CHANGED, difference
from tests.tour.stops import CHAPTERS, Stop
from tests.tour.writing import PAGE, PICTURES, ROOT, picture, written

STOPS = [stop for chapter in CHAPTERS for stop in chapter.stops]
MOST = 4_000_000
"""Bytes of all pictures together: whoever clones the repository fetches them."""


@pytest.mark.parametrize("stop", STOPS, ids=[stop.name for stop in STOPS])
def test_each_stop_has_its_picture_and_its_page(stop: Stop) -> None:
    assert picture(stop).exists(), "run make tour"
    shown = Image.open(picture(stop))
    scale = shown.width // stop.size["width"]
    assert shown.size == (stop.size["width"] * scale, stop.size["height"] * scale)
    assert resolve(stop.address.split("?")[0])
    assert all(stop.says)
    assert not re.search("[\u4e00-\u9fff]", stop.says[1])


def test_the_page_is_the_one_the_stops_make() -> None:
    assert PAGE.read_text("utf-8") == written(), "run make tour"


def test_no_picture_is_left_over_and_all_are_small() -> None:
    there = {file.name for file in PICTURES.iterdir()}
    assert there == {picture(stop).name for stop in STOPS}
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) < MOST


def test_the_readme_shows_three_of_them() -> None:
    shown = re.findall(r"docs/img/tour/([\w-]+)\.webp", (ROOT / "README.md").read_text("utf-8"))
    assert len(shown) == 3
    assert set(shown) <= {stop.name for stop in STOPS}


def test_a_picture_is_kept_while_only_its_numbers_change() -> None:
    page = Image.new("RGB", (300, 600), "white")
    dated = page.copy()
    ImageDraw.Draw(dated).text((20, 20), "2026-11-22 15:04", "black")
    rebuilt = page.copy()
    ImageDraw.Draw(rebuilt).rectangle((0, 0, 300, 300), "teal")
    assert difference(page, dated) < CHANGED < difference(page, rebuilt)
    assert difference(page, Image.new("RGB", (300, 500), "white")) == 1.0
