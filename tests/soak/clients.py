"""Residents and offices at work over the API, who repeat each request under its key until it is answered 201."""

import hashlib
import io
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, Queue
from typing import Any

import httpx
from PIL import Image

REPORT = "/cases/citizen_reports.report/report"
PATIENCE = 150.0  # seconds after which a site that does not come back has failed
PACE = 0.05  # seconds between two requests of one client: the machine has other work too
UPLOADS = 800  # an address may send a thousand files a day

# Ways through a report's life: (who, action, data)
LIVES: tuple[tuple[tuple[str, str, dict[str, Any]], ...], ...] = (
    (
        ("grid", "accept", {}),
        ("grid", "progress", {"note": "已联系养护单位"}),
        ("grid", "finish", {"answer": "已修好"}),
        ("reporter", "rate", {"rating": 5}),
    ),
    (
        ("grid", "accept", {}),
        ("grid", "ask_reporter", {"reason": "请说明在路的哪一侧"}),
        ("reporter", "supply", {"what": "北侧"}),
        ("grid", "finish", {"answer": "已修好"}),
        ("reporter", "reopen", {"what": "又坏了"}),
        ("grid", "accept", {}),
        ("grid", "finish", {"answer": "已重修"}),
        ("reporter", "rate", {"rating": 3}),
    ),
    (
        ("grid", "pass_up", {"reason": "网格内办不了"}),
        ("village", "accept", {}),
        ("village", "draft", {"answer": "已安排下周施工"}),
        ("village", "issue", {"answer": "已安排下周施工"}),
    ),
    (("reporter", "withdraw", {}),),
)


class Wrong(AssertionError):
    """An answer that no fault excuses."""


@dataclass
class Report:
    """What a resident was told with a 201, and what was sent for it."""

    key: str
    marker: str
    number: str
    code: str | None
    named: bool
    files: dict[str, str]  # id: SHA-256 of the bytes sent
    acts: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Ledger:
    """Everything the site has promised, and everything strange it has said."""

    reports: list[Report] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, what: str) -> None:
        with self.lock:
            self.heard[what] += 1

    def complain(self, what: str) -> None:
        with self.lock:
            self.wrong.append(what[:600])


class Caller:
    """One program's connection to the site."""

    def __init__(self, url: str, ledger: Ledger) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=8, trust_env=False)
        self.ledger = ledger

    def insist(self, path: str, headers: dict[str, str], **body: Any) -> httpx.Response:
        """The same request again and again until 201. Raises Wrong when that is refused, or never comes."""
        end = time.monotonic() + PATIENCE
        headers = {"Idempotency-Key": uuid.uuid4().hex, **headers}
        while time.monotonic() < end:
            try:
                answer = self.http.post(path, headers=headers, **body)
            except httpx.TransportError as error:
                self.ledger.hear(type(error).__name__)
                time.sleep(0.1)
                continue
            self.ledger.hear(
                f"{answer.status_code}{' again' if 'Idempotent-Replay' in answer.headers else ''}"
            )
            if answer.status_code == 201:
                return answer
            if answer.status_code != 503:
                self.ledger.complain(f"{answer.status_code} on {path}: {answer.text}")
                if answer.status_code < 500:
                    raise Wrong(path)
            time.sleep(0.2)
        self.ledger.complain(f"no 201 in {PATIENCE} s on {path}")
        raise Wrong(path)


