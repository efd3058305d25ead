"""Two sites on this machine: matters handed over, taken in, handled, and their results back with their sender.

    python -m bench.exchange [quick]

Two cities as `zhili run` starts them, each with a durable private PostgreSQL, a web process and a worker of its own.
Offices work in two processes more: one hands over, one takes on and answers what comes; both through the same doors as
the pages. First one way: two offices hand over, a matter counts when it is a case on both sites. Then there and back: a
matter counts when the case it was handed over from has its result as a step, after the three steps of the office that
handled it. Then a day's cut: one side is
down while matters are handed over to it, and is timed from its start until it has taken them all. Beside it in the same
run a bare loop: the same messages, each one signed request, inserted and committed on both sides and nothing else.
Told as well: the processor time of a matter, by process.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from bench import machine
from bench.lines import Line, at_least, at_most, report
from bench.site import Site, free_port, home

TARGET, AIM, MINUTES = 40, 100, 5.0
MATTERS, WARM_UP, CUT = 1_500, 60, 10_000
NAMES = {"pinghu": "pinghu.jiaxing", "jinshan": "jinshan.shanghai"}
BACK = """
SELECT count(*) FROM exchange_link l JOIN cases_case c ON c.id = l.case_id
JOIN cases_step s ON s.case_id = c.parent_id AND s.action = 'returned' WHERE l.way = 'out' AND l.state = 'closed'"""
TAKEN = "SELECT count(*) FROM exchange_incoming WHERE kind = 'hand_over'"
SAID = """
SELECT o.seq, o.kind, o.body, l.stream FROM exchange_outgoing o JOIN exchange_link l ON l.id = o.link_id
ORDER BY o.id LIMIT %s"""


class Side:
    """One of the two. ``site`` is there while it runs."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.port = name, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.site: Site | None = None
        self.made: dict[str, Any] = {}
        self.more = {
            "ZHILI_HOME": str(folder),
            "PORT": str(self.port),
            "ZHILI_URL": self.url,
            "ZHILI_EXCHANGE_SITE": NAMES[name],
            "ZHILI_TRAIL_ORIGIN": f"{NAMES[name]}/trail",
            "ZHILI_DEMO_CITY": name,
            "ZHILI_DEMO": "0",
            "ZHILI_GATEWAY": "0",
        }
        self.env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | self.more

    def start(self) -> None:
        self.site = Site(self.folder, environment=self.more)

    def stop(self) -> None:
        if self.site is not None:
            self.site.stop()
            self.site = None

    def begin(self, role: str, given: dict[str, Any]) -> subprocess.Popen[str]:
        """A process of one of its people, or of the bare loop."""
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bench.exchanging", role],
            env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(json.dumps(given) + "\n")
        process.stdin.close()
        return process

    def done(self, role: str, given: dict[str, Any]) -> dict[str, Any]:
        """What such a process said last, once it has ended."""
        return said(self.begin(role, given))

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        assert self.site is not None
        with psycopg.connect(self.site.database_url()) as connection:
            return connection.execute(query, values).fetchall()

    def count(self, query: str) -> int:
        return int(self.ask(query)[0][0])


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    lines = process.stdout.read().splitlines()
    if process.wait() != 0:
        raise SystemExit(f"{process.args} failed")
    found: dict[str, Any] = {}
    for line in lines:
        found |= json.loads(line)
    return found


@contextlib.contextmanager
def pair() -> Iterator[tuple[Side, Side]]:
    """Both sides, running and known to one another; the first opens matters, the second takes them in."""
    with contextlib.ExitStack() as stack:
        first, second = (Side(name, stack.enter_context(home())) for name in NAMES)
        meeting = stack.enter_context(tempfile.TemporaryDirectory())
        migrate = [sys.executable, "-W", "ignore", "-m", "zhili", "migrate", "--quiet"]
        subprocess.run(migrate, env=first.env, check=True)
        # the same tables twice; `cp -a` keeps the owner, since as root the database belongs to a user of its own
        subprocess.run(["cp", "-a", f"{first.folder}/.", str(second.folder)], check=True)
        stack.callback(second.stop)
        stack.callback(first.stop)
        begun = [
            (one, one.begin("prepare", {
                "meeting": meeting, "other": other.name, "other_site": NAMES[other.name], "other_url": other.url,
                "opens": one is first,
            }))
            for one, other in ((first, second), (second, first))
        ]  # fmt: skip
        for one, process in begun:
            one.made = said(process)
        first.start()
        second.start()
        yield first, second


@contextlib.contextmanager
def handling(side: Side) -> Iterator[subprocess.Popen[str]]:
    process = side.begin("handle", {})
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def opened(side: Side, number: int) -> list[str]:
    return list(side.done("open", {**side.made, "number": number})["numbers"])


def wait(what: Any, patience: float, process: subprocess.Popen[str] | None = None) -> None:
    end = time.monotonic() + patience
    while not what():
        if time.monotonic() > end or (process is not None and process.poll() is not None):
            raise SystemExit("it did not get done")
        time.sleep(0.1)


