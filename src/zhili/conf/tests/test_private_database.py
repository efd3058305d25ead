"""The private PostgreSQL: who may reach it, what is left over, where it lies."""

import os
import shutil
import subprocess
from pathlib import Path

import psutil
import psycopg
import pytest

from zhili.conf.accounts import OsUser, may_reach
from zhili.conf.pgfiles import SOCKET_LIMIT, cluster_folder, socket_folder
from zhili.conf.postgres import RUNTIME, stop_stray


def test_the_runtime_role_uses_tables_and_cannot_make_or_alter_them(
    runtime_connection: psycopg.Connection,
) -> None:
    assert runtime_connection.execute("SELECT current_user").fetchone() == (RUNTIME,)
    runtime_connection.execute("DELETE FROM runtime_heartbeat WHERE name = 'nobody'")
    for forbidden in (
        "CREATE TABLE x (a int)",
        "ALTER TABLE runtime_heartbeat ADD b int",
        "DROP TABLE runtime_heartbeat",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime_connection.execute(forbidden)


def test_a_folder_below_a_closed_one_is_out_of_reach(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = OsUser("stranger", 54321, 54321)
    assert not may_reach(closed / "data", stranger)
    assert may_reach(closed / "data", OsUser("me", os.geteuid(), os.getegid())) or os.geteuid() != 0
    assert may_reach(closed / "data", None)


def test_a_home_out_of_reach_gets_its_cluster_elsewhere(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = OsUser("stranger", 54321, 54321)
    moved = cluster_folder(closed / "home", stranger)
    assert moved.parent == Path("/var/lib/zhili/clusters")
    assert cluster_folder(closed / "home", None) == closed / "home" / "pg"


def test_a_long_path_gets_a_short_socket() -> None:
    assert socket_folder(Path("/var/lib/zhili/pg")) == Path("/var/lib/zhili/pg/run")
    long = socket_folder(Path("/home") / ("x" * 120) / "pg")
    assert len(str(long)) < SOCKET_LIMIT - 20
    assert long == socket_folder(Path("/home") / ("x" * 120) / "pg")


@pytest.mark.parametrize("content", ["999999999\n", "rubbish", "this process"])
def test_a_stale_pid_file_is_cleared(tmp_path: Path, content: str) -> None:
    file = tmp_path / "postmaster.pid"
    file.write_text(content.replace("this process", str(os.getpid())))
    stop_stray(tmp_path)
    assert not file.exists()


def test_no_old_server_process_goes_on_beside_a_new_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "postmaster.pid").write_text("999999999\n")  # its first process was killed
    other_site = tmp_path / "other"
    other_site.mkdir()
    program = shutil.copy(shutil.which("sleep") or "/bin/sleep", tmp_path / "postgres")
    left = subprocess.Popen([program, "60"], cwd=data)
    other = subprocess.Popen([program, "60"], cwd=other_site)
    try:
        stop_stray(data, patience=0.2)
        assert not psutil.pid_exists(left.pid)
        assert not (data / "postmaster.pid").exists()
        assert other.poll() is None
    finally:
        for process in (left, other):
            process.kill()
            process.wait()
