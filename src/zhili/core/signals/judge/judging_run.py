"""The judge: takes what was stored, asks every rule concerned, and keeps what came of it, in one transaction a turn.

Killed anywhere, a turn has either happened or not: batches judged, states, warnings and events are one commit. Only one
judge has the turn at a time (a locked row). What it remembers of subjects is valid while every turn was its own; a turn
taken by another shows in the row, and the memory is emptied.
"""

from __future__ import annotations

import logging
import os
import secrets as randomness
import socket
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.utils import timezone

from zhili.base.signals.firing import Outcome
from zhili.base.signals.judging import judge, wake
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import WEARER
from zhili.core.signals.judge import deriving, garbage, states, subjects, tallying
from zhili.core.signals.judge.planning import Plan, Planner, Ruled
from zhili.core.signals.judge.states import Key, State
from zhili.core.signals.judge.subjects import Seen
from zhili.core.signals.judge.tallying import Tally
from zhili.core.signals.store import storing
from zhili.core.signals.warnings import handling, opening, raising
from zhili.core.signals.warnings.raising import Fired, Raised

log = logging.getLogger("zhili.signals")
AT_ONCE: Final = 5_000
"""Readings of one turn, about: a turn is a write transaction and must be short (streams' horizon)."""
BATCHES: Final = 200
WOKEN: Final = 2_000
"""Subjects woken in one turn, at most."""
IDLE: Final = 0.08
"""Seconds between looks when nothing came: the most a reading waits unseen."""
STANDBY: Final = 1.0
"""How long a judge that is not alone leaves the turn to the other one."""
RETRY: Final = 60.0
"""Seconds until a rule that could not be woken is woken again."""
REGULAR: Final = 0.5
"""Seconds between looks at what is due by the clock: escalations, quiet hours' end, cases to open again."""
TAKE: Final = "SELECT holder, turn, at FROM signals_judgeturn WHERE id = 1 FOR UPDATE SKIP LOCKED"
BEGIN: Final = "INSERT INTO signals_judgeturn (id) VALUES (1) ON CONFLICT (id) DO NOTHING"
DONE: Final = """
UPDATE signals_judgeturn SET holder = %s, turn = turn + 1, at = clock_timestamp() WHERE id = 1 RETURNING turn"""


@dataclass
class Turn:
    """One turn while it is made."""

    plan: Plan
    now: datetime
    tallies: dict[str, Tally]
    states: dict[Key, State] = field(default_factory=dict)
    fired: list[Fired] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """One rule's new readings about one subject."""

    ruled: Ruled
    office: int | None
    readings: list[Reading] = field(default_factory=list)


