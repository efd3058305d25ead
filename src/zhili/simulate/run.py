"""A whole run: the plan, the pace, everybody's lives, and the closing report."""

from __future__ import annotations

import asyncio
import heapq
import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zhili.simulate import closing, visiting
from zhili.simulate.api import Api
from zhili.simulate.city import City
from zhili.simulate.closing import Closing
from zhili.simulate.pace import Pace
from zhili.simulate.plan import Matter, Options, plan
from zhili.simulate.playing import Player
from zhili.simulate.tally import Tally

ZONE = ZoneInfo("Asia/Shanghai")
"""The days of the site's figures."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Run:
    """One run. ``settle``: play every life to its end, not only until the hours are over."""

    city: City
    options: Options
    url: str
    speed: float
    connections: int = 16
    settle: bool = False
    visits: float = 0.0
    progress: Path | None = None
    tally: Tally = field(default_factory=Tally)
    matters: list[Matter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._mark = f"{self.city.mark()} {replace(self.options, hours=0.0)} {self.url}"
        self._reached, self._since = self._played_before()
        end = None if self.settle else self.options.begin + self.options.hours
        self.pace = Pace(self.speed, self.connections, self.options.begin, caught_up=self._reached, until=end)

    async def play(self, watch: Callable[[Run], Coroutine[Any, Any, None]] | None = None) -> Closing:
        """Play it, then look at what came of it. ``watch`` runs beside it and is cancelled at the end."""
        self._began = datetime.now(ZONE)
        api = Api(self.url, self.tally, self.connections)
        screen = asyncio.create_task(watch(self)) if watch else None
        keeper = asyncio.create_task(self._keep_progress())
        try:
            began = self._began
            before = await closing.figures(api, began.date())
            player = Player(self.city, self.options, api, self.pace, self.tally)
            await self.pace.play(self._lives(api, player))
            return await self._close(api, began, before)
        finally:
            keeper.cancel()
            if screen is not None:
                screen.cancel()
            self._note()
            await asyncio.gather(keeper, *([screen] if screen else []), return_exceptions=True)
            await api.close()

    async def _close(self, api: Api, began: datetime, before: dict[str, int]) -> Closing:
        old = any(fate.played_before for fate in self.tally.fates.values())
        since = (self._since or LONG_AGO) if old else began
        listed = await closing.rows(api, self.city, (since - timedelta(minutes=1)).isoformat())
        figures = await closing.compare(api, began.date(), before, self.tally, listed)
        clocks = self.city.scaled is not None
        if clocks:
            await closing.look_for_late(api, self.city, self.tally)
        stuck = {name: fate.stuck for name, fate in self.tally.fates.items() if fate.stuck}
        shares = closing.shares(self.matters, self.tally, listed, self.pace.at, clocks=clocks)
        return Closing(shares, figures, stuck)

    def _lives(self, api: Api, player: Player) -> Iterator[tuple[float, Coroutine[Any, Any, None]]]:
        looks = ((at, None, chance) for at, chance in visiting.visits(self.city, self.options, self.visits))
        reports = ((one.at, one, None) for one in plan(self.city, self.options))
        for at, matter, chance in heapq.merge(reports, looks, key=lambda found: float(found[0])):  # type: ignore[type-var,arg-type]
            if matter is not None:
                self.matters.append(matter)
                yield at, player.live(matter)
            elif at > self._reached:
                yield at, visiting.visit(api, self.city, chance)  # type: ignore[arg-type]

    # --- how far it went, for the next run of the same seed -----------------------------------------------------

    def _played_before(self) -> tuple[float, datetime | None]:
        """The hour that earlier runs of the same plan on the same site reached, and when the first of them began."""
        try:
            told = json.loads(self.progress.read_text()) if self.progress else {}
            if told.get("plan") == self._mark:
                return float(told["hour"]), datetime.fromisoformat(told["since"])
        except (OSError, ValueError, KeyError):
            pass
        return 0.0, None

    def _note(self) -> None:
        if self.progress is not None and self.tally.fates:
            since = self._since or self._began
            told = {"plan": self._mark, "hour": self.pace.at, "since": since.isoformat()}
            self.progress.write_text(json.dumps(told))

    async def _keep_progress(self) -> None:
        while True:
            await asyncio.sleep(5)
            self._note()
