"""`zhili demo`: the demo city, whose content comes from `zhili.demo`."""

import inspect
import os
import shutil
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from django.conf import settings
from django.db import connection, transaction
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(highlight=False)
ACCOUNTS_FILE = "demo-accounts.txt"


def load(reset: bool, yes: bool) -> int:
    """Load it, showing how far it is. `zhili.demo.load(tell)` calls tell(text, done, total) as it goes."""
    content = _content()
    if reset:
        if not yes and not typer.confirm("将删除这个数据库里的一切，确定吗？ This deletes everything. Sure?"):
            return 1
        empty()
    if content is None:
        console.print("这份代码里没有示范城市。 This code has no demo city.")
        return 0
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
    ) as bar:
        task = bar.add_task("示范城市 Demo city", total=None)

        def tell(text: str, done: int | None = None, total: int | None = None) -> None:
            bar.update(task, description=text, completed=done, total=total)

        if inspect.signature(content.load).parameters:
            content.load(tell)
        else:
            content.load()
        bar.update(task, description="示范城市已就绪 The demo city is ready", completed=1, total=1)
    _write_accounts(content)
    return 0


def _content() -> ModuleType | None:
    try:
        return import_module("zhili.demo")
    except ModuleNotFoundError as error:
        if error.name != "zhili.demo":
            raise
        return None


def _write_accounts(content: Any) -> None:
    """Keep the lines that `zhili run` prints. `zhili.demo.accounts()` gives (username, password, who) rows."""
    rows = content.accounts() if hasattr(content, "accounts") else []
    lines = ["示范账号 Demo accounts"] if rows else []
    lines += [f"  {name:<16}{password:<16}{who}" for name, password, who in rows]
    file = Path(settings.HOME) / ACCOUNTS_FILE
    file.touch(mode=0o600)
    file.write_text("\n".join(lines))
    if os.environ.get("ZHILI_QUIET") != "1":  # `zhili run` shows them when it is ready
        for line in lines:
            console.print(line, soft_wrap=True)


def empty() -> None:
    """Drop every table and file of this site and make the tables anew. Needs the owner role."""
    from zhili.commands.migrate import migrate

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    migrate(quiet=True)
