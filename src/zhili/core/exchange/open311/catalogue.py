"""The services of this site: the leaf categories of every scenario that lets anybody begin a case. From declarations.

A ``service_code`` is the category's code; where a second scenario has the same code, its own goes as
``scenario-code``.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.canonical import canonical
from zhili.base.procedure import Anyone, Opening, Procedure, Scenario
from zhili.core.cases import registry
from zhili.core.cases.categories import choices
from zhili.core.cases.models import Category
from zhili.core.cases.routing import directory
from zhili.core.exchange.models import ServiceEdition
from zhili.core.forms import Choice

CATEGORY = "category"
"""The question of a form whose answer becomes the case's category (``doors``)."""


@dataclass(frozen=True)
class Service:
    """One thing that may be reported. ``line`` holds the names of the categories above it, topmost first."""

    code: str
    scenario: str
    category: str
    name: str
    line: tuple[str, ...]
    words: tuple[str, ...]
    procedure: str
    opening: str

    @property
    def form(self) -> Any:
        """The form that begins such a case."""
        return registry.procedures()[self.procedure].openings[self.opening].form

    @property
    def group(self) -> str:
        return _(self.line[-1]) if self.line else ""


@dataclass
class _Read:
    edition: tuple[Any, ...] = ()
    services: dict[str, Service] | None = None


_lock = threading.Lock()
_read = _Read()


def services() -> dict[str, Service]:
    """By code, in the order of the scenarios and their categories. No query while the categories stay the same."""
    book = directory()
    if _read.services is None or _read.edition != book.edition:
        with _lock:
            _read.services = _all()
            _read.edition = book.edition
    return _read.services


def of_case(scenario: str, category: str) -> str:
    """The service code of a case; the bare category when it is none of today's services."""
    known = services()
    mine = known.get(category)
    if mine is not None and mine.scenario == scenario:
        return category
    own = f"{scenario}-{category}"
    return own if own in known else category


def open_procedures() -> list[str]:
    """The procedures whose cases are service requests: anybody may begin one."""
    return [
        one.full_name() for scenario in registry.scenarios().values() for one, _begin in _openings(scenario)
    ]


def edition() -> datetime:
    """Since when the list of services and their forms is as it is: what discovery calls its changeset."""
    listed = [
        [one.code, one.name, list(one.line), list(one.words), one.form.spec()["version"]]
        for one in services().values()
    ]
    digest = hashlib.sha256(canonical(listed)).hexdigest()
    found, _made = ServiceEdition.objects.get_or_create(digest=digest, defaults={"since": timezone.now()})
    return found.since


def _openings(scenario: Scenario) -> list[tuple[type[Procedure], Opening]]:
    return [
        (procedure, opening)
        for procedure in scenario.procedures
        for opening in procedure.openings.values()
        if any(isinstance(who, Anyone) for who in opening.by)
        and opening.form is not None
        and isinstance(opening.form.known().get(CATEGORY), Choice)
    ]


def _all() -> dict[str, Service]:
    found: dict[str, Service] = {}
    words = dict(Category.objects.exclude(words=[]).values_list("pk", "words"))
    ids = {(s, c): pk for pk, s, c in Category.objects.values_list("pk", "scenario", "code")}
    book = directory()
    for scenario in registry.scenarios().values():
        leaves = dict(choices(scenario.name))
        for procedure, opening in _openings(scenario):
            offered = {value for value, _title, _group in opening.form.known()[CATEGORY].offered()}
            for code, name in leaves.items():
                taken = found.get(code)
                if code not in offered or (taken is not None and taken.scenario == scenario.name):
                    continue
                own = code if taken is None else f"{scenario.name}-{code}"
                line = list(book.lineage(scenario.name, code))[:0:-1]
                found[own] = Service(
                    own,
                    scenario.name,
                    code,
                    name,
                    tuple(
                        book.names[scenario.name, above]
                        for above in line
                        if (scenario.name, above) in book.names
                    ),
                    tuple(words.get(ids.get((scenario.name, code), 0), ())),
                    procedure.full_name(),
                    opening.name,
                )
    return found


def forget() -> None:
    """Read the categories again at the next question (tests)."""
    _read.services = None
