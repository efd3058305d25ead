"""Somebody who pulls plugs on both sides, and cuts the line between."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence

from tests.soak.faults import Faults
from tests.two_sites.sites import Pair

KILLS = ("web", "worker", "database")


class Trouble:
    """Kills and cuts drawn from the pair's seed; `done` says what was done."""

    def __init__(self, pair: Pair, rate: float) -> None:
        self.pair = pair
        self.chance = random.Random(f"trouble {pair.seed}")
        self.faults = {side.name: Faults(side, pair.seed) for side in pair.sides}
        self.cuts: Counter[str] = Counter()
        self.failure: BaseException | None = None
        for line in pair.lines:
            line.rate = rate

    def kill(self, name: str, kind: str, wait: bool = True) -> None:
        self.faults[name].one(kind, wait)

    def cut(self, seconds: float) -> None:
        """Nobody gets through, either way."""
        for line in self.pair.lines:
            line.cut()
        time.sleep(seconds)
        for line in self.pair.lines:
            line.mend()

    def beside(
        self, over: threading.Event, kinds: Sequence[str], pause: tuple[float, float]
    ) -> threading.Thread:
        """Go on until ``over``; a failure is kept in ``failure``."""

        def run() -> None:
            try:
                while not over.is_set():
                    if self.chance.random() < 0.15:
                        self.cut(self.chance.uniform(1, 8))
                    else:
                        side = self.chance.choice(self.pair.sides).name
                        self.kill(side, self.chance.choice(kinds), wait=self.chance.random() < 0.7)
                    over.wait(self.chance.uniform(*pause))
            except BaseException as error:
                self.failure = error

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """The lines hold, and both sites are well."""
        for line in self.pair.lines:
            line.rate = 0.0
            line.mend()
        for faults in self.faults.values():
            faults._well("the last")

    def told(self) -> str:
        """What was done, in one paragraph for the log."""
        lines = [f"seed {self.pair.seed}"]
        for side in self.pair.sides:
            done = {f"kill -9 {kind}": n for kind, n in self.faults[side.name].done.items()}
            lines.append(
                f"{side.name}: {done}; line: {side.line.exchanges} exchanges, {dict(side.line.done)}"
            )
        return "\n".join(lines)