class Judge:
    """One process's. ``run_once`` of the module uses one for the whole process."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()[:12]}-{os.getpid()}-{randomness.token_hex(4)}"[:32]
        self.memory = states.Memory()
        self.planner = Planner()
        self.turn = -1
        self.readings_a_batch = 50.0
        self.opens = False

    def once(self, *, standby: bool = False) -> int:
        """One turn: how many readings were judged and subjects woken; 0 when idle or when another has the turn."""
        try:
            with transaction.atomic():
                done = self._turn(standby)
        except BaseException:
            self.memory.forget()
            self.planner.forget()
            self.turn = -1
            raise
        return done

    def _turn(self, standby: bool) -> int:
        if not self._take(standby):
            return 0
        limit = max(1, min(BATCHES, int(AT_ONCE / self.readings_a_batch)))
        batches = storing.unjudged(limit)
        now = timezone.now()
        behind = len(batches) == limit
        due = [] if behind else states.due(now, WOKEN)  # a silence is one only when all that came was judged
        if not batches and not due:
            return 0
        plan = self.planner.plan()
        readings = [reading for batch in batches for reading in batch.readings]
        made = Turn(plan, now, tallying.load(plan.names))
        self._judge(made, readings)
        woken = self._wake(made, due) if due else 0
        self._keep(made)
        if batches:
            storing.judged([batch.id for batch in batches])
            self.readings_a_batch = max(1.0, len(readings) / len(batches))
        with connection.cursor() as cursor:
            cursor.execute(DONE, [self.name])
            self.turn = cursor.fetchone()[0]
        return max(len(readings) + woken, 1)

    def _take(self, standby: bool) -> bool:
        """Hold the row until the transaction ends; what is remembered is forgotten when the last turn was another's."""
        with connection.cursor() as cursor:
            cursor.execute(TAKE)
            row = cursor.fetchone()
            if row is None:
                cursor.execute(BEGIN)
                cursor.execute(TAKE)
                row = cursor.fetchone()
        if row is None:
            return False
        holder, turn, at = row
        if holder != self.name or turn != self.turn:
            if standby and holder not in ("", self.name) and timezone.now() - at < timedelta(seconds=STANDBY):
                return False
            self.memory.forget()
            self.planner.forget()
            self.turn = turn
        return True

    def _judge(self, made: Turn, readings: list[Reading]) -> None:
        if not readings:
            return
        seen = subjects.sources({one.source for one in readings})
        consents = subjects.consenting({one.subject for one in seen.values() if one.kind == WEARER})
        readings = readings + self._derived(made, readings, seen, consents)
        asked = _gather(made.plan, readings, seen, consents)
        made.states.update(self.memory.load(asked))
        days = {day.date() for day in (min(r.at for r in readings), max(r.at for r in readings))}
        one_day = timezone.localdate(min(r.at for r in readings))
        same = len(days) == 1 and timezone.localdate(max(r.at for r in readings)) == one_day
        for key, rules in asked.items():
            state = made.states[key]
            for number, question in rules.items():
                if same:
                    self._ask(made, key, state, number, question, question.readings, one_day)
                else:
                    for day, several in _by_day(question.readings):
                        self._ask(made, key, state, number, question, several, day)
            state.settle()

    def _derived(
        self, made: Turn, readings: list[Reading], seen: dict[int, Seen], consents: dict[int, str]
    ) -> list[Reading]:
        """Readings made of these for the rules that may read them, and what that leaves to remember."""

        def wanted(source: int, measure: str) -> bool:
            one = seen.get(source)
            return one is not None and bool(_route(made.plan, measure, one, consents))

        several = deriving.gather(readings, wanted)
        if not several:
            return []
        made.states.update(self.memory.load([raw.key for raw in several]))
        found: list[Reading] = []
        for raw in several:
            try:
                found += deriving.made(raw, made.states[raw.key])
            except (
                Exception
            ):  # what cannot be derived must not stop the rules: a call for help may be behind it
                log.exception("%s could not be made of %s readings", raw.derivation.gives, len(raw.readings))
            made.states[raw.key].settle()
        return found

    def _ask(
        self,
        made: Turn,
        key: Key,
        state: State,
        number: int,
        question: Asked,
        readings: list[Reading],
        day: date,
    ) -> None:
        ruled = question.ruled
        if ruled.heartbeat:
            readings = [_heard(one, made.now) for one in readings]
        before = state.rules.get(number)
        tuning = self.planner.tuning(ruled, question.office, day)
        zone = self.planner.zone(ruled, key) if ruled.zone else None
        try:
            outcome = judge(ruled.rule, tuning, before[0] if before else None, readings, zone)
        except Exception:  # one rule at fault must not stop the others: somebody's call for help is behind it
            log.exception("rule %s could not judge %s readings of %s", ruled.rule.name, len(readings), key[0])
            return
        if before is None:
            made.tallies[ruled.rule.name].subjects += 1
        self._follow(made, key, state, ruled, tuning, outcome, readings)

    def _wake(self, made: Turn, due: list[Key]) -> int:
        """Ask the rules that wanted to be woken; the row's moment moves on to what is next."""
        made.states.update(self.memory.load(due))
        places = subjects.about(due)
        consents = subjects.consenting({one for kind, one in due if kind == WEARER})
        today, now = made.plan.day, made.now.timestamp()
        woken = 0
        for key in due:
            state = made.states[key]
            for number, (body, at) in list(state.rules.items()):
                if not at or at > now:
                    continue
                if deriving.derives(number):
                    state.put(number, None, 0.0)  # a day without a reading: what is raw is not kept longer
                    continue
                ruled = made.plan.rules.get(number)
                if ruled is None or (ruled.consent and consents.get(key[1]) != ruled.consent):
                    state.put(number, body, 0.0)  # over, or no longer agreed to: the next reading begins anew
                    continue
                tuning = self.planner.tuning(ruled, places[key].where.office, today)
                try:
                    outcome = wake(ruled.rule, tuning, body, made.now)
                except Exception:
                    log.exception("rule %s could not be woken for a %s", ruled.rule.name, key[0])
                    state.put(number, body, now + RETRY)
                    continue
                if outcome.wake_at is not None and outcome.wake_at.timestamp() <= at:
                    outcome.wake_at = made.now + timedelta(seconds=1)  # never asked for ever in one moment
                self._follow(made, key, state, ruled, tuning, outcome, ())
                woken += 1
            state.settle(now)
        return max(woken, 1)

    def _follow(
        self,
        made: Turn,
        key: Key,
        state: State,
        ruled: Ruled,
        tuning: dict[str, float],
        outcome: Outcome,
        readings: Iterable[Reading],
    ) -> None:
        wake_at = outcome.wake_at
        state.put(ruled.number, outcome.state, wake_at.timestamp() if wake_at is not None else 0.0)
        if outcome.late:
            made.tallies[ruled.rule.name].late += outcome.late
        if outcome.firings:
            received = max((one.received_at for one in readings if one.received_at), default=None)
            made.fired += [Fired(ruled.rule, key, one, tuning, received) for one in outcome.firings]

    def _keep(self, made: Turn) -> None:
        raised: Raised = raising.raise_all(made.fired, made.tallies, made.now)
        self.opens = raised.opens
        self.memory.store(made.states)
        tallying.store(made.tallies)


