"""`zhili figures`: statistics made anew from the steps, while the site goes on."""

from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.callback()
def group() -> None:
    """统计数字。 Figures."""


@app.command()
def rebuild() -> None:
    """由办理步骤重新计算全部统计数字；期间照常使用。 Make every figure anew from the steps; the site goes on."""
    from zhili.core.cases import history
    from zhili.core.indicators.folding import Rebuilding
    from zhili.core.indicators.rebuilding import rebuild as again

    try:
        with console.status("正在由步骤重算… Counting the steps again…"):
            steps = again(history.payloads)
    except Rebuilding as busy:
        console.print(f"[red]{busy}[/]")
        raise typer.Exit(1) from None
    console.print(f"已由 {steps} 个步骤重算。 Made anew from {steps} steps.")


@app.command()
def check() -> None:
    """核对统计数字与重算是否相同，请在停机时运行。 Whether the figures equal a recount; with the site stopped."""
    from zhili.conf.backup import figures

    with console.status("正在由步骤重算… Counting the steps again…"):
        figures.catch_up()
        steps, wrong = figures.differences()
    console.print(f"{steps} 步重算，{wrong} 行不同。 {steps} steps counted again; {wrong} rows differ.")
    if wrong:
        console.print("用 zhili figures rebuild 重做。 `zhili figures rebuild` makes them anew.")
        raise typer.Exit(1)


DAY = ["%Y-%m-%d", "%Y-%m"]


@app.command()
def show(
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="从哪个月 from this month")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="到哪个月 to this month")] = None,
    scenario: Annotated[str | None, typer.Option(help="只看一个场景 one scenario only")] = None,
    division: Annotated[str | None, typer.Option(help="只看一个区划（代码） one division, by code")] = None,
    category: Annotated[str | None, typer.Option(help="只看一个分类（代码） one category, by code")] = None,
    to: Annotated[str | None, typer.Option(help="answer | close")] = None,
    rows: Annotated[int, typer.Option(min=1, help="每表最多几行 rows of each table")] = 60,
) -> None:
    """按类别、按月份的办理质量，整月计。 Closed share and days by category and month of opening."""
    from django.utils import timezone

    from zhili.commands.quality import show as draw
    from zhili.core.indicators.quality import quality
    from zhili.core.places.models import Division
    from zhili.core.places.tree import by_code

    if to not in (None, "answer", "close"):
        raise typer.BadParameter("answer | close", param_hint="--to")
    last: date = until.date() if until else timezone.localdate()
    first: date = since.date() if since else last - timedelta(days=365)
    try:
        place = by_code(division.ljust(12, "0")).pk if division else None
    except Division.DoesNotExist:
        raise typer.BadParameter("没有这个区划 no such division", param_hint="--division") from None
    draw(console, quality(place, first, last, scenario, category), scenario, rows, to)
