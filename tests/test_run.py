"""`zhili run` as an operator meets it: start, stop, start again, and what goes wrong in between.

One home for all tests of this file: each test finds it stopped and leaves it stopped.
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

pytestmark = [pytest.mark.xdist_group("run"), pytest.mark.slow]


@pytest.fixture(scope="module")
def home_site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="zr-", dir="/tmp"))
    folder.chmod(0o755)
    yield Site(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def site(home_site: Site) -> Iterator[Site]:
    yield home_site
    if home_site.process is not None and home_site.process.poll() is None:
        home_site.stop()


def gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def test_it_starts_serves_and_stops_without_leaving_a_process(site: Site) -> None:
    site.start()
    assert site.get("/healthz") == (200, "ok\n")
    assert site.get("/")[0] == 200
    family = site.family()
    assert len(family) >= 3
    until(lambda: f"http://127.0.0.1:{site.port}" in site.told(), 10, "the address to be printed")
    assert site.stop(signal.SIGTERM) == 0
    assert gone(family)
    assert not (site.home / "run.json").exists()
    assert "已停止" in site.told()


def test_it_starts_again_in_under_ten_seconds_with_nothing_lost(site: Site) -> None:
    made = site.command("user", "create", "keeper", "--name", "王管事", text="a-long-enough-word-7\n")
    assert made.returncode == 0, made.stderr
    seconds = site.start()
    assert seconds < 10, f"{seconds:.1f} s"
    again = site.command("user", "create", "keeper", text="a-long-enough-word-7\n")
    assert again.returncode == 1
    assert "已经有了" in again.stderr
    assert site.stop(signal.SIGINT) == 0


def test_a_second_run_on_the_same_home_is_refused_in_words(site: Site) -> None:
    site.start()
    second = site.command("run", port=site.port + 1)
    assert second.returncode == 3
    assert "已有一套在运行" in second.stdout
    assert "already runs" in second.stdout
    assert site.ready()


def test_a_busy_port_is_refused_in_words(site: Site) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = site.command("run", port=port)
    assert refused.returncode == 3
    assert f"端口 {port} 已被占用" in refused.stdout
    assert f"Port {port} is taken" in refused.stdout


def test_a_web_process_that_dies_is_started_again_and_said_so(site: Site) -> None:
    site.start()
    web = site.child("zhili.conf.web")
    web.kill()
    until(lambda: gone([web]), 10, "the web process to die")
    until(site.ready, 60, "the site to come back")
    assert "web 已退出" in site.told()


def test_a_database_that_is_killed_comes_back_under_the_same_site(site: Site) -> None:
    site.start()
    database = site.child("bin/postgres")
    database.kill()
    until(lambda: "database 已退出" in site.told(), 30, "the loss to be noticed")
    until(site.ready, 60, "the site to come back")
    assert site.get("/")[0] == 200


@pytest.mark.skipif(
    sys.platform != "linux", reason="not applicable: only Linux tells children of their parent's death"
)
def test_a_supervisor_that_is_killed_takes_its_children_along_and_the_next_start_copes(site: Site) -> None:
    site.start()
    family = site.family()
    site.stop(signal.SIGKILL)
    until(lambda: gone(family), 30, "the children to follow")
    site.start()
    assert site.stop() == 0


def test_a_stale_postmaster_pid_of_somebody_elses_process_is_no_obstacle(site: Site) -> None:
    site.start()
    site.stop()
    stale = site.home / "pg" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n\n*\n")
    site.start()
    assert site.stop() == 0


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


def test_granian_serves_the_same_site(site: Site) -> None:
    site.env["ZHILI_SERVER"] = "granian"
    try:
        site.start()
        assert site.get("/")[0] == 200
        family = site.family()
        assert site.stop() == 0
        assert gone(family)
    finally:
        del site.env["ZHILI_SERVER"]


def test_doctor_finds_a_running_site_well(site: Site) -> None:
    site.start()
    seen = site.command("doctor")
    assert "worker: ok" in seen.stdout
    assert "运行角色不能改写记录" in seen.stdout
    assert seen.returncode == 0, seen.stdout + seen.stderr


def test_commands_by_hand_work_while_nothing_runs(site: Site) -> None:
    done = site.command("migrate")
    assert done.returncode == 0, done.stderr
    assert not (site.home / "pg" / "data" / "postmaster.pid").exists()


def test_make_names_its_targets() -> None:
    listed = subprocess.run(
        ["make", "-s", "help"], cwd=SOURCE.parent, capture_output=True, text=True, check=True
    )
    for target in ("run", "test", "check", "bench", "soak", "clean"):
        assert f"make {target}" in listed.stdout
