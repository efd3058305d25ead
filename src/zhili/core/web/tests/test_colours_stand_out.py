"""The table of colours says what the style sheet says, and every colour for words stands out enough."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhili.core.web import tokens

STYLE = Path(__file__).resolve().parents[5] / "frontend/src/style/app.css"


@pytest.mark.parametrize("look", tokens.LOOKS)
def test_the_table_is_the_style_sheet(look: str) -> None:
    if not STYLE.exists():
        pytest.skip("not applicable: no sources of the front end here")
    block = next(one for one in STYLE.read_text("utf-8").split("@plugin") if f'name: "{look}"' in one)
    written = dict(re.findall(r"--color-([\w-]+): (#\w{6});", block))
    assert {name: written[daisy] for name, daisy in tokens.NAMES.items()} == tokens.LOOKS[look]


@pytest.mark.parametrize("look", tokens.LOOKS)
def test_words_stand_out(look: str) -> None:
    weak = [one.name for one in tokens.swatches(look) if not one.enough]
    assert set(weak) <= {"ground", "surface", "line"}


def test_contrast_is_measured_as_wcag_does() -> None:
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
