"""What is shown while a city is played, and the report at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from zhili.simulate import rhythm
from zhili.simulate.closing import Closing
from zhili.simulate.playing import ENDS
from zhili.simulate.run import Run
from zhili.simulate.tally import Tally

console = Console(highlight=False)
EVERY = 0.5
PLAIN_EVERY = 10.0


async def watch(run: Run) -> None:
    """A live picture on a terminal; elsewhere a line every ten seconds."""
    if not console.is_terminal:
        while True:
            await asyncio.sleep(PLAIN_EVERY)
            console.print(line(run), soft_wrap=True)
    with Live(picture(run), console=console, refresh_per_second=4) as live:
        while True:
            await asyncio.sleep(EVERY)
            live.update(picture(run))


def line(run: Run) -> str:
    tally, hour = run.tally, rhythm.said(run.pace.hour(), run.options.start)
    return (
        f"{hour}  上报 opened {tally.opened()}  答复 answered {tally.answered}"
        f"  办结 closed {_ended(tally)}  超时 late {tally.late}  {tally.per_second():.0f} 次/秒 requests/s"
        f"  未受 refused {sum(tally.refusals.values())}  重试 retried {sum(tally.troubles.values())}"
    )


def picture(run: Run) -> Group:
    tally = run.tally
    head = Table.grid(padding=(0, 3))
    lag = f"，落后 behind {run.pace.lag * 60:.0f} min" if run.pace.lag > 0.25 else ""
    head.add_row("模拟时间 simulated", rhythm.said(run.pace.hour(), run.options.start) + lag)
    head.add_row("已过 elapsed", f"{time.monotonic() - tally.began:.0f} s")
    head.add_row(
        "事项 matters",
        f"上报 opened {tally.opened()}   答复 answered {tally.answered}   办结 closed {_ended(tally)}"
        f"   超时 late {tally.late}",
    )
    head.add_row(
        "请求 requests", f"{tally.per_second():.0f}/s   共 {tally.requests}   并行 at once {run.pace.running}"
    )
    for title, counts in (
        ("被拒 refused", tally.refusals),
        ("重试 retried", tally.troubles),
        ("矛盾 odd", tally.oddities),
    ):
        if counts:
            head.add_row(title, "   ".join(f"{name} ×{n}" for name, n in counts.most_common(4)))
    return Group(head, Text(), *(Text(f"  {one}", style="dim", no_wrap=True) for one in tally.news))


def _ended(tally: Tally) -> int:
    return sum(fate.stage in ENDS for fate in tally.fates.values())


def report(run: Run, found: Closing) -> None:
    """The closing report."""
    shares = Table(
        "比例 share", "原型 seed", "计划 planned", "实际 played", "件 of", title="比例 Proportions"
    )
    for one in found.shares:
        shares.add_row(one.name, _part(one.seed), _part(one.planned), _part(one.played), str(one.of))
    console.print(shares)
    figures = Table(
        "数字 figure", "演出 played", "站点 site", "", title="站点公开数字 The site's own figures"
    )
    for each in found.figures:
        figures.add_row(each.name, str(each.played), str(each.site), "" if each.equal else "≠")
    console.print(figures)
    if not found.agrees:
        console.print(
            "不相等：站点上另有事项在动，或尚未计完。 Not equal: others are at work on the site, or it still counts."
        )
    speed = Table("请求 request", "次 count", "p50 ms", "p95 ms", title="用时 Times")
    for kind, times in sorted(run.tally.times.items(), key=lambda pair: -pair[1].count):
        speed.add_row(kind, str(times.count), f"{times.percentile(0.5):.0f}", f"{times.percentile(0.95):.0f}")
    console.print(speed)
    _counts("被拒 Refused by the site", run.tally.refusals.most_common())
    _counts("重试 Tried again", run.tally.troubles.most_common())
    _counts("前后矛盾 Contradictions", run.tally.oddities.most_common())
    if run.tally.repeats:
        console.print(f"早先已做过、没有再做 done before and not again: {run.tally.repeats}")


def _part(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f}%"


def _counts(title: str, counts: Iterable[tuple[str, int]]) -> None:
    lines = [f"  {n:>6}  {name}" for name, n in counts]
    if lines:
        console.print("\n".join([title, *lines]))
