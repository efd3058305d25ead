"""The picture of a round seal: the office's name in an arc over a star, as an SVG of 42 mm.

It is drawn for the signature that bears it and stands nowhere else. A demonstration's says so in place of the star.
"""

from __future__ import annotations

import math
from html import escape

from zhili.core.documents import printing

MILLIMETRES = 42.0
RED = "#d8000f"
STYLE = (
    f"@page {{ size: {MILLIMETRES}mm {MILLIMETRES}mm; margin: 0 }} html, body {{ margin: 0 }}"
    f"svg {{ display: block; width: {MILLIMETRES}mm; height: {MILLIMETRES}mm }}"
)
FONT = "'SimSun','宋体','Source Han Serif SC','Noto Serif CJK SC',serif"


def picture(name: str, demo: bool) -> str:
    """The SVG. The longer the name, the smaller and further round its characters."""
    arc = "".join(_around(name))
    star = " ".join(f"{x:.2f},{y:.2f}" for x, y in _star(50, 50, 15))
    middle = f'<polygon points="{star}" fill="{RED}"/>'
    if demo:  # above and below the two lines of the signature, so that it is read
        middle = _line("演示", 50, 37.5, 13) + _line("不具法律效力", 50, 92.5, 5.6)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<circle cx="50" cy="50" r="48" fill="none" stroke="{RED}" stroke-width="2.4"/>'
        f"{middle}{arc}</svg>"
    )


def _around(name: str) -> list[str]:
    count = max(len(name), 1)
    sweep = min(280, 26 * count) if count < 12 else 280
    size = min(13.0, 2 * math.pi * 38 * (sweep / 360) / count * 0.98)
    found = []
    for i, letter in enumerate(name):
        turn = -sweep / 2 + sweep * (i + 0.5) / count
        shape = f"rotate({turn:.2f} 50 50)"
        found.append(f'<g transform="{shape}">{_line(letter, 50, 11 + size * 0.5, size)}</g>')
    return found


def _line(text: str, x: float, y: float, size: float) -> str:
    return (
        f'<text x="{x}" y="{y + size * 0.35:.2f}" font-size="{size:.2f}" text-anchor="middle" font-weight="bold" '
        f'font-family="{FONT}" fill="{RED}">{escape(text)}</text>'
    )


def _star(cx: float, cy: float, r: float) -> list[tuple[float, float]]:
    inner = r * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = []
    for i in range(10):
        angle, reach = math.radians(-90 + 36 * i), r if i % 2 == 0 else inner
        points.append((cx + reach * math.cos(angle), cy + reach * math.sin(angle)))
    return points


def as_pdf(name: str, demo: bool) -> bytes:
    """The picture as a page of its own size, its characters as outlines of type."""
    html = f'<!doctype html><html lang="zh-CN"><title>{escape(name)}</title><body>{picture(name, demo)}</body></html>'
    return printing.print_picture(html, STYLE)
