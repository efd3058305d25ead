"""`zhili trail`: the trail looked over, its keys, its derived parts, a restore declared."""

from typing import Annotated

import typer

from zhili.commands import trailing

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """存证：核对、密钥、派生部分、声明恢复。 The trail."""


@app.command()
def audit(
    since: Annotated[
        int | None, typer.Option(min=0, help="只看这个编号起的存证 only leaves from this number on")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="抽查：最新的根和几段 a quick look: newest head, some stretches")
    ] = False,
    files: Annotated[
        bool, typer.Option("--files", help="也读出每个文件核对 the bytes of every file too")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="给程序看 for programs")] = False,
) -> None:
    """逐行核对：每条记录与存证、存证与根。改动、删除、插入都会指出是哪一行。 Every covered row against its leaf."""
    from zhili.commands.auditing import audit as do

    raise typer.Exit(do(since, sample, files, as_json))


trailing.register(app)
