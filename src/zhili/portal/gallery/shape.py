"""What the gallery shows: components, each with samples that are the usage and the drawing at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

LOADS = "{% load i18n zhili lists zhili_forms %}"
"""Put before every sample, so that only what matters is shown."""


@dataclass(frozen=True)
class Said:
    """Words of the gallery itself, for builders: they stand beside the sample, not in the catalogue of the interface."""

    chinese: str
    english: str

    def __str__(self) -> str:
        return self.english if (get_language() or "").startswith("en") else self.chinese


@dataclass(frozen=True)
class Sample:
    """One state of a component: the template as an author writes it."""

    title: Said
    source: str
    bare: bool = False
    """Drawn to the edges of its sheet: rows, tabs and tables have their own margins."""


@dataclass(frozen=True)
class Component:
    name: str
    title: Said
    use: Said
    """When to take it, in one or two sentences."""
    samples: tuple[Sample, ...]
