"""`zhili check`: everything that can be proved without a database."""

from collections.abc import Callable, Iterable
from importlib import import_module

from django.core.checks import Error, run_checks
from django.core.management import call_command
from rich.console import Console

from zhili.commands import arrows, translations

console = Console(highlight=False, soft_wrap=True)


def check() -> int:
    """Run every check, print each fault, return the exit code."""
    bad = 0
    for title, find in CHECKS:
        faults = list(find())
        mark = "[green]✓[/]" if not faults else "[red]✗[/]"
        console.print(f"{mark} {title}" + (f"  {len(faults)}" if faults else ""))
        for fault in faults:
            console.print(f"    {fault}", markup=False)
        bad += len(faults)
    console.print("[green]一切正常。 All is well.[/]" if not bad else f"[red]{bad} 处问题。 {bad} faults.[/]")
    return 1 if bad else 0


def _django() -> Iterable[str]:
    for found in run_checks():
        if isinstance(found, Error) or found.level >= 30:
            yield f"{found.id}: {found.msg} {found.hint or ''}".strip()


def _procedures() -> Iterable[str]:
    try:
        module = import_module("zhili.core.cases.check")
    except ModuleNotFoundError as error:
        if error.name != "zhili.core.cases.check":
            raise
        return ["没有流程检查 zhili.core.cases.check is missing"]
    return [str(fault) for fault in module.run()]


def _migrations() -> Iterable[str]:
    """Models that no migration describes. Asked of ours only."""
    labels = [config.label for config in arrows.ours()]
    try:
        call_command("makemigrations", *labels, check=True, dry_run=True, verbosity=0)
    except SystemExit:
        yield "模型有改动而没有迁移 models changed without a migration: python -m django makemigrations"


CHECKS: list[tuple[str, Callable[[], Iterable[str]]]] = [
    ("配置 Django's own checks", _django),
    ("流程 Procedures", _procedures),
    ("迁移 Migrations", _migrations),
    ("依赖方向 Import arrows in strings, relations, migrations, templates", arrows.faults),
    ("翻译 Translations", translations.faults),
]
