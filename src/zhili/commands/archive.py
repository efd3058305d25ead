"""`zhili archive`: closed cases into sealed archive files (the worker does it by schedule), and looking into one."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from zhili.base.codes import CodeError, parse_case_number

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@app.callback()
def group() -> None:
    """归档。 Archiving."""


@app.command()
def now(
    folder: Annotated[Path, typer.Argument(help="放在哪里 where to put the files")],
    most: Annotated[int, typer.Option(min=1, max=100_000, help="每个文件的件数 cases of one file")] = 1_000,
) -> None:
    """把到期的办结事项写入归档文件。 Write what is due into archive files."""
    from zhili.conf.retention.archiving import archive

    total = 0
    while sealed := archive(folder, most):
        total += sealed.cases
        console.print(
            f"{sealed.path}  {sealed.cases:,} 件 cases, {sealed.leaves:,} 条存证 leaves, {sealed.fingerprint}"
        )
    console.print(f"共 {total:,} 件。 {total:,} cases in all.")


@app.command()
def verify(file: Path) -> None:
    """核对归档文件：每条存证与其摘要相符。 Check an archive file: every leaf against its hash."""
    from zhili.conf.retention.archiving import cases_of

    cases = leaves = 0
    for one in cases_of(file):
        cases, leaves = cases + 1, leaves + len(one["leaves"])
    console.print(f"完好 Whole: {cases:,} 件 cases, {leaves:,} 条存证 leaves")


@app.command()
def show(file: Path, number: str) -> None:
    """按编号从归档文件中取出一件（JSON）。 One case of an archive file, by its number, as JSON."""
    from zhili.conf.retention.archiving import cases_of

    try:
        wanted = parse_case_number(number)
    except CodeError as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(1) from None
    for one in cases_of(file):
        if one["case"]["number"] == wanted:
            typer.echo(json.dumps(one, ensure_ascii=False, indent=1))
            return
    console.print("[red]这个文件里没有这件事项。 This case is not in the file.[/]")
    raise typer.Exit(1)
