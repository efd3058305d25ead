"""A whole run: the plan, the pace, everybody's lives, and the closing report."""

from __future__ import annotations

import asyncio
import heapq
import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
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
        end = None if self.settle else self.options.begin + self.options.hours
        self.pace = Pace(
            self.speed, self.connections, self.options.begin, caught_up=self._reached(), until=end
        )

    async def play(self, watch: Callable[[Run], Coroutine[Any, Any, None]] | None = None) -> Closing:
        """Play it, then look at what came of it. ``watch`` runs beside it and is cancelled at the end."""
        api = Api(self.url, self.tally, self.connections)
        screen = asyncio.create_task(watch(self)) if watch else None
        keeper = asyncio.create_task(self._keep_progress())
        try:
            began = datetime.now(ZONE)
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
        since = datetime(2000, 1, 1, tzinfo=UTC) if old else began - timedelta(minutes=1)
        listed = await closing.rows(api, self.city, since.isoformat())
        figures = await closing.compare(api, began.date(), before, self.tally, listed)
        stuck = {name: fate.stuck for name, fate in self.tally.fates.items() if fate.stuck}
        return Closing(closing.shares(self.matters, self.tally, listed, self.pace.at), figures, stuck)

    def _lives(self, api: Api, player: Player) -> Iterator[tuple[float, Coroutine[Any, Any, None]]]:
        looks = ((at, None, chance) for at, chance in visiting.visits(self.city, self.options, self.visits))
        reports = ((one.at, one, None) for one in plan(self.city, self.options))
        for at, matter, chance in heapq.merge(reports, looks, key=lambda found: float(found[0])):  # type: ignore[type-var,arg-type]
            if matter is not None:
                self.matters.append(matter)
                yield at, player.live(matter)
            elif at > self._reached():
                yield at, visiting.visit(api, self.city, chance)  # type: ignore[arg-type]

    # --- how far it went, for the next run of the same seed -----------------------------------------------------

    def _mark(self) -> str:
        return f"{self.city.mark()} {self.options} {self.url}"

    def _reached(self) -> float:
        """The hour an earlier run of the same plan on the same site reached; the plan's begin for a new one."""
        try:
            told = json.loads(self.progress.read_text()) if self.progress else {}
            return float(told["hour"]) if told.get("plan") == self._mark() else 0.0
        except (OSError, ValueError, KeyError):
            return 0.0

    def _note(self) -> None:
        if self.progress is not None and self.tally.fates:
            self.progress.write_text(json.dumps({"plan": self._mark(), "hour": self.pace.at}))

    async def _keep_progress(self) -> None:
        while True:
            await asyncio.sleep(5)
            self._note()
