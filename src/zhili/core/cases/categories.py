"""Categories of a scenario: loaded from its CSV, offered on forms, kept by the city afterwards."""

import csv
import io
from importlib import resources

from django.db import transaction

from zhili.core.cases import registry
from zhili.core.cases.models import Category
from zhili.core.cases.routing import directory


def choices(scenario: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of the categories that may be chosen: the leaves of the list, in its order. No query when warm.

    The same object until the categories change.
    """
    book = directory()
    found = book.choices.get(scenario)
    if found is None:
        parents = {parent for (one, _), parent in book.parents.items() if one == scenario}
        found = tuple(
            (code, name)
            for (one, code), name in book.names.items()
            if one == scenario and code not in parents and (one, code) not in book.historical
        )
        book.choices[scenario] = found
    return found


def begin() -> int:
    """Give every scenario its own list where the city has not a single category of it. Returns rows added.

    A city that keeps its own list, however short, is left alone.
    """
    kept = set(Category.objects.values_list("scenario", flat=True).distinct())
    return sum(
        load(name) for name, one in registry.scenarios().items() if one.categories and name not in kept
    )


def load(scenario: str) -> int:
    """Write a scenario's own list where the city has none yet; what the city changed is left. Returns rows added."""
    declared = registry.scenarios()[scenario]
    if not declared.categories:
        return 0
    module = declared.procedures[0].__module__.rpartition(".")[0]
    text = (resources.files(module) / declared.categories).read_text("utf-8")
    rows = [
        Category(
            scenario=scenario,
            code=row["code"],
            parent=row["parent"],
            name=row["name"],
            public=row["public"] == "1",
            words=row["words"].split(),
        )
        for row in csv.DictReader(io.StringIO(text))
    ]
    with transaction.atomic():
        known = set(Category.objects.filter(scenario=scenario).values_list("code", flat=True))
        return len(Category.objects.bulk_create([r for r in rows if r.code not in known]))
