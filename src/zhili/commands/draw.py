"""`zhili draw`: a draw run again from its published file. Needs no database."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)
LARGEST = 64 * 2**20


@app.callback()
def group() -> None:
    """公开抽签。 Draws."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="/draw/编号.json 下载的文件 the file from /draw/N.json")],
) -> None:
    """由公布的文件重新抽一遍并逐项核对。 Draw again from the published file and check every part of it."""
    from zhili.cli import set_up

    set_up()
    from zhili.core.draws import checking

    found = _read(file)
    faults = checking.faults(found)
    for fault in faults:
        console.print(f"[red]✗[/] {fault}")
    if faults:
        raise typer.Exit(1)
    console.print(f"[green]✓[/] {found['purpose']}", markup=True)
    match found["state"]:
        case "void":
            console.print(f"作废 void: {found['void']}", markup=False)
        case "announced":
            console.print(f"已公布，待抽 announced, not drawn yet: {found['size']}")
        case _:
            console.print(f"{found['size']} 中抽 {found['count']}；种子串 key: {found['key']}", markup=False)
            console.print(" ".join(found["result"]), markup=False)


def _read(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST:
            raise ValueError("too large")
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        console.print(f"读不了 cannot read {file}: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
