"""The two sites to be played, as `zhili simulate wages` prepared them: who works where, on what terms, and keys."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from zhili.simulate.api import Asker

VERSION = 1


class NoSite(RuntimeError):
    """Nothing was prepared, or it was played already; the message is for people."""


@dataclass(frozen=True)
class Worker:
    """A worker in a crew. ``pay``: day, month or piece; ``rate`` in fen. ``link``: they have no account."""

    engagement: int
    code: str
    pay: str
    rate: int
    token: str = field(default="", repr=False)
    link: str = field(default="", repr=False)

    @property
    def asker(self) -> Asker:
        return Asker(token=self.token) if self.token else Asker(code=self.link)


@dataclass(frozen=True)
class Crew:
    """The first of its workers leads it."""

    id: int
    name: str
    workers: tuple[Worker, ...]

    @property
    def leader(self) -> Asker:
        return self.workers[0].asker


@dataclass(frozen=True)
class Project:
    """``due``: when last month's wages must be paid."""

    number: str
    name: str
    due: date
    officer: Asker
    clerk: Asker
    crews: tuple[Crew, ...]


@dataclass(frozen=True)
class Site:
    """``kinds``: what kind of day each day of the month is, by the city's calendar. The first project pays, the second
    falls behind."""

    month: date
    today: date
    kinds: dict[date, str]
    handler: Asker
    leader: Asker
    projects: tuple[Project, ...]

    @property
    def scheduled(self) -> int:
        """Working days of the month."""
        return sum(kind == "workday" for kind in self.kinds.values())


def read(file: Path) -> Site:
    """Raises NoSite."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["version"] != VERSION or told.get("played"):
            raise NoSite(f"{file} 已经演过或版本不符 was played already, or is of another version")
        return _site(told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoSite(f"{file} 没有准备好 not prepared: {error}") from None


def played(file: Path) -> None:
    """A month is lived once: the next run prepares sites anew."""
    told = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(told | {"played": True}), encoding="utf-8")


def _site(told: dict[str, Any]) -> Site:
    return Site(
        month=date.fromisoformat(told["month"]),
        today=date.fromisoformat(told["today"]),
        kinds={date.fromisoformat(day): kind for day, kind in told["kinds"].items()},
        handler=Asker(told["handler"]["token"], told["handler"]["post"]),
        leader=Asker(told["leader"]["token"], told["leader"]["post"]),
        projects=tuple(_project(one) for one in told["projects"]),
    )


def _project(told: dict[str, Any]) -> Project:
    return Project(
        told["number"],
        told["name"],
        date.fromisoformat(told["due"]),
        Asker(told["officer"]),
        Asker(told["clerk"]),
        tuple(
            Crew(one["id"], one["name"], tuple(Worker(**each) for each in one["workers"]))
            for one in told["crews"]
        ),
    )
