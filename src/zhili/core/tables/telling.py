"""A version as facts, for its change record; a sentence about a table in the reader's language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext

from zhili.base.canonical import canonical
from zhili.base.decisions import Words
from zhili.core.tables.models import TableVersion

TABLE: Final = "table"
"""What the change records call it."""
DATED: Final = {"drafted": "drafted_at", "confirmed": "confirmed_at"}
"""Which column holds the moment of which change."""


def facts_of(version: TableVersion) -> dict[str, Any]:
    """Everything of a version but its key; the document by its digest."""
    return {
        "name": version.name,
        "number": version.number,
        "title": version.title,
        "sha256": version.sha256,
        "valid_from": version.valid_from.isoformat() if version.valid_from else None,
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
        "state": str(version.state),
        "source": version.source,
        "office": version.office_id,
        "flags": digest(version.flags),
        "drafted_by": version.drafted_by,
        "drafted_label": version.drafted_label,
        "confirmed_by": version.confirmed_by,
        "confirmed_label": version.confirmed_label,
    }


def digest(value: Any) -> str:
    """SHA-256 of a JSON value as RFC 8785 writes it, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def said(words: str) -> str:
    """A sentence of ``base.decisions`` in the reader's language."""
    if not isinstance(words, Words):
        return words
    told = {name: _each(value) for name, value in words.told.items()}
    return gettext(words.text) % told if told else gettext(words.text)


def _each(value: Any) -> Any:
    if isinstance(value, Words):
        return said(value)
    return "; ".join(said(str(one)) for one in value) if isinstance(value, list | tuple) else value


def flags(found: Iterable[tuple[int, Words]]) -> list[dict[str, Any]]:
    """What a person must look at, by row (0: the whole table), as it is stored."""
    return [{"row": row, "text": words.text, "told": words.told} for row, words in found]


def flagged(stored: Iterable[dict[str, Any]]) -> list[tuple[int, str]]:
    """The same in the reader's language."""
    return [(one["row"], said(Words(one["text"], **one["told"]))) for one in stored]
