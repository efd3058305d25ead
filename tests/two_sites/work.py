"""Officers of both sides at work while the line between them fails: matters handed over, taken, closed, called back.

Everybody repeats a request under its key until it is answered, as a program of theirs would.
"""

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from tests.soak.clients import PATIENCE
from tests.two_sites.sites import Pair, Side
from zhili.conf.postgres import OWNER

# What the receiver does with a matter: (action, data); and whether the opener calls it back.
Act = tuple[str, dict[str, Any]]
ANSWER: tuple[Act, ...] = (("draft", {"answer": "已修好"}), ("issue", {"answer": "已修好，请查看"}))
LIVES: dict[str, tuple[Act, ...]] = {
    "closed": (("accept", {}), ("progress", {"note": "已派人查看"}), *ANSWER),
    "told of much": (
        ("accept", {}),
        *(("progress", {"note": f"第{n}次到场"}) for n in range(1, 5)),
        *ANSWER,
    ),
    "refused": (("decline", {"reason": "不在我方管养范围"}),),
    "called back": (("accept", {}),),
    # whoever is first: the answer and the calling back cross on the way
    "crossing": (("accept", {}), *ANSWER),
}
SHARES = ("closed", "closed", "told of much", "refused", "called back", "crossing")
CALLED_BACK = ("called back", "crossing")
INCOMING = """
SELECT l.id, l.stream, c.number FROM exchange_link l JOIN cases_case c ON c.id = l.case_id
WHERE l.way = 'in' AND l.id > %s ORDER BY l.id"""
CHILD = """
SELECT l.stream, c.number FROM exchange_link l JOIN cases_case c ON c.id = l.case_id
JOIN cases_case p ON p.id = c.parent_id WHERE l.way = 'out' AND p.number = %s"""


@dataclass
class Matter:
    """One that was handed over: by whom, its numbers at home, what is to become of it."""

    opener: str
    life: str
    parent: str
    child: str
    stream: str


@dataclass
class Ledger:
    """What was done on both sides, and everything strange."""

    matters: dict[str, Matter] = field(default_factory=dict)
    worked: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    """Streams that stood there before."""
    wrong: list[str] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def complain(self, what: str) -> None:
        with self.lock:
            self.wrong.append(what[:600])


class Wrong(AssertionError):
    """An answer that no fault excuses."""


