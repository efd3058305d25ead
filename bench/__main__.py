"""All benchmarks, one table: `make bench`, or `python -m bench [names]` for some of them.

Each runs in a process of its own, one after the other, and shows its details as it goes. The table says what must
be reached, what was measured and how it stands to that; it is kept in build/bench.json.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import machine
from bench.lines import RESULT, Line
from rich.console import Console
from rich.table import Table

PARTS = [
    "intake",
    "inbox",
    "citymap",
    "indicators",
    "importing",
    "locate",
    "sweep",
    "streams",
    "storing_signals",
    "screens",
    "sealing",
    "proving",
    "trailcost",
    "family",
    "city",
    "triage",
    "inspections",
    "visits",
    "decisions",
    "penalties",
    "wages",
    "signals",
    "exchange",
    "webhooks",
]
HERE = Path(__file__).parent
TOLD = {
    "locate": [
        re.compile(
            r"(?P<work>locate \w+) +(?P<measured>[\d,]+/s) +limit +(?P<target>[\d,]+/s).*ratio +(?P<ratio>[\d.]+)"
        )
    ],
    "indicators": [re.compile(r"(?P<work>city p95) (?P<measured>[\d.]+ ms) \(limit (?P<target>\d+)\)")],
}
"""How the parts that only print say what they measured."""


def main(names: list[str]) -> int:
    unknown = [name for name in names if not (HERE / f"{name}.py").exists()]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(_there())}")
        return 2
    began, load = time.strftime("%Y-%m-%d %H:%M"), machine.load()
    found: dict[str, list[Line]] = {name: _run(name) for name in names or _there()}
    _draw(found, f"{machine.line()}; {began}, load before {load:.1f}, after {machine.load():.1f}")
    _keep(found, began, load)
    return 0 if all(line.met for lines in found.values() for line in lines) else 1


def _there() -> list[str]:
    return [name for name in PARTS if (HERE / f"{name}.py").exists()]


def _run(name: str) -> list[Line]:
    """The lines of one part. One that fails or says nothing has a line that says so."""
    print(f"— {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "lines.json"
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", f"bench.{name}"],
            env=os.environ | {RESULT: str(result), "PYTHONUNBUFFERED": "1", "ZHILI_LOG_LEVEL": "ERROR"},
            stdout=subprocess.PIPE,
            text=True,
        )
        said = []
        for line in process.stdout or ():
            print(line, end="", flush=True)
            said.append(line)
        code = process.wait()
        if result.exists():
            return [Line(**one) for one in json.loads(result.read_text())]
    return _read(name, "".join(said), code) or [Line(name, "", "failed" if code else "done", "", code == 0)]


def _read(name: str, text: str, code: int) -> list[Line]:
    return [
        Line(
            found["work"], found["target"], found["measured"], found.groupdict().get("ratio") or "", code == 0
        )
        for pattern in TOLD.get(name, [])
        for found in pattern.finditer(text)
    ]


def _draw(found: dict[str, list[Line]], title: str) -> None:
    table = Table(title=title, title_justify="left", pad_edge=False)
    for heading, side in (
        ("work", "left"),
        ("must reach", "right"),
        ("measured", "left"),
        ("ratio", "right"),
        ("", "left"),
    ):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for lines in found.values():
        for line in lines:
            verdict = "[green]ok[/]" if line.met else "[bold red]missed[/]"
            table.add_row(line.work, line.target, line.measured, line.ratio, verdict)
        table.add_section()
    Console(width=max(120, Console().width)).print(table)


def _keep(found: dict[str, list[Line]], began: str, load: float) -> None:
    file = HERE.parent / "build" / "bench.json"
    file.parent.mkdir(exist_ok=True)
    parts = {name: [vars(line) for line in lines] for name, lines in found.items()}
    content = {"machine": machine.line(), "at": began, "load_before": load, "parts": parts}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
