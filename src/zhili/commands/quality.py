"""The figures by category and month of opening, as tables of a terminal."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table

from zhili.core.indicators.measures import WITHIN
from zhili.core.indicators.quality import Pace, Quality, Report

ROWS = 60


def show(
    console: Console, report: Report, scenario: str | None = None, rows: int = ROWS, to: str | None = None
) -> None:
    """In all, by category, by month. Each row is about the cases opened in it, as they stand now.

    ``to``: days to "answer" or to "close"; when not said, to the answer where anything was answered.
    """
    from zhili.core.cases.routing import directory

    names = directory().names
    to = to or ("answer" if report.total.to_answer.count else "close")
    by_type = [
        (names.get((one.scenario, one.category), one.category) or "未分类 none", one.quality)
        for one in report.by_category
    ]
    by_month = [(f"{one.month:%Y-%m}", one.quality) for one in report.by_month]
    span = f"{report.first:%Y-%m} – {report.last:%Y-%m} 收到的事项 opened in these months {scenario or ''}"
    console.print(_table(span, [("全部 all", report.total)], to))
    console.print(_table("按类别 by category", by_type[:rows], to))
    console.print(_table("按月份 by month", by_month[-rows:], to))
    for left, what in ((len(by_type) - rows, "categories"), (len(by_month) - rows, "months")):
        if left > 0:
            console.print(
                f"… 另有 {left} 行未显示 {left} more {what}: zhili figures show --rows", style="dim"
            )


def _table(title: str, rows: Iterable[tuple[str, Quality]], to: str) -> Table:
    table = Table(
        title=title, title_justify="left", pad_edge=False, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("", min_width=9, overflow="fold")
    ended = "答复\nanswered" if to == "answer" else "办结\nclosed"
    heads = ["收到\nnumber", "了结率\nended", ended, "一半\np50", "九成\np90"]
    for head in (*heads, *(f"≤{days}天\n≤{days} d" for days in WITHIN), "重办率\nagain"):
        table.add_column(head, justify="right", no_wrap=True)
    for name, one in rows:
        pace = one.to_answer if to == "answer" else one.to_close
        shares = (_share(one.closed_share), *_pace(pace), _share(one.reopened_share))
        table.add_row(name, f"{one.opened:,}", *shares)
    return table


def _pace(pace: Pace) -> list[str]:
    if not pace.count:
        return ["–"] * (3 + len(WITHIN))
    return [
        f"{pace.count:,}",
        str(pace.median),
        str(pace.p90),
        *(_share(pace.share(days)) for days in WITHIN),
    ]


def _share(part: float | None) -> str:
    return "–" if part is None else f"{100 * part:.1f}%"