class Crowd:
    """Some residents who report, some offices that act; until `stop`."""

    def __init__(
        self, url: str, prepared: dict[str, Any], residents: int, offices: int, seed: int = 7
    ) -> None:
        self.url = url
        self.tokens: dict[str, str] = prepared["tokens"]
        self.spot: tuple[float, float] = tuple(prepared["spot"])
        self.categories: list[str] = prepared["categories"]
        self.ledger = Ledger()
        self.chance = random.Random(seed)
        self._uploads = count()
        self._serial = count()
        self._waiting: Queue[Report] = Queue(maxsize=40)
        self._over = threading.Event()
        self._twins = ThreadPoolExecutor(2)
        self._threads = [threading.Thread(target=self._live, args=(self._report,)) for _ in range(residents)]
        self._threads += [threading.Thread(target=self._live, args=(self._act,)) for _ in range(offices)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> Ledger:
        """What is begun is brought to its 201; then nothing more is asked."""
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE + 30)
        self._twins.shutdown()
        return self.ledger

    def _live(self, turn: Any) -> None:
        caller = Caller(self.url, self.ledger)
        while not self._over.wait(PACE):
            try:
                turn(caller)
            except Wrong:
                continue
            except Exception as error:
                self.ledger.complain(f"{type(error).__name__}: {error}")
                raise

    # ---- residents

    def _report(self, caller: Caller) -> None:
        n = next(self._serial)
        marker = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(n))
        key = uuid.uuid4().hex
        headers = {"Idempotency-Key": key}
        signed_in = n % 3 == 0
        if signed_in:
            headers["Authorization"] = f"Bearer {self.tokens['resident']}"
        body, named = self._body(n, marker)
        files = self._photos(caller) if n % 6 == 1 else {}
        body["photos"] = list(files)
        if n % 10 == 4:  # an impatient finger: the same request twice at once
            both = [self._twins.submit(self._twin, headers, body) for _ in range(2)]
            answers = [one.result() for one in both]
            if len({answer["number"] for answer in answers}) != 1:
                self.ledger.complain(f"one key, two cases: {answers}")
            answer = answers[0]
        else:
            answer = caller.insist(REPORT, headers, json=body).json()
        sent = {file.split(":")[0]: digest for file, digest in files.items()}
        report = Report(key, marker, answer["number"], None if signed_in else answer["code"], named, sent)
        with self.ledger.lock:
            self.ledger.reports.append(report)
        if body["place"]["lon"] == self.spot[0] and not self._waiting.full():
            self._waiting.put(report)

    def _twin(self, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        caller = Caller(self.url, self.ledger)
        answer: dict[str, Any] = caller.insist(REPORT, headers, json=body).json()
        return answer

    def _body(self, n: int, marker: str) -> tuple[dict[str, Any], bool]:
        away = {0: 3.0, 1: 0.05}.get(n % 12, 0.0)  # now and then outside the city, or in another cell
        body: dict[str, Any] = {
            "what": f"路面有一处破损，记号{marker}。",
            "place": {"lon": self.spot[0] + away, "lat": self.spot[1], "address": "路口"},
            "anonymous": n % 4 != 0,
        }
        if n % 2:
            body["category"] = self.categories[n % len(self.categories)]
        if not body["anonymous"]:
            body |= {"name": "王小明", "phone": f"138{n % 10**8:08}"}
        return body, not body["anonymous"]

    def _photos(self, caller: Caller) -> dict[str, str]:
        """One photo sent ahead: {"id:token": SHA-256}."""
        n = next(self._uploads)
        if n >= UPLOADS:
            return {}
        raw = photo(n)
        headers = {"Content-Type": "image/jpeg", "X-File-Name": "a.jpg"}
        sent = caller.insist("/files", headers, content=raw).json()[0]
        return {f"{sent['id']}:{sent['token']}": hashlib.sha256(raw).hexdigest()}

    # ---- offices

    def _act(self, caller: Caller) -> None:
        try:
            report = self._waiting.get(timeout=0.5)
        except Empty:
            return
        seq = 1
        life = LIVES[self.chance.randrange(len(LIVES))]
        for who, action, data in life:
            path = f"/cases/{report.number}/actions/{action}"
            body = {"data": self._with_category(action, data), "seen": seq}
            answer = caller.insist(path, self._as(who, report), json=body).json()
            report.acts.append((answer["seq"], action))
            if answer["seq"] != seq + 1:
                self.ledger.complain(f"{report.number} {action}: step {answer['seq']} after {seq}")
            seq = answer["seq"]
            if self._over.wait(PACE):
                return

    def _with_category(self, action: str, data: dict[str, Any]) -> dict[str, Any]:
        return data | {"category": self.categories[0]} if action == "accept" else data

    def _as(self, who: str, report: Report) -> dict[str, str]:
        if who == "reporter" and report.code:
            return {"X-Grant": report.code}
        name = "resident" if who == "reporter" else who
        return {"Authorization": f"Bearer {self.tokens[name]}"}


def photo(n: int) -> bytes:
    """A small JPEG unlike every other of the run."""
    out = io.BytesIO()
    picture = Image.new("RGB", (32, 32), (n % 256, n // 256 % 256, 99))
    picture.save(out, "JPEG", comment=f"photo {n}".encode())
    return out.getvalue()


def promises(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """The reports as the judge reads them."""
    for report in ledger.reports:
        yield vars(report)
