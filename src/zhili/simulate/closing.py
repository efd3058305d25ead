"""At the end: what was to be, what was played, and what the site itself says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zhili.simulate import proportions
from zhili.simulate.api import Api, Asker
from zhili.simulate.city import City
from zhili.simulate.plan import Matter
from zhili.simulate.tally import Tally

SCENARIO = "citizen_reports"
COMPARED = ("opened", "answered", "closed", "refused", "withdrawn", "reopened", "returned", "rated")
"""Figures of the site that the steps played must add up to."""
REOPENS = ("reopen", "reopen_after_call", "contest")


@dataclass(frozen=True)
class Share:
    """One proportion. ``seed``: what the source says, None where it is silent; parts of ``of`` matters."""

    name: str
    seed: float | None
    planned: float | None
    played: float | None
    of: int


@dataclass(frozen=True)
class Figure:
    """One count of the site beside what was played. ``site``: what came to it while we played."""

    name: str
    played: int
    site: int

    @property
    def equal(self) -> bool:
        return self.played == self.site


@dataclass(frozen=True)
class Closing:
    """Everything a run ends with."""

    shares: list[Share]
    figures: list[Figure]
    stuck: dict[str, str]
    """By matter: what the site refused, so that its life could go no further."""

    @property
    def agrees(self) -> bool:
        """Whether every figure of the site is what was played."""
        return all(one.equal for one in self.figures)


async def figures(api: Api, day: date) -> dict[str, int]:
    """The site's public figures of the whole city from a day on."""
    until = max(day, date.today()) + timedelta(days=2)  # a long run goes on past midnight, here or there
    told = await api.get(
        "/statistics",
        kind="GET statistics",
        scenario=SCENARIO,
        since=day.isoformat(),
        until=until.isoformat(),
    )
    counts = told.body.get("counts", {})
    return {name: int(counts.get(name) or 0) for name in (*COMPARED, "overdue", "on_time")}


async def rows(api: Api, city: City, since: str) -> dict[str, dict[str, Any]]:
    """Every matter opened since a moment as the city's centre sees it, by number."""
    watch = watcher(city)
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = None
    while True:
        query: dict[str, Any] = {"scenario": SCENARIO, "opened_since": since, "limit": 100, "sort": "opened"}
        told = await api.get(
            "/cases", watch, kind="GET list", **query, **({"cursor": cursor} if cursor else {})
        )
        found |= {one["number"]: one for one in told.body.get("items", [])}
        cursor = told.body.get("next")
        if not cursor:
            return found


async def look_for_late(api: Api, city: City, tally: Tally) -> None:
    """Read from the trail of each matter that was played late whether the site's clocks said so."""
    watch = watcher(city)
    for fate in tally.fates.values():
        if fate.late:
            told = await api.get(f"/cases/{fate.number}/timeline", watch, kind="GET timeline")
            fate.overdue = any(step["action"] == "overdue" for step in told.body.get("steps", []))


def watcher(city: City) -> Asker:
    """The city's centre, which sees all."""
    seats = city.centre().seats
    return Asker.of(seats.get("commander") or next(iter(seats.values())))


async def compare(
    api: Api,
    day: date,
    before: dict[str, int],
    tally: Tally,
    listed: dict[str, dict[str, Any]],
    patience: float = 60,
) -> list[Figure]:
    """The site's figures beside ours, once its worker has counted the last step (or patience ends)."""
    end = asyncio.get_running_loop().time() + patience
    while True:
        now = await figures(api, day)
        ours = _played(tally, listed)
        found = [Figure(name, ours[name], now[name] - before[name]) for name in COMPARED]
        if all(one.equal for one in found) or asyncio.get_running_loop().time() > end:
            return found
        await asyncio.sleep(0.5)


def _played(tally: Tally, listed: dict[str, dict[str, Any]]) -> dict[str, int]:
    """The same counts from the steps taken; ends are read from the matters, since the site's clocks end many."""
    ends: dict[str, int] = {"closed": 0, "refused": 0, "withdrawn": 0}
    with_lead = 0
    for fate in tally.fates.values():
        row = listed.get(fate.number)
        if row is None:
            continue
        if not row["open"] and not fate.ended_before:
            ends[{"fixed": "closed"}.get(row["stage"], row["stage"])] += 1
        merged = any(action == "merge_into" for action, _, _ in fate.steps)
        with_lead += bool(merged and row["answered_at"])
    return ends | {
        "opened": tally.opened(),
        "answered": tally.answered + with_lead,
        "reopened": sum(tally.steps[one] for one in REOPENS),
        "returned": tally.steps["send_back"],
        "rated": tally.steps["rate"],
    }


def shares(
    matters: Iterable[Matter],
    tally: Tally,
    listed: dict[str, dict[str, Any]],
    now: float,
    *,
    clocks: bool = False,
) -> list[Share]:
    """Proportions of the matters played, as the site's own rows have them. ``now``: the hour reached; ``clocks``:
    the site's limits were shortened, so that late matters are late there too."""
    played = [(m, listed[f.number]) for m in matters if (f := tally.fates.get(m.name)) and f.number in listed]
    due = [(m, row) for m, row in played if m.kind == "never" or (m.answered or m.at) <= now]
    inside = [(m, row) for m, row in due if not m.outside and m.kind not in ("never", "withdrawn", "merged")]
    answered = [(m, row) for m, row in due if row["answered_at"] or row["reopened"]]
    late = [(m, row) for m, row in due if tally.fates[m.name].late]
    found = [
        _share(
            "在网格内 located in the grid", proportions.LOCATED, played, lambda m: not m.outside, _located
        ),
        _share("办理 handled", proportions.HANDLED, due, lambda m: m.kind != "never", _handled),
        _share(
            "网格办结 ended by the grid, of those in it",
            proportions.ENDED_BY_GRID,
            inside,
            lambda m: m.kind in ("handled", "fixed"),
            lambda m, row: _by_grid(tally, m),
        ),
        _share("超时 late", None, due, lambda m: m.late, lambda m, row: tally.fates[m.name].late),
        _share(
            "重办 reopened, of those answered", None, answered, _reopens, lambda m, row: row["reopened"] > 0
        ),
    ]
    if clocks:
        seen = "超时，站点时钟也记下 late by the site's clocks too"
        found.append(_share(seen, None, late, lambda m: True, lambda m, row: tally.fates[m.name].overdue))
    return found


def _reopens(matter: Matter) -> bool:
    return any(move.action in REOPENS for move in matter.moves)


def _share(
    name: str, seed: float | None, of: list[tuple[Matter, dict[str, Any]]], plan: Any, site: Any
) -> Share:
    if not of:
        return Share(name, seed, None, None, 0)
    planned = sum(bool(plan(m)) for m, _ in of) / len(of)
    return Share(name, seed, planned, sum(bool(site(m, row)) for m, row in of) / len(of), len(of))


def _located(matter: Matter, row: dict[str, Any]) -> bool:
    return row["lon"] is not None and not row["outside"]


def _handled(matter: Matter, row: dict[str, Any]) -> bool:
    return bool(row["answered_at"]) or not row["open"]


def _by_grid(tally: Tally, matter: Matter) -> bool:
    """Without having been passed on: what an office answered may come back to the grid when it is reopened."""
    actions = {action for action, _, _ in tally.fates[matter.name].steps}
    return bool(actions & {"finish", "found_fixed"}) and "pass_up" not in actions
