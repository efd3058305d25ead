"""`zhili check`: everything that can be proved without a database."""

import traceback
from collections.abc import Callable, Iterable
from importlib import import_module

from django.apps import apps
from django.core.checks import Error, run_checks
from django.core.management.base import no_translations
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from rich.console import Console

from zhili.base import cycles
from zhili.commands import arrows, translations

console = Console(highlight=False, soft_wrap=True)


def check(database: bool) -> int:
    """Run every check, print each fault, return the exit code. With `database`, open cases are looked at too."""
    bad = 0
    for title, find in [("流程 Procedures", lambda: procedures(database)), *CHECKS]:
        with cycles.seldom():
            faults = _found(find)
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


def _found(find: Callable[[], Iterable[str]]) -> list[str]:
    """The faults; a check that cannot run is a fault itself and does not hide the others."""
    try:
        return list(find())
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return [f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"]


def procedures(database: bool) -> list[str]:
    """Faults of the declared procedures, by the kernel's own checker."""
    try:
        module = import_module("zhili.core.cases.check")
    except ModuleNotFoundError as error:
        if error.name != "zhili.core.cases.check":
            raise
        return ["没有流程检查 zhili.core.cases.check is missing"]
    return [str(fault) for fault in module.run(database=database)]


@no_translations  # titles of Django's own fields would else differ by language
def _migrations() -> Iterable[str]:
    """Models of ours that no migration describes, and apps with two last migrations; found without a database."""
    loader = MigrationLoader(None)
    if forks := loader.detect_conflicts():
        return [
            f"{app}: {', '.join(sorted(names))} 互不相接，让其中一个依赖另一个 let one depend on the other"
            for app, names in sorted(forks.items())
        ]
    found = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = found.changes(graph=loader.graph)
    return [
        f"{config.label}: {operation.describe()}（python -m django makemigrations {config.label}）"
        for config in arrows.ours()
        for migration in changes.get(config.label, [])
        for operation in migration.operations
    ]


def _signals() -> list[str]:
    """Rules over measurements that could not run on this site."""
    from zhili.core.signals import registry

    return registry.faults()


CHECKS: list[tuple[str, Callable[[], Iterable[str]]]] = [
    ("配置 Django's own checks", _django),
    ("迁移 Migrations", _migrations),
    ("预警规则 Rules over measurements", _signals),
    ("依赖方向 Import arrows in strings, relations, migrations, templates", arrows.faults),
    ("翻译 Translations", translations.faults),
]
