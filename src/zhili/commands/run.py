"""`zhili run`: a whole site on one machine, in one terminal."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from zhili.commands import gateway
from zhili.conf.database import is_private, link_cluster, owner_url, private_cluster, runtime_url
from zhili.conf.home import home, secret_key
from zhili.conf.postgres import PostgresError, die_with_parent
from zhili.conf.site import (
    Busy,
    check_port,
    clear_state,
    end_leftovers,
    lock_home,
    prepare_home,
    write_state,
)
from zhili.conf.supervise import (
    DatabaseChild,
    ProcessChild,
    Stopping,
    Supervisor,
    ignore_signals,
    on_signals,
)

console = Console(highlight=False)
DEMO_MARK = "demo.json"  # {"state": "loading" | "loaded" | "off"} in the home


class Failed(RuntimeError):
    """A step of the start failed; the message is for people."""


def run(host: str, port: int, server: str, workers: int, demo: bool) -> int:
    """Run until told to stop. Returns the exit code: 0 stopped, 1 failed, 3 home or port is taken."""
    on_signals()
    try:
        prepare_home()
        with lock_home():
            left = end_leftovers()
            if left:
                console.print(
                    f"上次没有正常停下，已清理。 Cleaned up after an unclean stop: {', '.join(left)}."
                )
            check_port(host, port)
            return _run_site(host, port, server, workers, demo)
    except Stopping:
        return 0
    except Busy as busy:
        console.print(f"[bold red]{busy}[/]", soft_wrap=True)
        return 3
    except (Failed, PostgresError, RuntimeError, OSError) as error:
        console.print(f"[bold red]{error}[/]", soft_wrap=True)
        return 1


def _run_site(host: str, port: int, server: str, workers: int, demo: bool) -> int:
    supervisor = Supervisor(_say, lambda children: write_state(host, port, children))
    try:
        _start(supervisor, host, port, server, workers, demo)
        supervisor.watch()
    except Stopping:
        _say("正在停止… Stopping…")
        return 0
    finally:
        ignore_signals()  # a second Ctrl-C does not leave children behind
        supervisor.stop()
        clear_state()
        _say("已停止，数据都在。 Stopped; nothing is lost.")
    return 0


def _start(supervisor: Supervisor, host: str, port: int, server: str, workers: int, demo: bool) -> None:
    began = time.monotonic()
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "zhili.conf.settings",
        "ZHILI_HOME": str(home()),
        "ZHILI_SECRET_KEY": secret_key(),
        "ZHILI_BIND": host,
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    # The start has its own words for people; the rest is for the logs.
    quiet = {"ZHILI_LOG_LEVEL": "ERROR", "ZHILI_QUIET": "1"}
    env.pop("ZHILI_OWNER_URL", None)  # the service does not know the owner's address
    owner_env = env | quiet | {"ZHILI_OWNER_URL": owner_url()}
    if is_private():
        cluster = private_cluster(create_user=True)
        if not (cluster.data / "PG_VERSION").exists():
            _say("正在建立数据库… Making the database…")
        link_cluster(cluster)
        cluster.initialise()
        supervisor.add(DatabaseChild(cluster, _say))
        cluster.ensure_roles()
        cluster.ensure_database()
    env["DATABASE_URL"] = runtime_url()
    owner_env["DATABASE_URL"] = runtime_url()
    _once(owner_env, "migrate", "--quiet")
    _demo(owner_env, demo)
    logs = home() / "logs"
    supervisor.add(
        ProcessChild("worker", [sys.executable, "-m", "zhili", "worker"], env, logs / "worker.log")
    )
    supervisor.add(ProcessChild("web", _web_command(server, workers, host, port), env, logs / "web.log"))
    _wait_until_ready(supervisor, host, port)
    _gateway(supervisor, env, host)
    _greet(host, port, time.monotonic() - began)


def _gateway(supervisor: Supervisor, env: dict[str, str], host: str) -> None:
    """Collecting and judging, after the pages are there: nobody waits for them at the screen.

    A broker comes along only where no other is named and all is on this machine: it keeps what it has in memory.
    """
    if os.environ.get("ZHILI_GATEWAY") == "0":
        return
    broker = not os.environ.get("ZHILI_MQTT") and is_private() and host in ("127.0.0.1", "localhost", "::1")
    for line in gateway.taken(broker):
        _say(f"[yellow]{line}[/]")
    for child in gateway.children(env, home() / "logs", broker):
        supervisor.add(child)


def _web_command(server: str, workers: int, host: str, port: int) -> list[str]:
    if server == "uvicorn":
        return [sys.executable, "-m", "zhili.conf.web"]
    threads = os.environ.get("ZHILI_THREADS", "8")
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", threads, "--backlog", "2048", "--no-ws",
        "--workers-kill-timeout", "10", "--log-level", "warning",
        "--respawn-failed-workers", "--respawn-interval", "0.5",  # one that dies does not take the others along
        "zhili.conf.wsgi:application",
    ]  # fmt: skip


def _once(env: dict[str, str], *arguments: str) -> None:
    """Run another `zhili` command to its end, in this terminal."""
    process = subprocess.Popen(
        [sys.executable, "-m", "zhili", *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(15),
    )
    try:
        code = process.wait()
    except Stopping:
        process.terminate()
        process.wait()
        raise
    if code:
        raise Failed(f"zhili {arguments[0]} 没有成功，见上。 `zhili {arguments[0]}` failed; see above.")


# ---- the demo city


def _demo(env: dict[str, str], wanted: bool) -> None:
    """Load the demo city into a database that has just been made; start over when that was interrupted."""
    mark = home() / DEMO_MARK
    state = json.loads(mark.read_text())["state"] if mark.exists() else None
    if state in ("loaded", "off") or find_spec("zhili.demo") is None:
        return
    if not wanted:
        _mark(mark, "off")
        return
    _mark(mark, "loading")
    _once(env, "demo", *(["--reset", "--yes"] if state == "loading" else []))
    _mark(mark, "loaded")


def _mark(mark: Path, state: str) -> None:
    """Whole or not at all: half a mark would keep the site from ever starting again."""
    draft = mark.with_suffix(".new")
    draft.write_text(json.dumps({"state": state}))
    draft.replace(mark)


# ---- telling people


def _say(line: str) -> None:
    console.print(line, soft_wrap=True)


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - for showing only
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _wait_until_ready(supervisor: Supervisor, host: str, port: int, patience: float = 60.0) -> None:
    """Until /readyz says so, or say what it lacks; the site then goes on trying."""
    url = f"{_address(host, port)}/readyz"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + patience
    answer = ""
    while time.monotonic() < end:
        try:
            with opener.open(url, timeout=5):
                break
        except urllib.error.HTTPError as error:
            answer = error.read().decode(errors="replace")
        except OSError as error:
            answer = str(error)
        supervisor.check()
        time.sleep(0.1)
    else:
        _say(f"[yellow]尚未就绪：{answer}；见 {home() / 'logs'}。 Not ready yet; see the logs.[/]")
        return
    with suppress(
        OSError
    ):  # so that the first visitor does not wait for what is only loaded when it is needed
        opener.open(_address(host, port), timeout=30).close()


def _greet(host: str, port: int, seconds: float) -> None:
    base = _address(host, port)
    _say(
        f"\n[bold]治理 Zhili[/]  [bold cyan]{base}[/]   （用时 {seconds:.1f} 秒 started in {seconds:.1f} s）"
    )
    _say(
        f"  居民 Residents   {base}/      办事 Offices   {base}/desk      接口 API   {base}/api/v1/openapi.json"
    )
    for line in _accounts():
        _say(f"  {line}")
    _say(f"  数据 Data {home()}   日志 Logs {home() / 'logs'}   按 Ctrl-C 停止 Ctrl-C stops\n")


def _accounts() -> list[str]:
    """The demo accounts, as `zhili demo` left them in the home."""
    file = home() / "demo-accounts.txt"
    mark: Path = home() / DEMO_MARK
    if not mark.exists() or "loaded" not in mark.read_text() or not file.exists():
        return []
    return file.read_text().splitlines()
