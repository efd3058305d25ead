"""One home, one running site: the folder, its lock, and who runs in it."""

import contextlib
import errno
import fcntl
import json
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from zhili.conf.accounts import may_enter, server_user
from zhili.conf.home import home


class Busy(RuntimeError):
    """Another process runs this home, or holds the port; the message is for people."""


def prepare_home() -> Path:
    """Make the data folder. As root, its group may pass through, so that the database's user reaches its part."""
    folder = home()
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise RuntimeError(
            f"不能在 {folder} 存放数据（{error.strerror}），请用 ZHILI_HOME 指定别处。 "
            f"Cannot keep data in {folder} ({error.strerror}); choose another place with ZHILI_HOME."
        ) from error
    user = server_user(create=True)
    if user and (made or not may_enter(folder, user)):
        os.chown(folder, -1, user.gid)
        folder.chmod(0o710)
    return folder


class Refused(RuntimeError):
    """A command will not go on; the message is for people."""


class HomeLock:
    """Held for as long as a site runs; the system releases it even after kill -9."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> "HomeLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)


def lock_home() -> HomeLock:
    """Take the home, or raise Busy saying who has it."""
    descriptor = os.open(home() / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            raise
        running = read_state()
        where = f"http://{running['host']}:{running['port']}" if running.get("port") else "…"
        raise Busy(
            f"这个数据目录（{home()}）已有一套在运行：进程 {running.get('pid', '?')}，{where}。"
            "要再开一套，请另设 ZHILI_HOME 和 PORT。\n"
            f"A site already runs on {home()}: process {running.get('pid', '?')}, {where}. "
            "For a second one set another ZHILI_HOME and PORT."
        ) from None
    return HomeLock(descriptor)


def check_port(host: str, port: int) -> None:
    """Raise Busy when somebody else listens on host:port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                zh, en = f"端口 {port} 已被占用", f"Port {port} is taken"
            elif error.errno == errno.EACCES:
                zh, en = f"没有权限使用端口 {port}", f"Port {port} is not allowed for this user"
            else:
                zh, en = f"不能在 {host}:{port} 监听（{error.strerror}）", f"Cannot listen on {host}:{port}"
            raise Busy(
                f"{zh}，请换一个，例如 PORT={port + 1} make run。\n{en}; choose another, "
                f"for example PORT={port + 1} make run."
            ) from None


# ---- who runs: written by the supervisor, read by the next one and by `zhili doctor`


def _state_file() -> Path:
    return home() / "run.json"


def read_state() -> dict[str, Any]:
    try:
        return dict(json.loads(_state_file().read_text()))
    except (OSError, ValueError):
        return {}


def write_state(host: str, port: int, children: dict[str, int]) -> None:
    """Note our children with their start times, to tell them from reused process ids later."""
    entries = []
    for name, pid in children.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            entries.append({"name": name, "pid": pid, "created": psutil.Process(pid).create_time()})
    draft = _state_file().with_suffix(".new")
    draft.write_text(json.dumps({"pid": os.getpid(), "host": host, "port": port, "children": entries}))
    draft.replace(_state_file())


def clear_state() -> None:
    _state_file().unlink(missing_ok=True)


def end_leftovers(patience: float = 15.0) -> list[str]:
    """End children of a supervisor that was killed (on Linux they end by themselves; this waits). Needs the lock."""
    left = []
    for entry in read_state().get("children", []):
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(entry["pid"])
            if abs(process.create_time() - entry["created"]) < 1:
                process.terminate()
                left.append((entry["name"], process))
    _, alive = psutil.wait_procs([process for _, process in left], timeout=patience)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=5)
    return [name for name, _ in left]
