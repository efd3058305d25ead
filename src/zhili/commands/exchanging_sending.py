"""`zhili exchange status`, `gate` and `reconcile`: how sending stands, files through a gate, after a restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from zhili.core.exchange.models import RemoteSite

gate_app = typer.Typer(no_args_is_help=True, help="摆渡：签名文件的导出与导入。 Signed files through a gate.")
console = Console(highlight=False, soft_wrap=True)
KINDS = {"delivery": "来件 delivery", "answer": "回执 answer"}
Site = Annotated[str, typer.Argument(help="对方代号 name of the site")]


def register(app: typer.Typer) -> None:
    """Add these to `zhili exchange`."""
    app.command()(status)
    app.command()(reconcile)
    app.add_typer(gate_app, name="gate")


def _refuse(text: str) -> NoReturn:
    typer.secho(text, fg="red", err=True)
    raise typer.Exit(1)


def _site(name: str) -> RemoteSite:
    from zhili.core.exchange.models import RemoteSite

    found = RemoteSite.objects.filter(site=name).first()
    if found is None:
        _refuse(f"没有站点 {name}。 No site {name}.")
    return found


def status() -> None:
    """每个站点：等待几条、最早的、最近一次成功和出错、下次何时再试。 How sending to each site stands."""
    from zhili.core.exchange.sites.standing import standings

    table = Table(
        "站点 site", "等待 waiting", "最早 oldest", "未收 refused", "最近成功 last success", "连败 failures",
        "最近出错 last error", "下次 next try",
    )  # fmt: skip
    for one in standings():
        way = (
            "摆渡 gate" if one.by_gate else "停用 off" if not one.active else _when(one.next_at) or "随时 now"
        )
        error = f"{_when(one.error_at)} {one.error}".strip() if one.error else "–"
        waiting = f"[bold red]{one.waiting}[/]" if one.late else str(one.waiting)
        table.add_row(
            one.site, waiting, _when(one.oldest) or "–", str(one.refused), _when(one.heard_at) or "–",
            str(one.failures), error, way,
        )  # fmt: skip
    console.print(table)


def _when(at: object) -> str:
    from datetime import datetime

    from django.utils import timezone

    return f"{timezone.localtime(at):%m-%d %H:%M:%S}" if isinstance(at, datetime) else ""


def reconcile(
    site: Site, look: Annotated[bool, typer.Option("--look", help="只看不改 only look, mend nothing")] = False
) -> None:
    """从备份恢复之后：与对方核对每件事的序号，能接上的接上。 After a restore: compare numbers, go on where safe."""
    from zhili.core.exchange.sites.client import Trouble
    from zhili.core.exchange.sites.reconciling import reconcile as compare

    try:
        found = compare(_site(site), mend=not look)
    except Trouble as trouble:
        _refuse(f"问不到对方 it could not be asked: {trouble}")
    for one in found:
        mended = "已接上 mended" if one.mended else "未动 left as it is"
        console.print(f"{one.stream}  {one.kind}  本方 ours {one.ours}，对方 theirs {one.theirs}  {mended}")
    console.print(f"{len(found)} 件不一致 differ" if found else "两边一致。 Both sides have the same.")


@gate_app.command()
def out(
    site: Site,
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹 folder to write to")],
    again: Annotated[
        bool, typer.Option("--again", help="连同还没有回执的 also what has no answer yet")
    ] = False,
) -> None:
    """把等待送往对方的消息写成签名文件。 Write what waits for a site as signed files."""
    from zhili.core.exchange.sites import gate

    made = gate.out(_site(site), folder, again=again)
    for one in made:
        console.print(f"{one.name}  {one.messages} 条 messages，{len(one.offered)} 个附件 files")
    if not made:
        console.print("没有要送的。 Nothing waits.")


@gate_app.command("in")
def in_(
    path: Annotated[Path, typer.Argument(help="文件或文件夹 file or folder", exists=True)],
) -> None:
    """读入对方的签名文件；回执写在旁边，带回去给对方。 Read signed files; answers are written beside them."""
    from zhili.core.exchange.sites import gate

    wrong = False
    for one in gate.take_in(path):
        if one.kind == "ours":
            continue
        said = (
            "已读过 read before"
            if one.repeated
            else {"delivery": "来件 delivery", "answer": "回执 answer"}.get(one.kind, "")
        )
        console.print(
            f"{one.name}  {said}  收 taken {one.accepted}，未收 refused {one.refused}，附件 files {one.files}"
        )
        if one.answer is not None:
            console.print(f"  回执 answer: {one.answer.name}")
        for told in (*((one.error,) if one.error else ()), *one.wrong):
            wrong = True
            console.print(f"  [red]{told}[/]")
    if wrong:
        raise typer.Exit(1)
