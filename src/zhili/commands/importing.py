"""`zhili import`: requests from other systems, checked, brought in, told in figures; fines of statutes as drafts."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from zhili.commands import registering

if TYPE_CHECKING:
    from zhili.core.cases.importing.mapping import Mapping
    from zhili.core.cases.importing.running import Outcome, Watcher

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)
SHOWN = 8
"""Reasons shown on the screen; all are in the side file."""


app.command()(registering.firms)
app.command()(registering.premises)


@app.callback()
def group() -> None:
    """导入历史数据。 History from other systems."""


@app.command()
def requests(
    file: Annotated[Path, typer.Argument(help="CSV 或 Parquet 文件 a CSV or Parquet file")],
    map_: Annotated[
        str,
        typer.Option(
            "--map", help="映射文件，或自带映射的名字 the mapping: a TOML file, or one that comes along"
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不导入 check only")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="只导入前几行 the first so many rows only")] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="搁置的行写到哪里 where rows set aside are written")
    ] = None,
    figures: Annotated[bool, typer.Option(help="导入后显示统计 show figures afterwards")] = True,
) -> None:
    """导入历史事项；中断后再运行即接着导入。 Bring requests in; run again after a stop to go on."""
    from zhili.base.sheets import errors
    from zhili.core.cases.importing import mapping, running
    from zhili.core.cases.loading import TryLater

    try:
        wanted = mapping.read(map_)
        with _bar() as bar:
            outcome = running.run(
                file, wanted, dry_run=dry_run, limit=limit, side=rejected, watcher=_watcher(bar)
            )
    except (errors.ImportRefused, TryLater) as refused:
        console.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("已停下；再运行同一命令即接着导入。 Stopped; the same command goes on from here.")
        raise typer.Exit(130) from None
    _summary(outcome, wanted, dry_run)
    if figures and not dry_run and outcome.first is not None and outcome.last is not None:
        _figures(wanted, outcome.first, outcome.last)
    raise typer.Exit(0 if outcome.whole else 3)


@app.command()
def fines(
    file: Annotated[Path, typer.Argument(help="CSV：law,article,fine_min,fine_max,clause（元 yuan）")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不导入 check only")] = False,
    faults: Annotated[
        Path | None,
        typer.Option(
            "--faults", help="没有导入的行和要由人确认的地方，写成 Excel what to look at, as a workbook"
        ),
    ] = None,
) -> None:
    """法定罚款幅度导入为判定表草稿。 What statutes allow, as drafts of decision tables for people to look through."""
    from zhili.core.tables import fines as kernel
    from zhili.core.tables import flagging

    try:
        found = kernel.read(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, kernel.NotFines) as error:
        console.print(f"{file}: {error}", style="red", markup=False)
        raise typer.Exit(1) from None
    for one in found.refused:
        console.print(f"第 {one.line} 行没有导入：{one.words} line {one.line} not taken", markup=False)
    drafts = list(kernel.drafts(found.clauses))
    if faults is not None:
        faults.write_bytes(flagging.workbook(flagging.of_import(found, drafts)))
    flags = sum(len(one.flags) for one in drafts)
    told = f"{len(found.clauses)} 条幅度，{len(drafts)} 张表，{flags} 处要由人确认"
    console.print(f"{told} ranges, tables, points for a person", markup=False)
    if not dry_run:
        done = kernel.keep(drafts)
        told = f"新草稿 {done.made} 份，原已导入 {done.same} 份"
        console.print(f"{told} drafts made, there already；/desk/admin/tables/imported", markup=False)
    raise typer.Exit(3 if found.refused else 0)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), console=console,
    )  # fmt: skip


def _watcher(bar: Progress) -> "Watcher":
    from zhili.core.cases.importing.running import Watcher

    reading, loading = "正在读取和检查 Reading", "正在导入 Bringing in"
    task = bar.add_task(reading, total=None)

    def begin(rows: int, before: int) -> None:
        bar.update(task, description=loading, total=rows, completed=before)

    def step(rows: int) -> None:
        bar.update(task, description=loading, advance=rows)

    def wait(_why: str) -> None:
        bar.update(task, description="统计正在重算，稍候 Figures are being rebuilt, waiting")

    return Watcher(begin, step, wait)


def _summary(outcome: "Outcome", mapping: "Mapping", dry_run: bool) -> None:
    aside = len({one.row for one in outcome.bad})
    say = console.print
    if dry_run:
        say(
            f"可以导入 {outcome.rows - aside} 行，没有写入任何内容。 {outcome.rows - aside} rows would come in."
        )
    else:
        rate = f"，每秒 {outcome.came_in / outcome.seconds:,.0f} 件" if outcome.came_in else ""
        say(f"[bold green]新导入 {outcome.came_in}[/] 件（{outcome.steps} 个步骤{rate}） came in")
        if outcome.already:
            say(f"已在库中 {outcome.already} 件，未动 already in, left as they are")
        if outcome.before:
            say(f"上次已处理到第 {outcome.before} 行 an earlier run had come to row {outcome.before}")
    if outcome.made:
        names = "、".join(outcome.made[:SHOWN]) + ("…" if len(outcome.made) > SHOWN else "")
        say(f"新分类 {len(outcome.made)} 个：{names} new categories", markup=False)
    if aside:
        say(f"[yellow]搁置 {aside} 行[/]，原因见 {outcome.side} set aside, with reasons")
        for one in outcome.bad[:SHOWN]:
            where = f"，列“{one.column}”" if one.column else ""
            say(f"  第 {one.row} 行{where}：{one.reason}", markup=False)
    if not outcome.whole:
        say(
            f"[bold yellow]文件在第 {outcome.rows} 行之后被截断：[/]以上各行已保留；取得完整文件后用同一命令导入，"
            f"会从第 {outcome.rows + 1} 行接着来。 The file was cut after row {outcome.rows}: what came before is "
            "kept; run the same command on the whole file to go on."
        )
    say(
        f"编码 encoding {outcome.encoding}，映射 mapping {mapping.name}，用时 {outcome.seconds:.1f} s",
        style="dim",
    )


def _figures(mapping: "Mapping", first: datetime, last: datetime) -> None:
    """The figures of the months the file covers, for the scenario it went into."""
    from django.utils import timezone

    from zhili.commands.quality import show
    from zhili.core.indicators.quality import quality

    scenario = mapping.procedure.partition(".")[0]
    since, until = timezone.localdate(first), timezone.localdate(last)
    show(console, quality(None, since, until, scenario), scenario)
