"""/design draws every component from its own partial, in each look, with words for both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import zhili
from zhili.core.cases.tests.city import SmallCity
from zhili.core.web.icons import ICONS
from zhili.core.web.tokens import LOOKS
from zhili.portal.gallery.more import DONE
from zhili.portal.gallery.parts import READ
from zhili.portal.tests.pages_client import reader

PARTS = Path(zhili.__file__).parent / "core/web/templates/web/parts"
FRAME = {"account", "django_fields", "mark", "messages", "reading", "refusal", "shell_bar"}
"""Parts of the frame of every page, to be seen on this one too."""


@pytest.mark.django_db
@pytest.mark.parametrize("look", LOOKS)
def test_it_is_drawn_in_each_look(small_city: SmallCity, look: str) -> None:
    answer = reader(small_city.actor("A.grid")).get("/design", {"look": look})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'data-theme="{look}"' in page
    assert page.count("design-sample") == sum(len(one.samples) for one in (*READ, *DONE))
    assert all(f"<code>{name}</code>" in page for name in ICONS)


@pytest.mark.django_db
def test_it_is_for_posts(small_city: SmallCity) -> None:
    assert reader().get("/design").headers["Location"].startswith("/accounts/login/")
    assert reader(small_city.resident()).get("/design").status_code == 403


def test_every_part_has_its_place_in_it() -> None:
    """A new part of `web/parts` is shown to the authors of pages, or it will be written again."""
    shown = set(
        re.findall(r"web/parts/(\w+)\.html", "".join(s.source for one in (*READ, *DONE) for s in one.samples))
    )
    there = {file.stem for file in PARTS.glob("*.html")} - FRAME
    assert there - shown == set(), "show these in portal/gallery"


def test_every_component_is_told_in_both_languages() -> None:
    for one in (*READ, *DONE):
        for said in (one.title, one.use):
            assert said.chinese
            assert said.english
            assert not re.search("[\u4e00-\u9fff]", said.english)
