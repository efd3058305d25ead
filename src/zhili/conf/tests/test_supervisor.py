"""Children are kept running, and none is left behind."""

import errno
import sys
import time
from pathlib import Path

import psutil

from zhili.conf.supervise import ProcessChild, Supervisor


def child(name: str, code: str, folder: Path) -> ProcessChild:
    return ProcessChild(
        name, [sys.executable, "-c", code], {"PATH": "/usr/bin"}, folder / f"{name}.log", patience=5
    )


def keep_checking(supervisor: Supervisor, until, patience: float = 15.0) -> None:
    end = time.monotonic() + patience
    while not until():
        assert time.monotonic() < end
        supervisor.check()
        time.sleep(0.02)


def test_a_child_that_dies_is_started_again_after_a_growing_delay(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, lambda children: None)
    supervisor.add(child("short", "raise SystemExit(7)", tmp_path))
    keep_checking(supervisor, lambda: len(said) >= 3)
    supervisor.stop()
    assert "short 已退出（7），0.5 秒后重新启动" in said[0]
    assert "1 秒后" in said[1]
    assert "2 秒后" in said[2]


def test_stopping_ends_the_children_in_the_opposite_order(tmp_path: Path) -> None:
    note = tmp_path / "order"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(note)!r}, 'a').write(NAME + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"open({str(tmp_path)!r} + '/' + NAME, 'w').close()\n"
        "time.sleep(60)\n"
    )
    supervisor = Supervisor(lambda line: None, lambda children: None)
    for name in ("database", "worker", "web"):
        supervisor.add(child(name, code.replace("NAME", repr(name)), tmp_path))
    keep_checking(
        supervisor, lambda: all((tmp_path / name).exists() for name in ("database", "worker", "web"))
    )
    supervisor.stop()
    assert note.read_text().split() == ["web", "worker", "database"]


def test_a_child_deaf_to_sigterm_is_killed_with_its_own_children(tmp_path: Path) -> None:
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "below = subprocess.Popen([sys.executable, '-c', 'import signal, time; time.sleep(60)'])\n"
        f"open({str(tmp_path / 'pids')!r}, 'w').write(str(below.pid) + ' ')\n"
        "time.sleep(60)\n"
    )
    deaf = ProcessChild(
        "deaf", [sys.executable, "-c", code], {"PATH": "/usr/bin"}, tmp_path / "log", patience=0.3
    )
    supervisor = Supervisor(lambda line: None, lambda children: None)
    supervisor.add(deaf)
    pids = tmp_path / "pids"
    keep_checking(supervisor, lambda: pids.exists() and pids.read_text().endswith(" "))
    below = psutil.Process(int(pids.read_text()))
    supervisor.stop()
    assert below.wait(5) is None or not below.is_running()


def test_what_a_killed_child_had_started_is_gone_before_it_starts_again(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "below = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(tmp_path / 'pids')!r}, 'a').write(str(below.pid) + '\\n')\n"
        "time.sleep(60)\n"
    )
    one = ProcessChild("one", [sys.executable, "-c", code], {"PATH": "/usr/bin"}, tmp_path / "log")
    supervisor = Supervisor(lambda line: None, lambda children: None)
    supervisor.add(one)
    pids = tmp_path / "pids"
    keep_checking(supervisor, lambda: pids.exists() and pids.read_text().count("\n") == 1)
    below = psutil.Process(int(pids.read_text()))
    psutil.Process(one.pid).kill()
    keep_checking(supervisor, lambda: pids.read_text().count("\n") == 2)
    psutil.wait_procs([below], timeout=5)
    assert not below.is_running()
    supervisor.stop()


def test_a_full_log_is_turned_and_the_child_writes_on(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("zhili.conf.supervise.LOG_LIMIT", 10)
    supervisor = Supervisor(lambda line: None, lambda children: None)
    one = child(
        "talker", "import time\nwhile True:\n    print('x' * 50, flush=True); time.sleep(0.05)", tmp_path
    )
    supervisor.add(one)
    keep_checking(supervisor, lambda: one.log.stat().st_size > 10)
    supervisor._turn_logs()
    kept = (tmp_path / "talker.log.1").stat().st_size
    keep_checking(supervisor, lambda: one.log.stat().st_size > 0)
    supervisor.stop()
    assert kept > 10
    assert b"\0" not in one.log.read_bytes()


def test_a_full_disk_stops_neither_the_children_nor_their_keeper(tmp_path: Path, monkeypatch) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("zhili.conf.supervise.LOG_LIMIT", 10)
    monkeypatch.setattr("zhili.conf.supervise.shutil.copyfile", full)
    said: list[str] = []
    supervisor = Supervisor(said.append, full)
    one = child("talker", "print('x' * 50, flush=True); import time; time.sleep(60)", tmp_path)
    supervisor.add(one)
    keep_checking(supervisor, lambda: one.log.stat().st_size > 10)
    supervisor._turn_logs()
    assert one.log.stat().st_size == 0
    assert one.poll() is None
    assert len(said) == 2
    supervisor.stop()
