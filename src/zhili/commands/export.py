"""`zhili export`: what may leave as open data."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@app.callback()
def group() -> None:
    """导出。 Export."""


@app.command()
def cases(
    file: Annotated[Path, typer.Argument(help="写到哪里 the file to write")],
    since: Annotated[str, typer.Option(help="受理日起 opened on or after, e.g. 2026-01-01")],
    until: Annotated[str, typer.Option(help="受理日止（不含） opened before")] = "",
    form: Annotated[str, typer.Option("--format", help="csv | parquet")] = "csv",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="覆盖已有文件 replace the file")] = False,
) -> None:
    """导出事项，不含个人信息与涉密事项。 Cases without personal values, free text or confidential matters."""
    from zhili.conf.exporting import export

    count = export(file, _day(since, "--since"), _day(until, "--until") if until else None, form, overwrite)
    console.print(f"{file}  {count:,} 件 cases；各列含义见 columns are described in {file.name}.columns.csv")


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("YYYY-MM-DD", param_hint=option) from None
