"""What this process has seen since it began, for /metrics and /healthz. Nothing here is of any one device."""

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counts:
    """Plain numbers, changed in the event loop only."""

    received: Counter[str] = field(default_factory=Counter)  # by channel
    accepted: Counter[str] = field(default_factory=Counter)  # by channel
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)  # by channel and reason
    undecoded: Counter[str] = field(default_factory=Counter)  # by channel
    turned_away: Counter[str] = field(default_factory=Counter)  # connections, by reason
    batches: int = 0
    waiting: int = 0  # messages taken in and not yet durable
    away_since: float | None = None  # monotonic; since when nothing could be stored
    lag: float = 0.0  # seconds from receipt to durable, the oldest message of the last batch
    state: dict[str, str] = field(default_factory=dict)  # listener → "ok" or what is wrong
    began: float = field(default_factory=time.monotonic)

    def away(self) -> float:
        """Seconds since when nothing could be stored; 0 while all is well."""
        return 0.0 if self.away_since is None else time.monotonic() - self.away_since


def healthy(counts: Counts) -> tuple[bool, dict[str, str]]:
    """Whether all listeners listen and the store stores, and each part's own word."""
    store = "ok" if counts.away_since is None else f"nothing stored for {counts.away():.0f} s"
    report = {"store": store, **counts.state}
    return all(value == "ok" for value in report.values()), report


def prometheus(counts: Counts) -> str:
    """The text format of Prometheus, version 0.0.4."""
    lines: list[str] = []

    def metric(name: str, kind: str, rows: list[tuple[str, float]]) -> None:
        lines.append(f"# TYPE zhili_gateway_{name} {kind}")
        lines.extend(f"zhili_gateway_{name}{labels} {value:g}" for labels, value in rows)

    def by(counter: Counter[str], label: str) -> list[tuple[str, float]]:
        return [(f'{{{label}="{key}"}}', number) for key, number in sorted(counter.items())]

    metric("messages_total", "counter", by(counts.received, "channel"))
    metric("accepted_total", "counter", by(counts.accepted, "channel"))
    refused = sorted(counts.refused.items())
    metric("refused_total", "counter", [(f'{{channel="{c}",why="{w}"}}', n) for (c, w), n in refused])
    metric("undecoded_total", "counter", by(counts.undecoded, "channel"))
    metric("turned_away_total", "counter", by(counts.turned_away, "why"))
    metric("batches_total", "counter", [("", counts.batches)])
    metric("waiting", "gauge", [("", counts.waiting)])
    metric("lag_seconds", "gauge", [("", counts.lag)])
    metric("store_away_seconds", "gauge", [("", counts.away())])
    state = sorted(counts.state.items())
    metric("listening", "gauge", [(f'{{listener="{name}"}}', float(said == "ok")) for name, said in state])
    return "\n".join(lines) + "\n"