class Officers:
    """All who work; `hand_over` so many matters from each side, then wait until each has been worked on."""

    def __init__(self, pair: Pair, each: int, openers: int = 2, handlers: int = 2) -> None:
        self.pair, self.each = pair, each
        self.ledger = Ledger()
        self._left = {side.name: each for side in pair.sides}
        self._begun = dict.fromkeys(self._left, 0)
        self._queues: dict[str, list[tuple[str, str]]] = {name: [] for name in self._left}
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        for side in pair.sides:
            for n in range(openers):
                self._add(self._open, side, random.Random(f"{pair.seed} {side.name} {n}"))
            for _ in range(handlers):
                self._add(self._handle, side)
            self._add(self._look, side)

    def _add(self, what: Any, *arguments: Any) -> None:
        def run() -> None:
            try:
                what(*arguments)
            except BaseException as error:
                self.ledger.complain(f"{type(error).__name__}: {error}")

        self._threads.append(threading.Thread(target=run, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def done(self) -> bool:
        """Whether every matter was handed over, and came, and was worked on."""
        return bool(self.ledger.wrong) or len(self.ledger.worked) == 2 * self.each

    def progress(self) -> int:
        return len(self.ledger.worked)

    def stop(self) -> Ledger:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE + 30)
        return self.ledger

    # ---- whoever hands over

    def _open(self, side: Side, chance: random.Random) -> None:
        caller = Caller(side, self.ledger, self._over)
        while not self._over.is_set():
            with self.ledger.lock:
                if not self._left[side.name]:
                    return
                self._left[side.name] -= 1
                self._begun[side.name] += 1
                n = self._begun[side.name]
            self._one(side, caller, n, chance)

    def _one(self, side: Side, caller: "Caller", n: int, chance: random.Random) -> None:
        lon, lat = side.prepared["spot"]
        body = {
            "what": f"第{n}盏路灯不亮，在界河桥头。",
            "place": {"lon": lon, "lat": lat, "address": "界河桥头"},
            "category": side.prepared["category"],
            "anonymous": True,
        }
        parent = caller.insist("resident", "/cases/citizen_reports.report/report", body)["number"]
        if chance.random() < 0.5:
            caller.act("joint", parent, "accept", {})
        across = {
            "agreement": str(side.prepared["agreement"]),
            "category": self.pair.other(side).prepared["category"],
            "what": f"请修复第{n}盏路灯。",
        }
        caller.act("joint", parent, "hand_across", across)
        stream, child = rows(side, CHILD, parent)[0]
        matter = Matter(side.name, chance.choice(SHARES), parent, child, str(stream))
        with self.ledger.lock:
            self.ledger.matters[matter.stream] = matter
        if matter.life in CALLED_BACK:
            if chance.random() < 0.7:
                self._over.wait(chance.uniform(0, 2))
            caller.act("joint", child, "withdraw", {"reason": "已由本地修好"}, may_fail=True)

    # ---- whoever takes it

    def _look(self, side: Side) -> None:
        last = 0
        while not self._over.wait(0.2):
            for key, stream, number in rows(side, INCOMING, last):
                last = key
                with self.ledger.lock:
                    self._queues[side.name].append((str(stream), number))

    def _handle(self, side: Side) -> None:
        caller = Caller(side, self.ledger, self._over)
        while not self._over.is_set():
            with self.ledger.lock:
                waiting = self._queues[side.name]
                found = next((one for one in waiting if one[0] in self.ledger.matters), None)
                if found is not None:
                    waiting.remove(found)
            if found is None:
                self._over.wait(0.1)
                continue
            stream, number = found
            matter = self.ledger.matters[stream]
            for action, data in LIVES[matter.life]:
                if not caller.act("joint", number, action, data, may_fail=matter.life in CALLED_BACK):
                    break  # called back meanwhile
            with self.ledger.lock:
                self.ledger.worked.add(stream)


class Caller:
    """One program of an office, asking its own site."""

    def __init__(self, side: Side, ledger: Ledger, over: threading.Event) -> None:
        self.side, self.ledger, self.over = side, ledger, over
        self.http = httpx.Client(base_url=f"{side.near}/api/v1", timeout=10, trust_env=False)
        self._keys = random.Random()

    def act(self, who: str, number: str, action: str, data: dict[str, Any], may_fail: bool = False) -> bool:
        """Whether it was done; ``may_fail``: the matter may have moved on meanwhile."""
        found = self.insist(who, f"/cases/{number}/actions/{action}", {"data": data}, may_fail)
        return found is not None

    def insist(self, who: str, path: str, body: dict[str, Any], may_fail: bool = False) -> Any:
        """The same request again and again until 201."""
        headers = {
            "Authorization": f"Bearer {self.side.prepared['tokens'][who]}",
            "Idempotency-Key": f"{self._keys.getrandbits(128):032x}",
        }
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = self.http.post(path, headers=headers, json=body)
            except httpx.TransportError as error:
                self.ledger.heard[type(error).__name__] += 1
                time.sleep(0.1)
                continue
            self.ledger.heard[str(answer.status_code)] += 1
            if answer.status_code == 201:
                return answer.json()
            if may_fail and answer.status_code in (403, 404, 409, 422):
                return None
            if answer.status_code not in (502, 503):
                self.ledger.complain(f"{self.side.name} {answer.status_code} on {path}: {answer.text}")
                raise Wrong(path)
            time.sleep(0.2)
        self.ledger.complain(f"no 201 in {PATIENCE} s on {path}")
        raise Wrong(path)


def rows(side: Side, sql: str, *values: Any, patience: float = PATIENCE) -> list[tuple[Any, ...]]:
    """What a site's database holds; asked again while it is down."""
    end = time.monotonic() + patience
    while True:
        with suppress(psycopg.OperationalError), psycopg.connect(side.database(OWNER)) as connection:
            return connection.execute(sql, values).fetchall()
        assert time.monotonic() < end, f"the database of {side.name} does not come back"
        time.sleep(0.1)
