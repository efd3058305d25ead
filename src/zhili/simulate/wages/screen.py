"""What is printed at the end of a month."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from zhili.simulate.tally import Tally
from zhili.simulate.wages.playing import Found, yuan

console = Console(highlight=False)
STEPS = {
    "write": "写考勤 days written",
    "correct": "改正 corrected",
    "disagree": "不同意 disagreed",
    "confirmed": "工人确认 confirmed by workers",
    "firm": "单位确认 by the firm",
    "draft": "编制 drawn up",
    "check": "审核 checked",
    "sign": "签字 signed",
    "file": "送银行 files",
    "answer": "银行回单 answers",
    "warning": "预警 warnings",
    "complain": "投诉 complaints",
    "ladder": "清偿顺序草稿 drafts of who pays first",
}


def report(found: Found, tally: Tally) -> None:
    """What was played, each wage beside our own figure, and how long requests took."""
    console.print("  ".join(f"{words} {found.steps[name]}" for name, words in STEPS.items()), soft_wrap=True)
    table = Table("工地 site", "工号 worker", "站点 the site (元)", "另算 reckoned apart (元)", "")
    for project, code, site, ours in found.wages:
        table.add_row(project, code, yuan(site), yuan(ours), "✓" if site == ours else "✗")
    console.print(table)
    slowest = max(tally.times.items(), key=lambda one: one[1].percentile(0.99), default=None)
    console.print(
        f"请求 requests {tally.requests}，最慢一类 slowest kind"
        f" {slowest[0]} p99 {slowest[1].percentile(0.99):.0f} ms"
        if slowest
        else "",
        soft_wrap=True,
    )
    wrong = len(found.differences)
    console.print(
        f"{len(found.wages)} 份工资与另算一致到分 right to the fen"
        if not wrong
        else f"[red]{wrong} 份工资不一致 wages differ[/]"
    )
