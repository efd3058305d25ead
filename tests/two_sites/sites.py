"""Two cities made for a test: Pinghu and Jinshan, each a real site of its own, a cutting line each way between them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.soak.city import ROOT, City
from tests.two_sites.line import Line
from zhili.conf import testing
from zhili.conf.accounts import server_user
from zhili.conf.pgfiles import cluster_folder
from zhili.conf.postgres import DATABASE, SUPERUSER, TEST_SETTINGS, Cluster

NAMES = ("pinghu", "jinshan")
SITES = {"pinghu": "pinghu.jiaxing", "jinshan": "jinshan.shanghai"}
SEED = int(os.environ.get("ZHILI_TWO_SITES_SEED", "7"))
"""Of everything drawn by chance: the same seed draws the same faults in the same order."""


class Side(City):
    """One of the two. Others reach it by its ``line``; its own people by its port."""

    def __init__(self, name: str, home: Path, seed: int) -> None:
        super().__init__(home)
        self.name, self.site = name, SITES[name]
        self.line = Line(name, self.port, seed)
        self.prepared: dict[str, Any] = {}
        self.env |= {
            "ZHILI_DEMO": "0",
            "ZHILI_DEMO_CITY": name,
            "ZHILI_URL": self.url,
            "ZHILI_EXCHANGE_SITE": self.site,
            "ZHILI_EXCHANGE_TITLE": name,
            "ZHILI_TRAIL_ORIGIN": f"{self.site}/trail",
            "ZHILI_TRAIL_HEAD_SECONDS": "3",
            "ZHILI_TESTING": "1",  # static files are not packed for browsers
        }

    @property
    def url(self) -> str:
        """Where the other site reaches this one."""
        return f"http://127.0.0.1:{self.line.port}"

    @property
    def near(self) -> str:
        """Where its own people reach it: no fault is on their line."""
        return f"http://127.0.0.1:{self.port}"

    def module(self, name: str, given: Any = None, owner: bool = True) -> Any:
        """Run a module of this folder with the site's settings; JSON in, JSON out."""
        with self.module_begun(name, given, owner) as process:
            out, err = process.communicate(json.dumps(given), timeout=300)
        assert process.returncode == 0, err[-4000:]
        return json.loads(out)

    def module_begun(self, name: str, given: Any = None, owner: bool = True) -> subprocess.Popen[str]:
        from zhili.conf.postgres import OWNER

        more = {"DATABASE_URL": self.database(OWNER), "ZHILI_DB_POOL": "0"} if owner else {}
        return subprocess.Popen(
            [sys.executable, "-m", f"tests.two_sites.{name}"],
            env=self.env | more,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )


class Pair:
    """Both sites, in the order of NAMES."""

    def __init__(self, folder: Path, seed: int = SEED) -> None:
        self.folder, self.seed = folder, seed
        self.sides = tuple(Side(name, folder / name, seed + n) for n, name in enumerate(NAMES))

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(side.line for side in self.sides)

    def other(self, side: Side) -> Side:
        return next(one for one in self.sides if one is not side)

    def prepare(self) -> None:
        """Tables once, copied; then two cities that know one another, each made in one process beside the other."""
        first, second = self.sides
        if (server := testing.pristine()) is not None:
            _copy_cluster(server, first.home)
        else:
            done = first.command("migrate", "--quiet")
            assert done.returncode == 0, done.stderr
        # `cp -a` keeps the owner: as root the cluster belongs to a user of its own
        subprocess.run(["cp", "-a", str(first.home), str(second.home)], check=True)
        meeting = self.folder / "meeting"
        meeting.mkdir(exist_ok=True)
        given = {
            "meeting": str(meeting),
            "sites": {s.name: {"site": s.site, "url": s.url} for s in self.sides},
        }
        begun = [side.module_begun("prepare", owner=False) for side in self.sides]
        for process in begun:
            assert process.stdin is not None
            process.stdin.write(json.dumps(given))
            process.stdin.close()
            process.stdin = None
        for side, process in zip(self.sides, begun, strict=True):
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, err[-4000:]
            side.prepared = json.loads(out)

    def start(self) -> None:
        """Both at once."""
        for side in self.sides:
            side.begin()
        for side in self.sides:
            side.wait_ready()

    def halt(self) -> None:
        for side in self.sides:
            side.halt()
            side.line.close()


def _copy_cluster(server: Cluster, home: Path) -> None:
    """The tables of the test database as it was made, as the database of a new home."""
    home.mkdir()
    (home / "logs").mkdir()
    user = server_user()
    if user is not None:
        os.chown(home, -1, user.gid)
        home.chmod(0o710)
    cluster = Cluster(cluster_folder(home, user), server.programs, user, TEST_SETTINGS)
    cluster._prepare_folders()
    cluster._run(
        server.programs.path("pg_basebackup"), "-h", str(server.sockets), "-U", SUPERUSER, "-D", str(cluster.data),
        "-X", "fetch", "--checkpoint=fast", "--no-sync", "--no-manifest",
    )  # fmt: skip
    cluster.start()
    try:
        with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            others = (
                "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN ('postgres', %s)"
            )
            for (name,) in connection.execute(others, [testing.PRISTINE]).fetchall():
                connection.execute(f"DROP DATABASE {name}")
            connection.execute(f"ALTER DATABASE {testing.PRISTINE} RENAME TO {DATABASE}")
    finally:
        cluster.stop()


@contextmanager
def made_pair(seed: int = SEED) -> Iterator[Pair]:
    """Two prepared, running sites; thrown away afterwards, whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix="zp-", dir="/tmp"))
    folder.chmod(0o755)
    pair = Pair(folder, seed)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if kept := os.environ.get("ZHILI_SOAK_KEEP"):
            stack.callback(_keep, folder, Path(kept))
        stack.callback(pair.halt)
        began = time.monotonic()
        pair.prepare()
        prepared = time.monotonic()
        pair.start()
        print(f"prepared in {prepared - began:.1f} s, started in {time.monotonic() - prepared:.1f} s")
        yield pair


def _keep(folder: Path, where: Path) -> None:
    shutil.copytree(folder, where, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run", "*.lock"))
