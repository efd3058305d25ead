"""Small files and mappings for the tests of imports."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from zhili.core.cases.importing import mapping, running
from zhili.core.cases.models import Origin

HEAD = ["编号", "类型", "标题", "上报时间", "答复时间", "答复", "办结时间"]
MAPPING = """\
source = "市民热线"
procedure = "citizen_reports.report"

[columns]
id = "编号"
category = "类型"
title = "标题"
opened = "上报时间"
answered = "答复时间"
answer = "答复"
closed = "办结时间"

[time]
formats = ["%Y-%m-%d %H:%M:%S"]

[category]
others = "create"
prefix = "rx"
"""


def line(number: int, **changes: str) -> list[str]:
    """One request: opened that day of March 2024, answered two days later, closed on the third."""
    day = number % 25 + 1
    given = {
        "编号": f"RX{number:05}",
        "类型": ("噪声", "道路")[number % 2],
        "标题": f"第{number}件，路灯不亮",
        "上报时间": f"2024-03-{day:02} 08:00:00",
        "答复时间": f"2024-03-{day + 2:02} 08:00:00",
        "答复": "已修好。",
        "办结时间": f"2024-03-{day + 3:02} 08:00:00",
    } | changes
    return [given[name] for name in HEAD]


def text(lines: list[list[str]], head: list[str] | None = None) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head or HEAD)
    writer.writerows(lines)
    return out.getvalue()


def save(folder: Path, lines: list[list[str]], encoding: str = "utf-8", name: str = "事项.csv") -> Path:
    path = folder / name
    path.write_bytes(text(lines).encode(encoding))
    return path


def run(path: Path, words: str = MAPPING, **options) -> running.Outcome:
    return running.run(path, mapping.parse(words, "map.toml"), **options)


def side(path: Path) -> list[dict[str, str]]:
    """The rows of the side file."""
    found = path.with_name(path.name + ".rejected.csv")
    return list(csv.DictReader(found.read_text("utf-8-sig").splitlines())) if found.exists() else []


def there() -> list[str]:
    """The ids that are in, in order."""
    return sorted(Origin.objects.values_list("external_id", flat=True))
