"""`zhili places`: import (preview first), show, export."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from zhili.base.codes import CodeError

app = typer.Typer(no_args_is_help=True, help="区划与网格 Divisions and grid cells")
console = Console()


@app.command("import")
def import_(
    divisions: Annotated[
        Path | None, typer.Option(help="区划 CSV：code,name[,parent,replaces,lon,lat]")
    ] = None,
    boundaries: Annotated[Path | None, typer.Option(help="边界 GeoJSON，属性 code boundaries")] = None,
    cells: Annotated[Path | None, typer.Option(help="网格 GeoJSON，属性 code 14 位 grid cells")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="生效日期，默认今天 valid from")
    ] = None,
    gcj02: Annotated[
        bool, typer.Option("--gcj02", help="边界文件是 GCJ-02 坐标 files are in GCJ-02")
    ] = False,
    sliver: Annotated[float, typer.Option(help="窄于几米的缝隙只提醒 metres", min=0)] = 1.0,
    rows: Annotated[int, typer.Option(help="每类最多显示几行 rows shown", min=1)] = 20,
    do: Annotated[bool, typer.Option("--apply", help="预览之后真正导入 change it")] = False,
) -> None:
    """检查文件并预览改动；加 --apply 才导入。 Check files, show what would change; --apply does it."""
    from zhili.core.places import importing
    from zhili.core.places.showing import show_plan

    if not (divisions or boundaries or cells):
        raise typer.BadParameter("请给出 --divisions、--boundaries 或 --cells give at least one file")
    plan = importing.plan(
        divisions, boundaries, cells, on=on.date() if on else None, gcj02=gcj02, sliver=sliver
    )
    show_plan(console, plan, rows=rows)
    if plan.problems:
        console.print("没有导入任何内容。请改正后再试。 Nothing was imported.", style="bold red")
        raise typer.Exit(1)
    if plan.empty:
        return
    if not do:
        console.print("以上只是预览；加 --apply 导入。 Preview only; add --apply to import.", style="bold")
        return
    try:
        importing.apply(plan)
    except importing.ImportRefused as refused:
        console.print(str(refused), style="bold red")
        raise typer.Exit(1) from None
    console.print("已导入。 Imported.", style="bold green")


@app.command()
def show(code: Annotated[str, typer.Argument(help="区划代码 2–12 位，或网格代码 14 位")]) -> None:
    """显示一个区划或网格。 Show a division or a cell, with its history."""
    from zhili.core.places.showing import show_division

    try:
        found = show_division(console, code)
    except CodeError as error:
        console.print(str(error), style="red")
        raise typer.Exit(2) from None
    if not found:
        console.print(f"没有这个代码：{code} No such code.", style="red")
        raise typer.Exit(1)


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="写到哪个文件夹 folder to write to")]) -> None:
    """导出现行区划、边界、网格，格式与导入相同。 Write what is in force, as files that import reads."""
    from zhili.core.places import exporting

    for file in exporting.export(folder):
        console.print(str(file), highlight=False)
