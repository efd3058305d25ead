"""`zhili demo-border`: two cities on one machine, each a whole site of its own, who exchange matters.

Jiaxing–Pinghu and Shanghai–Jinshan start as `zhili run` would start them: a home, a database, a worker and a web
process each. Then each is told of the other with the commands an operator uses (`zhili exchange …`). The keys go from
one home to the other by this program's hand, which stands for the two operators on the telephone.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from zhili.commands import bordering
from zhili.conf.home import home
from zhili.conf.postgres import die_with_parent
from zhili.conf.supervise import Stopping, ignore_signals, on_signals

console = Console(highlight=False)
PATIENCE = 600.0
"""Seconds a site may take to its first page: on a slow machine it makes a database and a city first."""
NOT_INHERITED = (
    "DATABASE_URL",
    "ZHILI_OWNER_URL",
    "ZHILI_SECRET_KEY",
    "ZHILI_EXCHANGE_KEYS",
    "ZHILI_TRAIL_KEYS",
)


@dataclass(frozen=True)
class Place:
    """One of the two: its demo city, its name among sites, what it is called, the office that holds what comes."""

    city: str
    site: str
    title: str
    office: str
    division: str


PLACES = (
    Place("pinghu", "pinghu.jiaxing", "嘉兴·平湖", "330482000000", "330482000000"),
    Place("jinshan", "jinshan.shanghai", "上海·金山", "310116000000", "310116000000"),
)


class Failed(RuntimeError):
    """One of the two did not start; the message is for people."""


@dataclass
class Side:
    """One running site."""

    place: Place
    port: int
    folder: Path
    env: dict[str, str] = field(init=False)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.env = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED} | {
            "ZHILI_HOME": str(self.folder),
            "PORT": str(self.port),
            "ZHILI_BIND": "127.0.0.1",
            "ZHILI_URL": self.url,
            "ZHILI_EXCHANGE_SITE": self.place.site,
            "ZHILI_EXCHANGE_TITLE": self.place.title,
            "ZHILI_DEMO": "1",
            "ZHILI_DEMO_CITY": self.place.city,
            # Two sites are enough for a small machine; devices speak in `zhili run`.
            "ZHILI_GATEWAY": os.environ.get("ZHILI_GATEWAY", "0"),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.place.city}.log")

    def start(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "zhili", "run"],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches this program only, which then stops both in order
                preexec_fn=die_with_parent(15),
            )

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def ready(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with suppress(urllib.error.URLError, OSError), opener.open(f"{self.url}/readyz", timeout=5):
            return True
        return False

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)

    def told(self) -> str:
        """The end of what it said, for people."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:]) if self.log.exists() else ""

    def command(self, *arguments: str) -> str:
        """A `zhili` command on this site, to its end; what it printed. Raises Failed."""
        done = subprocess.run(
            [sys.executable, "-m", "zhili", *arguments],
            env=self.env | {"ZHILI_LOG_LEVEL": "ERROR", "COLUMNS": "400"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(
                f"{self.place.title}：zhili {' '.join(arguments)}\n{done.stdout}{done.stderr}".strip()
            )
        return done.stdout


def run(port: int, second: int | None) -> int:
    """Run both until told to stop. Returns the exit code: 0 stopped, 1 failed."""
    on_signals()
    ports = (port, second or port + 1)
    sides = [Side(place, at, home() / "border" / place.city) for place, at in zip(PLACES, ports, strict=True)]
    try:
        _start(sides)
        _watch(sides)
    except Stopping:
        console.print("正在停止两座城市… Stopping both cities…")
        return 0
    except (Failed, OSError) as error:
        console.print(f"[bold red]{error}[/]", soft_wrap=True)
        return 1
    finally:
        ignore_signals()  # a second Ctrl-C leaves nothing behind
        for side in sides:
            if side.process is not None and side.process.poll() is None:
                side.process.terminate()  # both at once; then wait for each
        begun = any(side.process is not None for side in sides)
        for side in sides:
            side.stop()
        if begun:
            console.print("已停止，数据都在。 Stopped; nothing is lost.")
    return 1


def _start(sides: list[Side]) -> None:
    began = time.monotonic()
    for side in sides:
        _refuse_taken(side)
    first = not all((side.folder / "demo.json").exists() for side in sides)
    console.print(
        "正在启动两座城市"
        + ("，首次要建两个数据库、装两座城市，一到三分钟" if first else "")
        + "… Starting two cities"
        + ("; the first time takes one to three minutes…" if first else "…"),
        soft_wrap=True,
    )
    for side in sides:
        side.start()
    for side in sides:
        _wait(side, sides)
    for line in bordering.introduce(sides):
        console.print(f"  {line}", soft_wrap=True)
    _greet(sides, time.monotonic() - began)


def _refuse_taken(side: Side) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", side.port))
        except OSError as error:
            raise Failed(
                f"端口 {side.port} 已被占用（{side.place.title}），请另选，如 PORT=9000（用到 9000 和 9001）。 "
                f"Port {side.port} is taken; choose another, as PORT=9000 (9000 and 9001 are used)."
            ) from error


def _wait(side: Side, sides: list[Side]) -> None:
    end = time.monotonic() + PATIENCE
    while not side.ready():
        for one in sides:
            if one.ended():
                raise Failed(f"{one.place.title} 没有启动。 It did not start:\n{one.told()}")
        if time.monotonic() > end:
            raise Failed(f"{side.place.title} 没有就绪。 It is not ready; see {side.folder / 'logs'}.")
        time.sleep(0.2)


def _watch(sides: list[Side]) -> None:
    while True:
        for side in sides:
            if side.ended():
                raise Failed(f"{side.place.title} 已停止。 It has stopped:\n{side.told()}")
        time.sleep(0.5)


def _greet(sides: list[Side], seconds: float) -> None:
    """A browser keeps one sign-in for each host name, whatever the port: so the second city is shown under another."""
    console.print(f"\n[bold]两座城市 Two cities[/]   （用时 {seconds:.0f} 秒 started in {seconds:.0f} s）")
    for side, host in zip(sides, ("127.0.0.1", "localhost"), strict=True):
        console.print(
            f"  [bold]{side.place.title}[/]  [bold cyan]http://{host}:{side.port}[/]", soft_wrap=True
        )
        accounts = side.folder / "demo-accounts.txt"
        for line in accounts.read_text().splitlines()[1:] if accounts.exists() else ():
            if line.split()[0] in bordering.SHOWN:
                console.print(f"    {line.strip()}", soft_wrap=True)
    for line in bordering.WAY:
        console.print(f"  {line}", soft_wrap=True)
    console.print(f"  其余账号 other accounts: {sides[0].folder.parent}/*/demo-accounts.txt", soft_wrap=True)
    console.print(f"  命令 commands: {bordering.hint(sides[0])}", soft_wrap=True)
    console.print(f"  数据与日志 Data and logs {sides[0].folder.parent}   按 Ctrl-C 停止 Ctrl-C stops\n")
