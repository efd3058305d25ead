"""`zhili keys`: the keys personal values are encrypted with."""

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.callback()
def group() -> None:
    """密钥。 Keys."""


@app.command()
def rotate() -> None:
    """启用新密钥，并用它重新加密全部个人信息。 Take a new key into use and encrypt every personal value with it."""
    from zhili.core.people import secrets

    with console.status("正在重新加密… Encrypting anew…"):
        count = secrets.rotate()
    console.print(
        f"已重新加密 {count} 项。请备份 keys.json。 {count} values encrypted anew. Back up keys.json."
    )


@app.command()
def retire(key_id: str) -> None:
    """停用不再需要的旧密钥。 Take a former key out of the ring."""
    from zhili.core.people import keys, secrets

    try:
        secrets.retire(key_id)
    except keys.KeyRingError as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(1) from None
    console.print(f"已停用 {key_id}。 Retired {key_id}.")
