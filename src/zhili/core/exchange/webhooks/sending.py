"""Delivering what is due: many requests at once, to many receivers; none of them keeps the others waiting.

    taking -> a line for each receiver -> posting (a thread of its own) -> recording

A receiver that is new, slow or failing has one request under way; one that is well up to ``patience.AT_ONCE``. Those
that fail share a part of all places, so that a hundred dead receivers leave room for the living.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from zhili.core.exchange.sites.keys import ExchangeKeysError
from zhili.core.exchange.webhooks import recording, taking, tokens, wording
from zhili.core.exchange.webhooks.patience import AT_ONCE, SINGLY, SLOW
from zhili.core.exchange.webhooks.posting import Answer, Poster
from zhili.core.exchange.webhooks.recording import Outcome
from zhili.core.exchange.webhooks.taking import Letter, Receiver

log = logging.getLogger("zhili.webhooks")
MOST: Final = 64
"""Requests under way at once."""
FOR_FAILING: Final = 16
"""Of these, for receivers that failed last time."""
AHEAD: Final = 5
"""Letters claimed ahead for each place a receiver has."""
BATCH: Final = 100
LOOK: Final = 0.2
"""Seconds between looks for what is due, while something is under way."""
WITHOUT_A_KEY: Final = timedelta(minutes=1)
"""How long letters wait where this site cannot sign."""
LINGER: Final = 2.0
"""Seconds a round goes on after the last answer, so that connections stay open."""

_quick: dict[int, bool] = {}
"""By subscription: whether its last answer came quickly. Unknown ones are tried with one request."""


def deliver_due(longest: float = 600.0, linger: float = LINGER) -> int:
    """Send what is due, until nothing is (or so many seconds are over); how many letters were settled.

    Any number of workers may. A worker that is killed loses nothing: what it had claimed is sent again, under the
    same event id. With ZHILI_WEBHOOKS=0 nothing is sent.
    """
    if os.environ.get("ZHILI_WEBHOOKS") == "0":
        return 0
    return Round(longest, linger).run()


@dataclass
class _Line:
    """What one receiver waits for."""

    receiver: Receiver
    waiting: deque[Letter] = field(default_factory=deque)
    under_way: int = 0

    @property
    def failing(self) -> bool:
        return self.receiver.failures > 0

    def places(self) -> int:
        return places(self.receiver)


def places(one: Receiver) -> int:
    """How many requests may be under way to it."""
    well = one.failures < SINGLY and _quick.get(one.id, False) and one.mode != "batch"
    return AT_ONCE if well else 1


class Round:
    """One go at all that is due."""

    def __init__(self, longest: float, linger: float) -> None:
        self._ends = time.monotonic() + longest
        self._linger = linger
        self._lines: dict[int, _Line] = {}
        self._not_before: dict[int, float] = {}
        self._looked = 0.0

    def run(self) -> int:
        settled = 0
        if not (found := self._look()):
            return 0
        try:
            speaks = wording.voice()
        except ExchangeKeysError as error:
            log.error("webhooks wait: this site has no key to sign with: %s", error)
            taking.give_back(found, WITHOUT_A_KEY)
            return 0
        self._put(found)
        with Poster(MOST) as poster:
            last = time.monotonic()
            while True:
                self._start(poster, speaks)
                answers = poster.answers(LOOK if poster.under_way else 0)
                settled += recording.record(self._outcomes(answers))
                over = time.monotonic() >= self._ends
                if not over:
                    self._put(self._look_now_and_then(bool(answers)))
                if over and not poster.under_way:
                    break
                if answers or poster.under_way or any(one.waiting for one in self._lines.values()):
                    last = time.monotonic()
                elif time.monotonic() - last >= self._linger:
                    break
                else:
                    time.sleep(LOOK)
        taking.give_back([letter for one in self._lines.values() for letter in one.waiting])
        return settled

    def _look_now_and_then(self, moved: bool) -> list[Letter]:
        """When places came free there may be more to hand out; else five times a second is enough."""
        if not moved and time.monotonic() - self._looked < LOOK:
            return []
        return self._look()

    def _look(self) -> list[Letter]:
        now = self._looked = time.monotonic()
        busy = {pk for pk, until in self._not_before.items() if until > now}
        busy |= {pk for pk, one in self._lines.items() if not self._room(one.receiver)}
        taken = taking.take(self._room, busy)
        self._not_before.update({pk: now + wait for pk, wait in taken.wait.items()})
        return taken.letters

    def _room(self, one: Receiver) -> int:
        """How many letters may be claimed for it: refilled when its line is half empty, so that few looks do."""
        line = self._lines.get(one.id)
        held = len(line.waiting) + line.under_way if line else 0
        if one.mode == "batch":
            return 0 if held else BATCH
        has = places(one)
        ahead = has * AHEAD if has > 1 else 1
        return ahead - held if held <= ahead // 2 else 0

    def _put(self, letters: Iterable[Letter]) -> None:
        for one in letters:
            line = self._lines.setdefault(one.receiver.id, _Line(one.receiver))
            line.receiver = one.receiver
            line.waiting.append(one)

    def _start(self, poster: Poster, speaks: wording.Voice) -> None:
        """Hand out places, each line in turn."""
        failing = sum(one.under_way for one in self._lines.values() if one.failing)
        moved = True
        while moved and poster.under_way < MOST:
            moved = False
            for line in list(self._lines.values()):
                if not line.waiting or line.under_way >= line.places() or poster.under_way >= MOST:
                    continue
                if line.failing and failing >= FOR_FAILING:
                    continue
                letters = self._next(line)
                failing += line.failing
                line.under_way += 1
                poster.send(wording.request(letters, speaks, tokens.token(line.receiver)))
                moved = True

    def _next(self, line: _Line) -> list[Letter]:
        """One letter, or a batch. What failed in a batch goes alone, so that it is known which was at fault."""
        if line.receiver.mode != "batch" or line.waiting[0].attempts > 1:
            found = [line.waiting.popleft()]
            if line.receiver.mode == "batch":
                taking.give_back(list(line.waiting))
                line.waiting.clear()
            return found
        found = []
        while line.waiting and line.waiting[0].attempts == 1:
            found.append(line.waiting.popleft())
        taking.give_back(list(line.waiting))
        line.waiting.clear()
        return found

    def _outcomes(self, answers: Iterable[Answer]) -> list[Outcome]:
        found = []
        for answer in answers:
            one = Outcome(answer.key, answer)
            line = self._lines[one.receiver.id]
            line.under_way -= 1
            _quick[one.receiver.id] = one.taken and answer.seconds < SLOW
            if not one.taken and not one.refused and line.waiting:
                # the others go back untried: they wait with it
                taking.give_back(list(line.waiting))
                line.waiting.clear()
            found.append(one)
        return found


def forget() -> None:
    """Every receiver is unknown again (tests)."""
    _quick.clear()
