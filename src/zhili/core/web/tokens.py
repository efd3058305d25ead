"""The colours of the three looks, as frontend/src/style/app.css has them, and how far each stands out from its ground.

A test holds the two together; the gallery at /design shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEAST: Final = {"light": 4.5, "dark": 4.5, "elder": 7.0}
"""WCAG 2.2: AA, and AAA for the elder look."""

NAMES: Final = {
    "ground": "base-200",
    "surface": "base-100",
    "line": "base-300",
    "ink": "base-content",
    "quiet": "secondary",
    "lake": "primary",
    "lamp": "error",
    "amber": "warning",
    "reed": "success",
}
"""Our word for a colour, and daisyUI's."""

LOOKS: Final[dict[str, dict[str, str]]] = {
    "light": {
        "ground": "#f7f8f7",
        "surface": "#ffffff",
        "line": "#dde3e1",
        "ink": "#16211f",
        "quiet": "#55625f",
        "lake": "#0f766e",
        "lamp": "#b42318",
        "amber": "#b54708",
        "reed": "#3f6212",
    },
    "dark": {
        "ground": "#0c1416",
        "surface": "#142024",
        "line": "#24343a",
        "ink": "#e6eeec",
        "quiet": "#9db0ac",
        "lake": "#2dd4bf",
        "lamp": "#f97066",
        "amber": "#fdb022",
        "reed": "#a3e635",
    },
    "elder": {
        "ground": "#ffffff",
        "surface": "#ffffff",
        "line": "#6b7775",
        "ink": "#000f0d",
        "quiet": "#33403d",
        "lake": "#0a534d",
        "lamp": "#8a1a11",
        "amber": "#7a3006",
        "reed": "#2f4a0d",
    },
}


@dataclass(frozen=True)
class Swatch:
    """A colour as it stands on its two grounds. ``enough``: it may carry words in this look."""

    name: str
    value: str
    on_ground: float
    on_surface: float
    enough: bool


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def swatches(look: str) -> list[Swatch]:
    """Every colour of a look with its contrast."""
    colours = LOOKS[look]
    found = []
    for name, value in colours.items():
        on_ground, on_surface = (contrast(value, colours[under]) for under in ("ground", "surface"))
        found.append(Swatch(name, value, on_ground, on_surface, min(on_ground, on_surface) >= LEAST[look]))
    return found
