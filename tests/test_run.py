"""`zhili run` as an operator meets it: start, stop, start again, and what goes wrong in between.

One home for all tests of this file, so that it is made and started few times; any test can run alone.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.running import SOURCE, Site, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home_site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="zr-", dir="/tmp"))
    folder.chmod(0o755)
    site = Site(folder / "home")
    yield site
    site.halt()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def site(home_site: Site) -> Iterator[Site]:
    """The home, stopped."""
    home_site.halt()
    yield home_site
    home_site.halt()


@pytest.fixture
def running(home_site: Site) -> Site:
    """The home, running: left so by the test before, or started."""
    if home_site.process is None or home_site.process.poll() is not None:
        home_site.start()
    return home_site


def gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def test_it_starts_and_serves(running: Site) -> None:
    assert running.get("/healthz") == (200, "ok\n")
    assert running.get("/")[0] == 200
    assert running.get("/no-such-page")[0] == 404
    until(lambda: f"http://127.0.0.1:{running.port}" in running.told(), 10, "the address to be printed")


def test_a_second_run_on_the_same_home_is_refused_in_words(running: Site) -> None:
    second = running.command("run", port=running.port + 1)
    assert second.returncode == 3
    assert "已有一套在运行" in second.stdout
    assert "already runs" in second.stdout
    assert running.ready()


def test_doctor_finds_a_running_site_well(running: Site) -> None:
    seen = running.command("doctor")
    assert "worker: ok" in seen.stdout
    assert "运行角色不能改写记录" in seen.stdout
    assert seen.returncode == 0, seen.stdout + seen.stderr


def test_a_web_process_that_dies_is_started_again_and_said_so(running: Site) -> None:
    web = running.child("zhili.conf.web")
    web.kill()
    until(lambda: gone([web]), 10, "the web process to die")
    until(running.ready, 60, "the site to come back")
    assert "web 已退出" in running.told()


def test_a_database_that_is_killed_comes_back_under_the_same_site(running: Site) -> None:
    running.child("bin/postgres").kill()
    until(lambda: "database 已退出" in running.told(), 30, "the loss to be noticed")
    until(running.ready, 60, "the site to come back")
    assert running.get("/")[0] == 200


def test_it_stops_without_leaving_a_process_and_starts_again_quickly_with_nothing_lost(running: Site) -> None:
    made = running.command("user", "create", "keeper", "--name", "王管事", text="a-long-enough-word-7\n")
    assert made.returncode == 0, made.stderr
    family = running.family()
    assert len(family) >= 3
    assert running.stop(signal.SIGTERM) == 0
    assert gone(family)
    assert not (running.home / "run.json").exists()
    assert "已停止" in running.told()

    seconds = running.start()
    again = running.command("user", "create", "keeper", text="a-long-enough-word-7\n")
    assert again.returncode == 1
    assert "已经有了" in again.stderr
    assert running.stop(signal.SIGINT) == 0
    # Other work on the machine is not the site's fault: the limit grows with the load on each core.
    crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert seconds < 10 * crowd, f"{seconds:.1f} s at a load of {crowd:.1f} on each core"


def test_a_busy_port_is_refused_in_words(site: Site) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = site.command("run", port=port)
    assert refused.returncode == 3
    assert f"端口 {port} 已被占用" in refused.stdout
    assert f"Port {port} is taken" in refused.stdout


def test_commands_by_hand_work_while_nothing_runs(site: Site) -> None:
    done = site.command("migrate")
    assert done.returncode == 0, done.stderr
    assert not (site.home / "pg" / "data" / "postmaster.pid").exists()


@pytest.mark.skipif(
    sys.platform != "linux", reason="not applicable: only Linux tells children of their parent's death"
)
def test_a_supervisor_that_is_killed_takes_its_children_along_and_the_next_start_copes(site: Site) -> None:
    site.start()
    family = site.family()
    site.stop(signal.SIGKILL)
    until(lambda: gone(family), 30, "the children to follow")
    # As after a crash of the machine: the file names a process that is by now somebody else's.
    stale = site.home / "pg" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n\n*\n")
    site.env["ZHILI_SERVER"] = "granian"  # the other server gets its proof in passing
    try:
        site.start()
        assert site.get("/")[0] == 200
        family = site.family()
        assert site.stop() == 0
        assert gone(family)
    finally:
        del site.env["ZHILI_SERVER"]


def _python_for_others() -> str:
    """A Python of this version that any user may run; the environment's own may lie in a closed home."""
    from zhili.conf.accounts import OsUser, may_reach

    nobody = pwd.getpwnam("nobody")
    other = OsUser(nobody.pw_name, nobody.pw_uid, nobody.pw_gid)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    if not (may_reach(SOURCE / "zhili", other) and may_reach(Path(packages) / "x", other)):
        pytest.skip("not applicable: the checkout lies in a folder that other users cannot enter")
    for candidate in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        real = Path(candidate).resolve()
        if real.exists() and may_reach(real, other) and may_reach(Path(candidate), other):
            return candidate
    pytest.skip(f"not applicable: no {name} that other users may run")


@pytest.mark.skipif(os.geteuid() != 0, reason="not applicable: these tests already run as an ordinary user")
def test_an_ordinary_user_can_run_it_too() -> None:
    python = _python_for_others()
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    nobody = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="zu-", dir="/tmp"))
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    try:
        extra = {
            "PYTHONPATH": f"{SOURCE}:{packages}",
            "HOME": str(folder),
            "USER": "nobody",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        site = Site(folder / "home", python, nobody.pw_uid, extra)
        site.start()
        owners = {process.username() for process in site.family()}
        assert owners == {"nobody"}
        assert site.stop() == 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_make_names_its_targets() -> None:
    listed = subprocess.run(
        ["make", "-s", "help"], cwd=SOURCE.parent, capture_output=True, text=True, check=True
    )
    for target in ("run", "test", "check", "bench", "soak", "clean"):
        assert f"make {target}" in listed.stdout
