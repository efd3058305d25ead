"""`zhili figures`: statistics made anew from the steps, while the site goes on."""

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
