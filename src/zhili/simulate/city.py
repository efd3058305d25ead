"""The city to be played, as `zhili simulate prepare` wrote it down: ground, offices, and who may act as them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class Seat:
    """A post and the token of an account that holds it."""

    token: str = field(repr=False)
    post: int


@dataclass(frozen=True)
class Office:
    """An office by its id (what forms take) and code (what the API shows). ``seats``: by role."""

    id: int
    code: str
    name: str
    level: str
    kind: str
    seats: dict[str, Seat] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """A grid cell: its office, where it is in words, and points surely inside it (longitude, latitude)."""

    office: str
    town: str
    village: str
    points: tuple[tuple[float, float], ...]

    @property
    def county(self) -> str:
        """The six digits of its county."""
        return self.office[:6]


@dataclass(frozen=True)
class City:
    """Everything that a plan depends on, and the keys to play it.

    ``limits``: hours by parameter, as people reckon them. ``minutes``: what the site's own limits were shortened to,
    for the speed ``scaled``; None and empty when they hold as they stand. ``direct``: categories that go to a
    department at once.
    """

    offices: dict[str, Office]
    cells: tuple[Cell, ...]
    outside: tuple[tuple[float, float], ...]
    limits: dict[str, float]
    direct: frozenset[str] = frozenset()
    scaled: float | None = None
    minutes: dict[str, int] = field(default_factory=dict)
    residents: tuple[str, ...] = field(repr=False, default=())

    def at_speed(self, speed: float) -> City:
        """The city as it is to be played: by its shortened limits at the speed they were shortened for, else as if
        they ran in simulated time, which then only the plan knows."""
        if self.scaled is None or self.scaled != speed:
            return replace(self, scaled=None, minutes={})
        short = {name: minutes * speed / 60 for name, minutes in self.minutes.items()}
        return replace(self, limits=self.limits | short)

    def departments(self, county: str) -> list[Office]:
        """The departments of a county, by its six digits."""
        return [o for o in self.offices.values() if o.kind == "department" and o.code.startswith(county)]

    def of_kind(self, kind: str) -> Office:
        """The city's office of one kind: hotline, arbiter."""
        return next(o for o in self.offices.values() if o.kind == kind)

    def centre(self) -> Office:
        """The city's own centre, which sees all."""
        return next(o for o in self.offices.values() if o.level == "city" and o.kind == "general")

    def town_of(self, cell: Cell) -> Office:
        return self.offices[cell.office[:9] + "000"]

    def mark(self) -> str:
        """The same for the same ground, offices and limits; tokens do not count."""
        whole = [
            [(o.id, o.code) for o in self.offices.values()],
            [(c.office, c.points) for c in self.cells],
            self.outside,
            sorted(self.limits.items()),
            sorted(self.direct),
            len(self.residents),
            self.scaled,
        ]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:12]


class NoCity(RuntimeError):
    """No file of a prepared city, or not a readable one; the message is for people."""


def read(file: Path) -> City:
    """The city of a file. Raises NoCity."""
    try:
        told = json.loads(file.read_text("utf-8"))
        if told["version"] != VERSION:
            raise NoCity(
                f"{file}：版本不同，请重新运行 zhili simulate prepare。 Made by another version: prepare anew."
            )
        return of_json(told)
    except FileNotFoundError:
        words = "先在该站点的机器上运行 zhili simulate prepare。 Run it on the site's machine first."
        raise NoCity(f"{file} 不存在；{words}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise NoCity(f"{file} 读不懂 cannot be read: {error!r}") from None


def of_json(told: dict[str, Any]) -> City:
    """What `zhili simulate prepare` writes, as an object; tested against it."""
    offices = {
        one["code"]: Office(
            one["id"],
            one["code"],
            one["name"],
            one["level"],
            one["kind"],
            {role: Seat(one["token"], post) for role, post in one["posts"].items()},
        )
        for one in told["offices"]
    }
    cells = tuple(
        Cell(one["office"], one["town"], one["village"], tuple((lon, lat) for lon, lat in one["points"]))
        for one in told["cells"]
    )
    outside = tuple((lon, lat) for lon, lat in told["outside"])
    return City(
        offices,
        cells,
        outside,
        told["limits"],
        frozenset(told["direct"]),
        told["scaled"],
        told["minutes"],
        tuple(told["residents"]),
    )
