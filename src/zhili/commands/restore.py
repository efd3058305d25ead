"""`zhili restore`: a city out of its file, into an empty one; then a report of what was checked."""

from pathlib import Path

from rich.console import Console

from zhili.commands.backup import passphrase, telling
from zhili.conf.backup.restoring import Restored

console = Console(highlight=False, soft_wrap=True)


def restore(path: Path, with_keys: bool, passphrase_file: Path | None, expect: str | None) -> int:
    """Django is connected as the owner. 0 when everything agrees, 2 when it is back and something needs a look."""
    from zhili.commands.migrate import migrate
    from zhili.conf.backup.restoring import restore as do
    from zhili.conf.backup.sealed import is_sealed

    sealed = path.is_file() and is_sealed(path)
    words = passphrase(passphrase_file) if sealed or with_keys else None
    with telling("正在恢复 Restoring") as tell:
        restored = do(
            path,
            passphrase=words if sealed else None,
            keys_passphrase=words if with_keys else None,
            expect=expect,
            tell=tell,
        )
    with console.status("正在升级到本版… Bringing the tables to this version…"):
        migrate(quiet=True)
    _kept_in_the_trail(restored)
    _log_of_a_new_name(restored)
    _mark_as_no_demo()
    return _report(restored)


def _report(restored: Restored) -> int:
    from zhili.conf.backup import afterwards, figures

    manifest = restored.manifest
    lacking = manifest.files["missing"]
    with console.status("正在由步骤重算统计… Counting the figures again…"):
        figures.catch_up()
        steps, wrong = figures.differences()
    unreadable = afterwards.unreadable_values()
    head = afterwards.head()
    lines = [
        (
            True,
            f"表 tables: {len(manifest.tables)}，{manifest.rows:,} 行，逐表摘要相符 rows, every digest agrees",
        ),
        (True, f"存证 leaves: {restored.leaves:,}，逐条相符 every hash agrees{head.told}"),
        (head.agrees, f"存证根 tree head: {head.root}"),
        (True, f"文件 files: {restored.files:,}，逐个摘要相符 every digest agrees"),
        (not lacking, f"备份时已缺的附件 attachments lacking before: {len(lacking)}"),
        (True, f"待处理事件 events waiting: {restored.events:,}，已改用本机序号 renumbered for this server"),
        (True, f"编号 numbers go on from serial {restored.first_serial:,}"),
        (not wrong, f"统计 figures: {steps:,} 步重算 steps counted again, {wrong} 行不同 rows differ"),
        (
            not unreadable,
            "个人信息 personal values: "
            + (f"缺密钥 keys lacking: {', '.join(unreadable)}" if unreadable else "可以打开 can be opened"),
        ),
    ]
    for good, line in lines:
        console.print(f"{'[green]✓[/]' if good else '[yellow]![/]'} {line}")
    for line in restored.told:
        console.print(f"  {line}")
    good = all(ok for ok, _ in lines)
    console.print(
        "[green]已恢复，全部相符。 Restored; everything agrees.[/]"
        if good
        else "[yellow]已恢复，上面标 ! 的须看一看。 Restored; look at what is marked with !.[/]"
    )
    return 0 if good else 2


def _kept_in_the_trail(restored: Restored) -> None:
    """The log goes on after a gap that nobody should have to guess."""
    from zhili.core.cases.doors import record
    from zhili.core.people.actors import Actor

    what = {"fingerprint": restored.fingerprint, "leaves": restored.leaves, "made": restored.manifest.made}
    record("restore", Actor(kind="rule", label="恢复"), what)


def _log_of_a_new_name(restored: Restored) -> None:
    """What was signed after the backup was made must not be contradicted: the log goes on under a name of its own."""
    from zhili.core.trail import eras

    made = eras.begin(f"zhili restore {restored.fingerprint} {restored.manifest.made}")
    if made is not None:
        restored.told.append(
            f"存证从第 {made.size:,} 条起以新名称 {made.origin} 继续，见 /trail。 "
            f"The trail goes on from leaf {made.size:,} under the name {made.origin}: see /trail."
        )


def _mark_as_no_demo() -> None:
    """The next `zhili run` must not take this for a new city and load the demo into it."""
    import json

    from zhili.conf.home import home

    mark = home() / "demo.json"
    mark.parent.mkdir(parents=True, exist_ok=True)
    draft = mark.with_suffix(".new")
    draft.write_text(json.dumps({"state": "off"}))
    draft.replace(mark)
