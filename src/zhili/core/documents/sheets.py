"""A document as a page: its parts in the order of GB/T 9704-2012, ready to be drawn on screen or paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string

LINE = 20
"""Characters of 二号 to a line of the title."""
FIRST = re.compile(r"[一二三四五六七八九十]+、[^。；：]{1,30}")
SECOND = re.compile(r"[（(][一二三四五六七八九十]+[）)][^。；：]{1,30}")
HEADS = ((9, "l"), (12, "m"), (16, "s"))
"""Up to so many characters of the red head, which size."""


@dataclass(frozen=True)
class Sheet:
    """What stands on the page. ``number`` is empty while it is a draft; ``day`` then is today."""

    head: str
    number: str
    title: str
    to: str
    body: str
    enclosures: tuple[str, ...]
    signer: str
    day: date
    cc: str = ""
    draft: bool = False
    void: bool = False

    @property
    def head_size(self) -> str:
        return next((size for most, size in HEADS if len(self.head) <= most), "xs")

    @property
    def shown_number(self) -> str:
        return self.number or "（签发时编号）"

    @property
    def title_lines(self) -> list[str]:
        """Lines of about equal length, as a title is set."""
        lines = -(-len(self.title) // LINE) or 1
        length = -(-len(self.title) // lines)
        return [self.title[i : i + length] for i in range(0, len(self.title), length or 1)]

    @property
    def paragraphs(self) -> list[tuple[str, str]]:
        """(kind, text) line by line: "first" and "second" are headings (一、 and （一）)."""
        found = []
        for line in self.body.split("\n"):
            text = line.strip(" \t\u3000")
            if text:
                kind = "first" if FIRST.fullmatch(text) else "second" if SECOND.fullmatch(text) else ""
                found.append((kind, text))
        return found

    @property
    def date(self) -> str:
        return said(self.day)

    @property
    def printed_by(self) -> str:
        return self.signer

    @property
    def printed_on(self) -> str:
        return f"{self.date}印发"


def said(day: date) -> str:
    """2026年11月22日: no leading zeros, as 成文日期 is written."""
    return f"{day.year}年{day.month}月{day.day}日"


def on_screen(sheet: Sheet) -> str:
    """The page as a fragment of HTML; ``sheet.css`` and ``screen.css`` dress it."""
    return render_to_string("documents/sheet.html", {"sheet": sheet})


def on_paper(sheet: Sheet) -> tuple[str, list[str]]:
    """The page for the press: HTML that names no address, and its style sheets. The same for the same document."""
    html = render_to_string("documents/print.html", {"sheet": sheet, "stamp": sheet.day.isoformat()})
    return html, [_style("sheet.css"), _style("paper.css")]


@cache
def _style(name: str) -> str:
    return (Path(__file__).parent / "static/documents" / name).read_text(encoding="utf-8")
