"""`zhili keys`: the keys personal values are encrypted with."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)
BACK_UP = "请备份 keys.json。 Back up keys.json."


@app.callback()
def group() -> None:
    """密钥。 Keys."""


@app.command("list")
def listing() -> None:
    """每个密钥的算法、启用时间、还有多少内容用它加密。 The keys: cipher, age, how much each still seals."""
    from zhili.core.people import ciphers, keys, secrets

    ring, counts = keys.ring(fresh=True), secrets.in_use()
    table = Table(title="密钥环 Key ring", title_justify="left")
    for heading in ("密钥 key", "算法 cipher", "启用 since", "在用 sealed with it", ""):
        table.add_column(heading, overflow="fold")
    for key, made in sorted(ring.made.items(), key=lambda pair: pair[1]):
        if key == ring.current:
            state = "当前 current"
        else:
            state = "可停用 may be retired" if not counts.get(key) else "待重新加密 to be encrypted anew"
        table.add_row(key, ring.names[key], f"{made:%Y-%m-%d %H:%M} UTC", f"{counts.get(key, 0):,}", state)
    console.print(table)
    missing = {key: n for key, n in counts.items() if key not in ring.made}
    for key, n in missing.items():
        console.print(f"[red]{n:,} 项用的密钥 {key} 不在密钥环中。 Their key {key} is not in the ring.[/]")
    if (wanted := ciphers.wanted()) != ring.names[ring.current]:
        console.print(
            f"设置要求 {wanted}，执行 zhili keys rotate 后启用。 The setting asks for {wanted}: rotate to take it."
        )
    if missing:
        raise typer.Exit(1)


@app.command()
def rotate() -> None:
    """启用新密钥，并用它重新加密全部个人信息。 Take a new key into use and encrypt every personal value with it.

    新密钥的算法由 ZHILI_CIPHER 决定（AES-256-GCM 或 SM4-GCM）。中途停止不丢数据，用 zhili keys resume 接着做。
    """
    from zhili.core.people import keys

    try:
        key = keys.add_key()
    except keys.KeyRingError as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(1) from None
    console.print(f"已启用 {key}（{keys.ring().names[key]}）。{BACK_UP}")
    _reencrypt()


@app.command()
def resume() -> None:
    """接着做完中途停下的重新加密。 Go on with a rotation that was stopped."""
    _reencrypt()


def _reencrypt() -> None:
    from zhili.core.people import secrets

    columns = (
        TextColumn("重新加密 Encrypting anew"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        count = secrets.reencrypt(told=lambda done, whole: progress.update(task, completed=done, total=whole))
    console.print(f"已重新加密 {count:,} 项。 {count:,} values encrypted anew.")


@app.command()
def retire(key_id: str) -> None:
    """停用不再需要的旧密钥。 Take a former key out of the ring."""
    from zhili.core.people import keys, secrets

    try:
        secrets.retire(key_id)
    except keys.KeyRingError as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(1) from None
    console.print(f"已停用 {key_id}。{BACK_UP} Retired {key_id}.")


@app.command("trail-rotate")
def trail_rotate(
    overlap: Annotated[int, typer.Option(min=0, help="旧密钥再并行签名几天 days both sign")] = 30,
    reason: Annotated[str, typer.Option(help="写进存证 kept in the trail")] = "",
) -> None:
    """启用新的存证签名密钥（同 zhili trail rotate）。 A new key that signs the trail's heads."""
    from zhili.commands.trailing import rotate as do

    do(overlap, reason)
