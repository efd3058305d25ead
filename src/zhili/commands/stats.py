"""`zhili stats`: published figures counted again from their open data."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@app.callback()
def group() -> None:
    """公布的统计。 Published statistics."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="/stats/open/2026-10.zip")],
    published: Annotated[
        Path | None, typer.Option(help="网页上公布的数字 figures as shown: /stats/open/2026-10.json")
    ] = None,
) -> None:
    """由开放数据重新数出每个数字并比较；不用数据库。 Count every figure again; needs no database."""
    from zhili.core.indicators import recounting

    try:
        shown = json.loads(published.read_text("utf-8")) if published else None
        differences = recounting.verify(file, shown)
    except (OSError, ValueError) as error:
        console.print(f"读不了 cannot be read: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    for one in differences:
        console.print(f"✗ {one}", style="red", markup=False)
    if differences:
        raise typer.Exit(1)
    console.print("[green]✓[/] 每个数字都与各行相符。 Every figure is what the rows say.")


@app.command()
def publish(
    month: Annotated[str, typer.Argument(help="2026-10；不写则把该更新的都更新 all that are due")] = "",
) -> None:
    """现在就公布某月（平时由后台每天进行）。 Publish a month now (the worker does it daily)."""
    from zhili.cli import site

    try:
        wanted = date.fromisoformat(f"{month}-01") if month else None
    except ValueError:
        raise typer.BadParameter("2026-10", param_hint="MONTH") from None
    with site():
        from zhili.core.indicators import publishing

        if wanted is not None:
            made = publishing.publish(wanted)
            console.print(f"{month}: {made.rows} 行 rows, sha256 {made.sha256}")
            return
        done = 0
        while publishing.publish_due():
            done += 1
        console.print(f"{done} 个月 months")
