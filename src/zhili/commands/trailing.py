"""What `zhili trail` does besides auditing: how it stands, new keys, a declared restore, derived parts made anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from zhili.core.trail.ringfile import RingFileError

console = Console(highlight=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add these commands to the group `zhili trail`."""
    for command in (status, rotate, restored, rebuild, witness):
        app.command()(command)


def status() -> None:
    """现在怎样：名称、签名、密钥、时间戳、警报。 How the trail stands. Exit 1 when an alarm stands."""
    from django.utils import timezone

    from zhili.core.trail import checkpoints, forks, heads, keys, memory, stamping

    signed, head = checkpoints.latest(), heads.current()
    console.print(f"名称 origin   {keys.origin()}")
    console.print(f"存证 leaves   {head.size:,}")
    if signed:
        age = (timezone.now() - signed.at).total_seconds()
        console.print(f"签名 signed   {signed.size:,}  {timezone.localtime(signed.at):%F %T}（{age:,.0f} s）")
        console.print(f"存证根 root   {signed.root.hex()}")
    for key in keys.vkeys():
        console.print(f"公钥 key      {key}")
    console.print(f"库外留存 kept {memory.path()}：{sum(1 for _ in memory.kept()):,}")
    stamps = stamping.standing()
    console.print(
        f"时间戳 stamp  {stamps['last'] or '—'}  {stamps['url'] or 'ZHILI_TSA_URL'}  {stamps['said']}"
    )
    alarms = forks.look_at_everything()
    console.print(f"[red]✗ 分叉警报 fork alarms: {alarms}，见 /trail[/]" if alarms else "✓ 没有警报 no alarm")
    raise typer.Exit(1 if alarms else 0)


def rotate(
    overlap: Annotated[int, typer.Option(min=0, help="旧密钥再并行签名几天 days both sign")] = 30,
    reason: Annotated[str, typer.Option(help="写进存证 kept in the trail")] = "",
) -> None:
    """启用新的存证签名密钥；旧公钥继续公布。 A new key signs from now on, beside the former for a while."""
    from zhili.core.trail import checkpoints, keys

    try:
        checkpoints.publish_keys()
        keys.rotate(timedelta(days=overlap))
    except (RingFileError, keys.TrailKeysError) as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(1) from None
    for key in checkpoints.publish_keys(reason):
        console.print(f"新公钥 new key: {key}")
    console.print(
        f"此后 {overlap} 天新旧同签。请备份 trail_keys.json，并把新公钥另行公布。 "
        f"Both sign for {overlap} days. Back up trail_keys.json and publish the new key elsewhere too."
    )


def restored(
    reason: Annotated[str, typer.Argument(help="为什么恢复，公开显示 why, shown to everybody")],
) -> None:
    """声明：数据库已从备份恢复（不是用 zhili restore）；存证换新名称继续。 Declare a restore made by other means."""
    from zhili.core.trail import eras

    made = eras.begin(reason)
    if made is None:
        console.print("还没有签过名，不用声明。 Nothing was ever signed: nothing to declare.")
        return
    console.print(
        f"前 {made.size:,} 条保住；此后名称 {made.origin}。 The first {made.size:,} leaves are kept; "
        f"the trail goes on as {made.origin}, see /trail."
    )


def rebuild(
    replace: Annotated[
        bool, typer.Option("--replace", help="改正与存证不符的 put right ones in their place")
    ] = False,
) -> None:
    """由存证重算各层散列，补上缺的，指出错的。 Tiles and edge made anew from the leaves. Exit 1 when some are wrong."""
    from zhili.core.trail import rebuilding

    with console.status("正在重算… Counting again…"):
        found = rebuilding.look_over()
    console.print(
        f"{found.size:,} 条存证，{found.tiles:,} 片，补写 {found.written:,}。 "
        f"{found.size:,} leaves, {found.tiles:,} tiles, {found.written:,} written."
    )
    if found.edge_wrong:
        console.print("[yellow]右缘不符，已重算。 The edge was wrong and was made anew.[/]")
    for level, index in found.wrong:
        console.print(f"[red]✗ trail_tile {level}/{index} 与存证不符 is not what the leaves make[/]")
    if found.wrong and replace:
        import psycopg

        from zhili.conf.database import owner_url

        with psycopg.connect(owner_url()) as owner:
            rebuilding.replace(found.wrong, owner)
        console.print("已改正并记入存证。 Replaced, and kept in the trail.")
        return
    raise typer.Exit(1 if found.wrong else 0)


def witness(file: Annotated[Path, typer.Argument(help="留存的存证根 a signed head kept elsewhere")]) -> None:
    """拿别处留的存证根来比对。 Hold a signed head somebody kept against the tree. Exit 1 when an alarm was raised."""
    from zhili.core.trail import forks

    try:
        found = forks.witness(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        console.print(f"读不了 cannot be read: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    console.print(f"{found.kind} {found.reason}".strip())
    raise typer.Exit(1 if found.alarming else 0 if found.kind in ("same", "earlier", "lost") else 2)
