"""What two sites have agreed to hand to one another: one text, the same on both sides (docs/protocol.md, "Agreements").

Both sides load the same document; each knows by its digest that the other holds the same. What each does with a
matter that comes (its procedure, its own names of fields) is its own affair and not part of the agreement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from zhili.base.canonical import canonical
from zhili.base.exchange.errors import WireError
from zhili.base.exchange.reading import Unreadable, read
from zhili.base.exchange.shape import (
    CODE,
    NAME,
    SITE,
    Day,
    Flag,
    Many,
    Maybe,
    Record,
    Text,
    Whole,
    wrong,
)

MOST_BYTES: Final = 256 * 1024
_NAME = Text(64, 1, NAME, "name of a field")
AGREEMENT: Final = Record(
    {
        "code": Text(64, 1, CODE, "code"),
        "version": Whole(1, 9999),
        "title": Text(200),
        "sites": Many(Text(64, 1, SITE, "name of a site"), 2, 2),
        "group": Maybe(Text(100, 0)),
        "categories": Many(
            Record({"a": Text(100), "b": Text(100), "title": Maybe(Text(200, 0))}, called="category"), 500
        ),
        "fields": Many(_NAME, 200),
        "personal": Many(_NAME, 50),
        "gate_personal": Flag(),
        "files": Flag(),
        "due_days": Whole(1, 3650, "days"),
        "topics": Many(Text(64, 1, r"[a-z0-9][a-z0-9._-]*", "name of a topic"), 50),
        "valid_from": Day(),
        "valid_to": Maybe(Day(), null=True),
    },
    {
        "code": "the same on both sides, for good",
        "version": "grows with every change of the text",
        "sites": "the two sites, a and b: `categories[].a` are codes of the first, `.b` of the second",
        "group": "what it belongs to, for people",
        "categories": "which category of one side is which of the other; nothing else is handed over",
        "fields": "names that may stand in `hand_over.fields`",
        "personal": "names that may stand in `hand_over.personal`; empty: no personal value travels",
        "gate_personal": "whether personal values may also travel in gate files",
        "files": "whether files may be listed and fetched",
        "due_days": "agreed time to deal with a matter",
        "topics": "topics that may be published under it",
        "valid_from": "first day (where the receiver is)",
        "valid_to": "last day, or null",
    },
)


@dataclass(frozen=True, slots=True)
class Category:
    """``a``: the code at the first site, ``b``: at the second."""

    a: str
    b: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement between ``sites[0]`` (a) and ``sites[1]`` (b). Days are inclusive."""

    code: str
    version: int
    title: str
    sites: tuple[str, str]
    group: str
    categories: tuple[Category, ...]
    fields: tuple[str, ...]
    personal: tuple[str, ...]
    gate_personal: bool
    files: bool
    due_days: int
    topics: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    def document(self) -> dict[str, Any]:
        """As JSON values. ``parse_document`` of it gives the same agreement."""
        return {
            "code": self.code,
            "version": self.version,
            "title": self.title,
            "sites": list(self.sites),
            "group": self.group,
            "categories": [
                {"a": one.a, "b": one.b, **({"title": one.title} if one.title else {})}
                for one in self.categories
            ],
            "fields": list(self.fields),
            "personal": list(self.personal),
            "gate_personal": self.gate_personal,
            "files": self.files,
            "due_days": self.due_days,
            "topics": list(self.topics),
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }

    def digest(self) -> str:
        """SHA-256 of its canonical JSON, 64 hex digits. What is left out counts as its empty value."""
        return hashlib.sha256(canonical(self.document())).hexdigest()

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def other(self, site: str) -> str:
        """The other of the two sites. Raises KeyError when ``site`` is neither."""
        a, b = self.sites
        return {a: b, b: a}[site]

    def theirs(self, site: str, category: str) -> str | None:
        """What ``site`` sends as category for its own ``category``: the code of the other side; None: not agreed."""
        if site == self.sites[0]:
            return next((one.b for one in self.categories if one.a == category), None)
        return next((one.a for one in self.categories if one.b == category), None)

    def codes(self, site: str) -> tuple[str, ...]:
        """The categories of ``site`` this covers: what it may be handed."""
        return tuple(one.a if site == self.sites[0] else one.b for one in self.categories)

    def check(self, body: Mapping[str, Any], receiver: str, *, gate: bool = False) -> None:
        """Whether a ``hand_over`` of the right shape keeps to this agreement; ``receiver`` is the site it is for.

        Raises WireError: agreement_differs, mapping (body.category), field_not_agreed.
        """
        if body["agreement_digest"] != self.digest():
            raise WireError(
                "agreement_differs",
                f"here: version {self.version}, digest {self.digest()}",
                "body.agreement_digest",
            )
        if body["category"] not in self.codes(receiver):
            raise WireError("mapping", "the agreement knows no such category here", "body.category")
        for part, allowed in (("fields", self.fields), ("personal", self.personal)):
            for name in body.get(part) or {}:
                if name not in allowed:
                    raise WireError(
                        "field_not_agreed", "the agreement does not list it", f"body.{part}.{name}"
                    )
        if gate and body.get("personal") and not self.gate_personal:
            raise WireError(
                "field_not_agreed", "personal values may not travel in a gate file", "body.personal"
            )
        if body.get("files") and not self.files:
            raise WireError("field_not_agreed", "the agreement does not allow files", "body.files")


def parse(raw: bytes) -> Agreement:
    """An agreement from its JSON. Raises WireError malformed, naming the field."""
    try:
        found = read(raw, MOST_BYTES)
    except Unreadable as error:
        raise WireError("too_large" if error.large else "malformed", error.why, error.path) from None
    return parse_document(found)


def parse_document(found: Any) -> Agreement:
    """An agreement from JSON values. Raises WireError malformed, naming the field."""
    AGREEMENT.check(found)
    a, b = found["sites"]
    if a == b:
        raise wrong("two sites, not one", "sites[1]")
    starts = date.fromisoformat(found["valid_from"])
    ends = date.fromisoformat(found["valid_to"]) if found.get("valid_to") else None
    if ends and ends < starts:
        raise wrong("ends before it begins", "valid_to")
    for name in ("fields", "personal", "topics"):
        _once(found[name], name)
    if both := set(found["fields"]) & set(found["personal"]):
        raise wrong(f"{min(both)} stands under fields too", f"personal[{found['personal'].index(min(both))}]")
    categories = tuple(Category(one["a"], one["b"], one.get("title", "")) for one in found["categories"])
    _once([(one.a, one.b) for one in categories], "categories")
    return Agreement(
        code=found["code"],
        version=found["version"],
        title=found["title"],
        sites=(a, b),
        group=found.get("group", ""),
        categories=categories,
        fields=tuple(found["fields"]),
        personal=tuple(found["personal"]),
        gate_personal=found["gate_personal"],
        files=found["files"],
        due_days=found["due_days"],
        topics=tuple(found["topics"]),
        valid_from=starts,
        valid_to=ends,
    )


def _once(values: list[Any], name: str) -> None:
    for number, one in enumerate(values):
        if one in values[:number]:
            raise wrong("stands there twice", f"{name}[{number}]")