def _heard(reading: Reading, now: datetime) -> Reading:
    """Dated when it came: a device that hands in what it measured long ago is not silent."""
    came = reading.received_at or now
    return replace(reading, at=came) if came > reading.at else reading


def _gather(
    plan: Plan, readings: list[Reading], seen: dict[int, Seen], consents: dict[int, str]
) -> dict[Key, dict[int, Asked]]:
    """By subject and rule, the readings that rule reads of it.

    Passed over: a source not in use, a reading from before the device was about this, a wearer without an open
    consent, and what tells of a person where the rule has no consent.
    """
    found: dict[Key, dict[int, Asked]] = defaultdict(dict)
    routes: dict[tuple[int, str], list[tuple[Key, Ruled]]] = {}
    for reading in readings:
        source = seen.get(reading.source)
        if source is None or (source.since is not None and reading.at < source.since):
            continue
        route = routes.get((reading.source, reading.measure))
        if route is None:
            route = routes[reading.source, reading.measure] = _route(plan, reading.measure, source, consents)
        for key, ruled in route:
            rules = found[key]
            asked = rules.get(ruled.number)
            if asked is None:
                asked = rules[ruled.number] = Asked(ruled, source.office)
            asked.readings.append(reading)
    return found


def _route(plan: Plan, measure: str, source: Seen, consents: dict[int, str]) -> list[tuple[Key, Ruled]]:
    """Which rules a reading of this measure from this source concerns, and under what key each gathers it."""
    found = []
    keys: dict[str, Key | None] = {}
    for ruled in plan.of(measure):
        if ruled.consent:
            if source.kind != WEARER or consents.get(source.subject) != ruled.consent:
                continue
        elif source.kind == WEARER and (ruled.guarded or ruled.by == "subject"):
            continue
        by = ruled.by
        key = keys[by] if by in keys else keys.setdefault(by, source.key(by))
        if key is not None:
            found.append((key, ruled))
    return found


def _by_day(readings: list[Reading]) -> list[tuple[date, list[Reading]]]:
    """The readings by the site's own day, the earliest first: each is judged by what held on it."""
    found: dict[date, list[Reading]] = defaultdict(list)
    for one in readings:
        found[timezone.localdate(one.at)].append(one)
    return sorted(found.items())


_judge = Judge()


def run_once() -> int:
    """One turn of judging in this process, the cases it opens, and what is due by the clock; how much was done."""
    done = _judge.once()
    return done + regular()


def regular(now: datetime | None = None) -> int:
    """What is due by the clock: quiet hours that ended, escalations, cases to open. Each by an index."""
    return handling.tell_due(now) + handling.escalate_due(now) + opening.open_due(now)


def run(stop: threading.Event | None = None) -> None:
    """Judge until told to stop. Without a database it waits for it; an error is logged and tried again."""
    ended = stop or threading.Event()
    looked = 0.0
    wait = 0.2
    garbage.seldom()
    log.info("judge %s starts", _judge.name)
    while not ended.is_set():
        try:
            done = _judge.once(standby=True)
            if _judge.opens:
                _judge.opens = False
                opening.open_due()
            clock = datetime.now(UTC).timestamp()
            if clock - looked >= REGULAR:
                looked = clock
                regular()
            wait = 0.2
            if not done:
                close_old_connections()
                ended.wait(IDLE)
        except (InterfaceError, OperationalError) as error:
            log.warning("the judge waits for the database: %s", str(error).strip())
            close_old_connections()
            ended.wait(wait)
            wait = min(wait * 2, 5.0)
        except Exception:
            log.exception("a turn of judging failed; again in %.1f s", wait)
            close_old_connections()
            ended.wait(wait)
            wait = min(wait * 2, 10.0)
    log.info("judge %s has stopped", _judge.name)
