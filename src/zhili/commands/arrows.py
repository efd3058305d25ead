"""The import arrows that import-linter cannot see: relations, migrations, templates, names in strings.

base ← core apps in their order ← portal ← scenarios ← conf, and scenarios independent of one another.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps
from django.db.migrations.loader import MigrationLoader

CORE = [
    "params",
    "web",
    "streams",
    "trail",
    "places",
    "people",
    "tables",
    "files",
    "forms",
    "registers",
    "cases",
    "administration",
    "documents",
    "draws",
    "visits",
    "notices",
    "personal",
    "signals",
    "indicators",
    "transparency",
    "elements",
    "search",
    "exchange",
]
REFERENCE = re.compile(r"""{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")
RENDERED = re.compile(r"^[\w\-/]+\.(?:html|txt|xml)$")


def rank(app: str) -> int:
    """Height of an app by dotted name: a part may use what has a lower rank."""
    parts = app.split(".")
    if parts[1] == "base":
        return 0
    if parts[1] == "core":
        return 1 + CORE.index(parts[2])
    return {"portal": 100, "scenarios": 200}.get(parts[1], 300)


def allowed(user: str, used: str) -> bool:
    """Whether the app `user` may name the app `used`; both dotted, as in INSTALLED_APPS."""
    if user == used or not used.startswith("zhili."):
        return True
    return rank(used) < rank(user)


def ours() -> list[AppConfig]:
    return [config for config in apps.get_app_configs() if config.name.startswith("zhili.")]


def faults() -> list[str]:
    """One line per arrow that points the wrong way or at nothing."""
    return [*relations(), *migrations(), *templates(), *names()]


def relations() -> Iterator[str]:
    for config in ours():
        for model in config.get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                if field.is_relation and not field.auto_created and field.related_model:
                    used = field.related_model._meta.app_config.name
                    if not allowed(config.name, used):
                        yield f"{model._meta.label}.{field.name} → {used}"


def migrations() -> Iterator[str]:
    loader = MigrationLoader(None)
    by_label = {config.label: config.name for config in apps.get_app_configs()}
    for (label, name), migration in sorted(loader.disk_migrations.items()):
        user = by_label[label]
        if not user.startswith("zhili."):
            continue
        for other, target in migration.dependencies:
            used = by_label.get(other)
            if used is None:
                if other != "__setting__":
                    yield f"{label}.{name} → {other}.{target}（没有这个应用 no such app）"
            elif not allowed(user, used):
                yield f"{label}.{name} → {other}.{target}"


def _owners() -> dict[str, str]:
    """Template name -> app that holds it; the first app wins, as in Django's loader."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        root = Path(config.path) / "templates"
        for file in sorted(root.rglob("*")) if root.exists() else []:
            if file.is_file():
                found.setdefault(file.relative_to(root).as_posix(), config.name)
    return found


def templates() -> Iterator[str]:
    """{% extends %} and {% include %} in our templates."""
    owners = _owners()
    for config in ours():
        root = Path(config.path) / "templates"
        for file in sorted(root.rglob("*")) if root.exists() else []:
            if file.suffix not in (".html", ".txt", ".xml"):
                continue
            for name in REFERENCE.findall(file.read_text()):
                yield from _template(config.name, file.relative_to(root).as_posix(), name, owners)


def _template(user: str, where: str, name: str, owners: dict[str, str]) -> Iterator[str]:
    used = owners.get(name)
    if used is None:
        yield f"{user}: {where} → {name}（没有这个模板 no such template）"
    elif not allowed(user, used):
        yield f"{user}: {where} → {name}（{used}）"


def names() -> Iterator[str]:
    """Python strings that name a template, a model (`get_model`) or a module of ours."""
    owners = _owners()
    labels = {config.label: config.name for config in ours()}
    for config in ours():
        for file in sorted(Path(config.path).rglob("*.py")):
            if {"migrations", "tests"} & set(file.relative_to(config.path).parts):
                continue
            where = file.relative_to(config.path).as_posix()
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from _string(config.name, where, node.value, owners)
                elif isinstance(node, ast.Call):
                    yield from _get_model(config.name, where, node, labels)


def _string(user: str, where: str, text: str, owners: dict[str, str]) -> Iterator[str]:
    if RENDERED.match(text) and "/" in text and text in owners and not allowed(user, owners[text]):
        yield f"{user}: {where} → {text}（{owners[text]}）"
    elif re.match(r"^zhili(\.\w+){2,}$", text):
        used = _app_of(text)
        if used and not allowed(user, used) and rank(user) < 300:
            yield f"{user}: {where} → {text}"


def _app_of(dotted: str) -> str | None:
    return next((config.name for config in ours() if f"{dotted}.".startswith(f"{config.name}.")), None)


def _get_model(user: str, where: str, call: ast.Call, labels: dict[str, str]) -> Iterator[str]:
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "get_model" and call.args):
        return
    first = call.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        used = labels.get(first.value.split(".")[0])
        if used and not allowed(user, used):
            yield f"{user}: {where} → get_model({first.value!r})"
