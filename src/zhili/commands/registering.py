"""`zhili import firms` and `zhili import premises`: the same judging as the page, for files too large to be sent."""

import os
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from zhili.base.sheets.reading import Bad, Table
    from zhili.core.people.actors import Actor
    from zhili.core.registers.models import Loading

console = Console(highlight=False)
SHOWN = 8
"""Reasons shown on the screen; all are in the workbook."""
WAIT_S = 1.0

File = Annotated[Path, typer.Argument(help="Excel（.xlsx）或 CSV 文件 a workbook or CSV file")]
As = Annotated[str, typer.Option("--as", help="以哪个账号导入：单位管理员 the administrator's user name")]
Map = Annotated[Path | None, typer.Option("--map", help="哪一列是什么（TOML） which column is what")]
Dry = Annotated[bool, typer.Option("--dry-run", help="只检查，不导入 check only")]
Faults = Annotated[Path | None, typer.Option(help="搁置的行写到哪个工作簿 the workbook of rows set aside")]

Too = Annotated[bool, typer.Option("--firms/--no-firms", help="一行也是市场主体 a row is its firm too")]


def firms(file: File, as_: As, map_: Map = None, dry_run: Dry = False, faults: Faults = None) -> None:
    """导入市场主体。 Bring firms in; run again, it changes only what differs."""
    _run(file, "firms", as_, map_, dry_run, faults)


def premises(
    file: File,
    as_: As,
    map_: Map = None,
    dry_run: Dry = False,
    faults: Faults = None,
    firms_too: Annotated[
        bool, typer.Option("--firms/--no-firms", help="一行也是市场主体 a row is its firm too")
    ] = True,
) -> None:
    """导入场所，连同其市场主体。 Bring premises in, with their firms unless --no-firms."""
    _run(file, "both" if firms_too else "premises", as_, map_, dry_run, faults)


def _run(file: Path, what: str, username: str, map_: Path | None, dry_run: bool, faults: Path | None) -> None:
    from django.core.exceptions import PermissionDenied

    from zhili.base.sheets.errors import ImportRefused
    from zhili.core.registers.loading import running

    try:
        actor = _actor(username)
        loading = running.take(file.read_bytes(), file.name, what, actor)
        _mapped(loading, map_)
        table, judged = running.look(loading, actor)
    except (OSError, ImportRefused, PermissionDenied, tomllib.TOMLDecodeError) as refused:
        console.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from None
    lacking = running.lacking(loading)
    told = f"可以登记 {len(judged.good)} 行，搁置 {loading.rows - len(judged.good)} 行"
    console.print(f"{told} rows would come in, set aside", markup=False)
    console.print(
        f"市场主体 新 {judged.new_firms}、已登记 {judged.known_firms}；场所 新 {judged.new_premises}、已登记"
        f" {judged.known_premises} firms and premises, new and known",
        markup=False,
    )
    side = faults or file.with_name(f"{file.stem}-搁置.xlsx")
    _aside(table, judged.bad, side)
    if dry_run or lacking:
        loading.delete()
        for title in lacking:
            console.print(
                f"没有哪一列是“{title}”，请用 --map 指明 no column for it", style="red", markup=False
            )
        console.print("没有写入任何内容。 Nothing was written.")
        raise typer.Exit(1 if lacking else 3 if judged.bad else 0)
    _bring_in(loading, actor)
    raise typer.Exit(3 if judged.bad else 0)


def _actor(username: str) -> "Actor":
    from django.core.exceptions import PermissionDenied

    from zhili.core.people.actors import of_account
    from zhili.core.people.models import Account

    account = Account.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise PermissionDenied(f"没有账号 {username}。 No such account.")
    return of_account(account)


def _mapped(loading: "Loading", map_: Path | None) -> None:
    """By a TOML file: ``[columns] code = "信用代码"``, ``gcj02``, ``kind``. Raises ImportRefused for what is not so."""
    from zhili.base.sheets.errors import MappingRefused
    from zhili.core.registers.loading import fields, running

    if map_ is None:
        return
    told: dict[str, Any] = tomllib.loads(map_.read_text("utf-8"))
    columns = told.get("columns", {})
    known = {one.name for one in fields.of(loading.what)}
    for name, column in columns.items():
        if name not in known:
            raise MappingRefused(
                f"{map_}：没有“{name}”这一项；有：{'、'.join(sorted(known))}。 No such field."
            )
        if column not in loading.columns:
            raise MappingRefused(f"{map_}：{name} 说的列“{column}”不在文件里。 No such column in the file.")
    running.map_to(loading, {**loading.mapping, **columns}, told)


def _aside(table: "Table", bad: "list[Bad]", side: Path) -> None:
    from zhili.base.sheets import workbook
    from zhili.core.registers.loading import running

    if not bad:
        return
    # personal values stand in it as they stood in the file: for its owner's eyes
    with os.fdopen(os.open(side, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(workbook.written(running.faults(table, bad)))
    console.print(f"搁置的行和原因：{side} rows set aside, with reasons", markup=False)
    for one in bad[:SHOWN]:
        where = f"，列“{one.column}”" if one.column else ""
        console.print(f"  第 {one.row + table.head} 行{where}：{one.reason}", markup=False)


def _bring_in(loading: "Loading", actor: "Actor") -> None:
    """Here or by the site's worker, whichever is first; stopped, it goes on from its place."""
    from zhili.core.registers.loading import running
    from zhili.core.registers.models import LoadingState

    running.start(loading, actor)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("正在登记 Bringing in", total=loading.rows)
        while loading.state in (LoadingState.SEEN, LoadingState.RUNNING):
            if not running.run_due():
                time.sleep(WAIT_S)
            loading.refresh_from_db()
            bar.update(task, completed=loading.place)
    if loading.state == LoadingState.STOPPED:
        console.print(f"停在第 {loading.place} 行之后：{loading.trouble}", style="red", markup=False)
        console.print("已登记的留着；再运行一次就会接着登记。 What came in is kept; run it again to go on.")
        raise typer.Exit(1)
    told = f"新登记 {loading.added}，改动 {loading.changed}，不变 {loading.same}，搁置 {loading.aside}"
    console.print(f"{told} added, changed, the same, set aside", style="green", markup=False)