def one_way(first: Side, second: Side, number: int) -> float:
    """Matters a second until the last one handed over is a case at the other site; nobody answers meanwhile."""
    numbers, before = opened(first, number), second.count(TAKEN)
    givers = [first.begin("hand_over", {**first.made, "numbers": numbers[n::2]}) for n in range(2)]
    began = min(json.loads(one.stdout.readline())["began"] for one in givers if one.stdout is not None)
    if any(one.wait() for one in givers):
        raise SystemExit("handing over failed")
    wait(lambda: second.count(TAKEN) >= before + number, 300)
    return number / (time.time() - began)


def there_and_back(first: Side, second: Side, number: int) -> tuple[float, dict[str, float]]:
    """Matters a second from the first handed over until the last result is back; processor ms of each, by process."""
    numbers = opened(first, number)
    before = first.count(BACK)
    assert first.site is not None
    assert second.site is not None
    with handling(second) as officer:
        spent = {one.name: machine.Spent(one.site.pid) for one in (first, second) if one.site is not None}
        office = machine.Spent(officer.pid)
        giver = first.begin("hand_over", {**first.made, "numbers": numbers})
        giving = machine.Spent(giver.pid)
        assert giver.stdout is not None
        began = json.loads(giver.stdout.readline())["began"]
        gave: dict[str, float] = {}
        while giver.poll() is None:
            gave = giving.seconds() or gave
            time.sleep(0.1)
        if giver.returncode:
            raise SystemExit("handing over failed")
        wait(lambda: first.count(BACK) >= before + number, 300, officer)
        taken = time.time() - began
        used = {f"{name} {part}": s for name, one in spent.items() for part, s in one.seconds().items()}
        used["office that hands over"] = sum(gave.values())
        used["office that handles"] = sum(office.seconds().values())
    return number / taken, {name: 1000 * seconds / number for name, seconds in used.items()}


def bare(first: Side, second: Side, number: int) -> float:
    """Messages a second of the bare loop: the very messages that were exchanged."""
    rows = first.ask(SAID, number)
    messages = [
        {"seq": seq, "kind": kind, "body": body, "stream": stream} for seq, kind, body, stream in rows
    ]
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    assert first.site is not None
    assert second.site is not None
    taker = second.begin("bare_take", {"url": url, "port": port, "database": owner_url(second)})
    try:
        time.sleep(2)
        return float(
            first.done("bare_send", {"url": url, "database": owner_url(first), "messages": messages})["rate"]
        )
    finally:
        taker.terminate()
        taker.wait()


def owner_url(side: Side) -> str:
    """The role that may make a table."""
    from zhili.conf.postgres import OWNER

    assert side.site is not None
    return side.site.database_url(OWNER)


def after_a_cut(first: Side, second: Side, number: int) -> tuple[float, float]:
    """(seconds from the start of the side that was down until it has everything, and until it answered at all)."""
    before = second.count(TAKEN)
    numbers = opened(first, number)
    second.stop()
    first.done("hand_over", {**first.made, "numbers": numbers})
    began = time.monotonic()
    second.start()
    up = time.monotonic() - began
    wait(lambda: second.count(TAKEN) >= before + number, 1_200)
    return time.monotonic() - began, up


def main() -> int:
    quick = "quick" in sys.argv[1:]
    matters, cut = (300, 500) if quick else (MATTERS, CUT)
    print(f"  {machine.line()}; load {machine.load():.1f}")
    with pair() as (first, second):
        there_and_back(first, second, WARM_UP)
        away = one_way(first, second, 2 * matters)
        print(f"  {2 * matters:,} matters handed over and taken in: {away:.1f}/s; load {machine.load():.1f}")
        rate, used = there_and_back(first, second, matters)
        print(f"  {matters:,} matters there and back: {rate:.1f}/s; load {machine.load():.1f}")
        for name, ms in sorted(used.items(), key=lambda one: -one[1]):
            print(f"    {ms:6.1f} ms of processor time a matter: {name}")
        print(f"    {sum(used.values()):6.1f} ms in all")
        beside = bare(first, second, min(1_000, matters))
        print(
            f"  bare loop: {beside:.0f} messages/s; ours {3 * rate:.0f} messages/s and the matters they are about"
        )
        seconds, up = after_a_cut(first, second, cut)
        print(f"  {cut:,} matters after a cut: {seconds:.0f} s, of which {up:.0f} s until it answered;"
              f" load {machine.load():.1f}")  # fmt: skip
    share = 3 * rate / beside
    lines: list[Line] = [
        at_least("matters handed over and taken in, both durable", away, TARGET, "/s", f" (aim {AIM})"),
        at_least("matters between two sites, there and back", rate, TARGET, "/s", f" ({share:.0%} of bare)"),
        at_most(f"{cut:,} matters caught up after a cut", seconds / 60, MINUTES, " min"),
    ]  # fmt: skip
    return report(lines)


if __name__ == "__main__":
    raise SystemExit(main())
