"""`zhili backup`: a running city to one file; and whether such a file is whole."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from zhili.conf.backup.manifest import Manifest
from zhili.conf.site import Refused

console = Console(highlight=False, soft_wrap=True)
Tell = Callable[[str, int, int], None]
SHORT = 8


def save(
    path: Path, sealed: bool, with_keys: bool, passphrase_file: Path | None, overwrite: bool, share: float
) -> int:
    """Make a backup. Django is connected as the service's role."""
    from zhili.conf.backup.container import refuse_existing
    from zhili.conf.backup.saving import save as do

    refuse_existing(path, overwrite)
    words = passphrase(passphrase_file, new=True) if sealed or with_keys else None
    with telling("正在备份 Backing up") as tell:
        saved = do(
            path.absolute(),
            passphrase=words if sealed else None,
            keys_passphrase=words if with_keys else None,
            overwrite=overwrite,
            share=share,
            tell=tell,
        )
    _kept_in_the_trail(saved.fingerprint, saved.manifest)
    console.print(f"[bold]{path}[/]  {saved.bytes / 2**20:,.1f} MB")
    describe(saved.manifest, saved.fingerprint)
    if not with_keys:
        console.print(
            "[yellow]密钥不在其中：没有 keys.json，姓名、电话等个人信息恢复后无人能读。请另存 keys.json，"
            "或加 --with-keys。\n"
            "The keys are not in it: without keys.json nobody can read names and telephone numbers after a restore. "
            "Keep keys.json elsewhere, or say --with-keys.[/]"
        )
    return 0


def verify(path: Path, passphrase_file: Path | None) -> int:
    """Check a file by itself."""
    from zhili.conf.backup.sealed import is_sealed
    from zhili.conf.backup.verifying import verify as do

    words = passphrase(passphrase_file) if path.is_file() and is_sealed(path) else None
    with telling("正在核对 Checking") as tell:
        found = do(path, words, tell)
    describe(found.manifest, found.fingerprint)
    console.print("[green]完好：每个数目、每个摘要都相符。 Whole: every count and every digest agrees.[/]")
    return 0


def describe(manifest: Manifest, fingerprint: str) -> None:
    """What a file holds, in a few lines."""
    keys = "、".join(manifest.keys["ids"]) if manifest.keys else "不在其中 not in it"
    console.print(
        f"  时间 made        {manifest.made}\n"
        f"  版本 versions    zhili {manifest.zhili}, PostgreSQL {manifest.postgresql}\n"
        f"  内容 content     {len(manifest.tables)} 张表 tables, {manifest.rows:,} 行 rows, "
        f"{manifest.files['count']:,} 个文件 files\n"
        f"  存证 leaves      {manifest.trail['leaves']:,}\n"
        f"  密钥 keys        {keys}\n"
        f"  指纹 fingerprint {fingerprint}"
    )
    for name in manifest.files["missing"][:5]:
        console.print(f"[yellow]  存储中缺少附件 {name}。 An attachment is missing in storage: {name}.[/]")


def passphrase(file: Path | None, new: bool = False) -> str:
    """From a file, the environment (ZHILI_BACKUP_PASSPHRASE) or the terminal. Never from the command line."""
    given = os.environ.get("ZHILI_BACKUP_PASSPHRASE", "")
    if file is not None:
        try:
            given = file.read_text().splitlines()[0]
        except (OSError, IndexError, UnicodeDecodeError):
            raise Refused(f"不能从 {file} 读出口令。 No passphrase can be read from {file}.") from None
    elif not given and sys.stdin.isatty():
        given = getpass.getpass("口令 Passphrase: ")
        if new and given != getpass.getpass("再输一次 Again: "):
            raise Refused("两次输入不同。 The two differ.")
    if not given:
        raise Refused(
            "需要口令：用 --passphrase-file 或 ZHILI_BACKUP_PASSPHRASE 给出。 "
            "A passphrase is needed: --passphrase-file or ZHILI_BACKUP_PASSPHRASE."
        )
    if new and len(given) < SHORT:
        raise Refused(f"口令至少 {SHORT} 个字符。 A passphrase has at least {SHORT} characters.")
    return given


@contextmanager
def telling(title: str) -> Iterator[Tell]:
    """A progress bar in bytes."""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(True), TimeElapsedColumn(),
        console=console, transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task(title, total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title} {what}", completed=min(done, total), total=total)

        yield tell


def _kept_in_the_trail(fingerprint: str, manifest: Manifest) -> None:
    """That somebody took a copy of everything is itself kept."""
    from django.db import DatabaseError
    from django.utils import timezone

    from zhili.conf.models import Round
    from zhili.core.cases.doors import record
    from zhili.core.people.actors import Actor

    what = {"fingerprint": fingerprint, "leaves": manifest.trail["leaves"], "keys": manifest.keys is not None}
    try:
        record("backup", Actor(kind="rule", label="备份"), what)
        Round.objects.update_or_create(name="backup", defaults={"ended_at": timezone.now(), "state": what})
    except DatabaseError as error:  # a standby, say: the file is none the worse
        console.print(f"[yellow]没有记入存证。 Not noted in the trail: {error}[/]")
