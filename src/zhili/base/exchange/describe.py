"""The protocol told from the code: JSON Schemas and the tables of docs/protocol.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zhili.base.exchange import agreement, bodies, discovery, gatefile, wire
from zhili.base.exchange.errors import ERRORS, PROBLEM_TYPE
from zhili.base.exchange.shape import Maybe, Record

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
THEN: Final = {
    "again": "later, by itself",
    "resume": "from `expected`",
    "mend": "not by itself: a person looks at it",
}
RECORDS: Final[Mapping[str, Record]] = {
    "delivery": wire.DELIVERY,
    "message": wire.MESSAGE,
    "answer": wire.ANSWER,
    "result": wire.RESULT,
    "error": wire.ERROR,
    "state": wire.STATE,
    "agreement": agreement.AGREEMENT,
    "discovery": discovery.DISCOVERY,
    "gate-request": gatefile.REQUEST_FILE,
    "gate-answer": gatefile.ANSWER_FILE,
    "place": bodies.PLACE,
    "file": bodies.FILE,
    "step": bodies.STEP,
    "consistency": wire.CONSISTENCY,
    **{f"body-{kind.replace('_', '-')}": shape for kind, shape in bodies.BODIES.items()},
}
_WITHIN: Final = frozenset({"message", "result", "error", "place", "file", "step", "consistency"})


def table(name: str) -> str:
    """The members of a record as a Markdown table."""
    record = RECORDS[name]
    lines = ["| Member | | What | About |", "|---|---|---|---|"]
    for member, shape in record.members.items():
        given = "optional" if isinstance(shape, Maybe) else "required"
        lines.append(f"| `{member}` | {given} | {_cell(shape.words())} | {record.about.get(member, '')} |")
    return "\n".join(lines)


def errors_table() -> str:
    """Every error: its code, its status, what it means and what its sender does."""
    lines = ["| Code | Status | Meaning | Sent again |", "|---|---|---|---|"]
    lines += [f"| `{code}` | {one.status} | {one.title} | {THEN[one.then]} |" for code, one in ERRORS.items()]
    return "\n".join(lines)


def schemas() -> dict[str, dict[str, Any]]:
    """Name → JSON Schema of each document that travels by itself, and of each body."""
    found = {name: _schema(name, record) for name, record in RECORDS.items() if name not in _WITHIN}
    found["problem"] = {
        "$schema": DIALECT,
        "title": f"problem ({PROBLEM_TYPE})",
        "type": "object",
        "properties": {
            "type": {"enum": [f"urn:zhili:exchange:{code}" for code in ERRORS]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "field": {"type": "string"},
            "expected": {"type": "integer", "minimum": 1},
            "supported": {"type": "array", "items": {"type": "string"}},
            "retry_after": {"type": "integer", "minimum": 0},
        },
        "required": ["type", "status"],
    }
    return found


def _schema(name: str, record: Record) -> dict[str, Any]:
    title = f"{wire.PROTOCOL}: {name}"
    return {"$schema": DIALECT, "title": title, **record.schema()}


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
