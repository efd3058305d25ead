"""`zhili gateway`: what devices say is collected and judged, in two processes of their own."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from zhili.conf.site import Busy, check_port
from zhili.conf.supervise import ProcessChild, Stopping, Supervisor, ignore_signals, on_signals

PARTS = ("collect", "judge")


def children(
    env: Mapping[str, str], logs: Path, broker: bool, urls: list[str] | None = None
) -> list[ProcessChild]:
    """Both processes, to be supervised: one that only listens and stores, one that only judges."""
    base = [sys.executable, "-m", "zhili", "gateway", "--only"]
    more = ["--broker"] if broker else []
    for url in urls or []:
        more += ["--mqtt", url]
    return [
        ProcessChild("gateway", [*base, "collect", *more], env, logs / "gateway.log"),
        ProcessChild("judge", [*base, "judge"], env, logs / "judge.log"),
    ]


def collect(urls: list[str], broker: bool) -> int:
    """Listen and store until told to stop."""
    from zhili.core.signals.gateway.options import from_environment
    from zhili.core.signals.gateway.running import run

    run(from_environment(urls, broker))
    return 0


def judge() -> int:
    """Judge what has come until told to stop."""
    from zhili.core.signals.judge.judging_run import run

    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    run(stop)
    return 0


def both(urls: list[str], broker: bool, tell: Callable[[str], None]) -> int:
    """The two under one supervisor, their logs in the home."""
    from zhili.conf.home import home

    on_signals()
    supervisor = Supervisor(tell, lambda pids: None)
    try:
        for child in children(os.environ, home() / "logs", broker, urls):
            supervisor.add(child)
        tell(f"采集与研判已启动，日志在 {home() / 'logs'}。 Collecting and judging; Ctrl-C stops.")
        supervisor.watch()
    except Stopping:
        return 0
    finally:
        ignore_signals()
        supervisor.stop()
    return 0


def taken(broker: bool) -> list[str]:
    """In words, the ports somebody else holds: the site starts all the same, and the gateway goes on trying."""
    from zhili.core.signals.gateway.options import from_environment

    try:
        options = from_environment(embedded=broker)
    except ValueError as error:
        return [str(error)]
    found = []
    for name, what, port in (
        ("ZHILI_GATEWAY_HTTP", "设备 HTTP", options.http_port),
        ("ZHILI_GATEWAY_WATCH", "手表 TCP", options.watch_port),
        ("ZHILI_BROKER_PORT", "MQTT", options.embedded_port),
    ):
        try:
            if port:
                check_port(options.host, port)
        except Busy:
            found.append(
                f"{what} 端口 {port} 已被占用：设备暂时不能由此接入，空出后自动恢复；要换一个请设 {name}。 "
                f"Port {port} for devices is taken; tried again by itself, or choose another with {name}."
            )
    return found
