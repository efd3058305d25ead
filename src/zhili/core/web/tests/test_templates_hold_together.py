"""What a template names exists; nothing in it runs inline or points outside."""

import re
from pathlib import Path

import pytest

import zhili
from zhili.core.web.icons import ICONS

ROOT = Path(zhili.__file__).parent
TEMPLATES = sorted(ROOT.rglob("templates/**/*.html"))
ids = [str(file.relative_to(ROOT)) for file in TEMPLATES]


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("file", TEMPLATES, ids=ids)
def test_every_icon_is_drawn(file: Path) -> None:
    text = file.read_text("utf-8")
    named = set(re.findall(r'\{% icon "([\w-]+)"', text)) | set(re.findall(r'drawing="([\w-]+)"', text))
    assert named <= ICONS.keys()


@pytest.mark.parametrize("file", TEMPLATES, ids=ids)
def test_no_inline_script_style_or_handler(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    markup = re.sub(r"\{%.*?%\}", "", text)  # `with one=…` is no attribute
    assert not re.search(r"\son[a-z]+=", markup), "inline handler"
    assert not re.search(r'\sstyle="|<style', text), "inline style"


@pytest.mark.parametrize("file", TEMPLATES, ids=ids)
def test_no_address_of_another_host(file: Path) -> None:
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', file.read_text("utf-8"))
