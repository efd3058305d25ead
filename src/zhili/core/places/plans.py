"""What an import would change. A plan is only data: it can be shown, and later applied or thrown away."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shapely.geometry.base import BaseGeometry

from zhili.core.places.reading import Line, Problem

How = Literal["file", "same code", "ground", "parent", "none"]


@dataclass(frozen=True, slots=True)
class Added:
    line: Line
    parent: str | None  # code


@dataclass(frozen=True, slots=True)
class Renamed:
    id: int
    code: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Closed:
    """`how` says where the successors (codes) come from."""

    id: int
    code: str
    name: str
    successors: tuple[str, ...]
    how: How


@dataclass(frozen=True, slots=True)
class Shaped:
    """A first boundary (`moved` None), or a new one; `moved` is the ground that changes hands, m²."""

    code: str
    ground: BaseGeometry
    moved: float | None


@dataclass(frozen=True, slots=True)
class CellAdded:
    code: str
    name: str
    ground: BaseGeometry


@dataclass(frozen=True, slots=True)
class CellChanged:
    """`ground` and `moved` are None when only the name changes."""

    id: int
    code: str
    old: str
    new: str
    ground: BaseGeometry | None
    moved: float | None


@dataclass(frozen=True, slots=True)
class CellClosed:
    id: int
    code: str
    name: str


@dataclass(slots=True)
class Plan:
    """Everything that would change on the day `on`. With `problems` it cannot be applied."""

    on: date
    edition: int
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    added: list[Added] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    shapes: list[Shaped] = field(default_factory=list)
    cells_added: list[CellAdded] = field(default_factory=list)
    cells_changed: list[CellChanged] = field(default_factory=list)
    cells_closed: list[CellClosed] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not any(
            (self.added, self.renamed, self.closed, self.points, self.shapes,
             self.cells_added, self.cells_changed, self.cells_closed)
        )  # fmt: skip
