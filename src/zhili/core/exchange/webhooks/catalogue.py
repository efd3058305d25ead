"""What may be told to other programs: every type of event, when it happens, and what it says (JSON Schema).

Public types are a promise to strangers: a name or a member that stands here is never taken away or given another
meaning; new ones may come. docs/webhooks.md repeats all of it, held equal by a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_noop

from zhili.core.cases.watching import DUE_SOON, STEP
from zhili.core.signals.warnings.keeping_steps import EVENT as WARNING

Payload = Mapping[str, Any]
Schema = dict[str, Any]
TEST: Final = "zhili.test"


def _or_null(kind: str, **more: Any) -> Schema:
    return {"type": [kind, "null"], **more}


TIME: Final[Schema] = {"type": "string", "format": "date-time"}
NAMED: Final[Schema] = {
    "type": ["object", "null"],
    "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
    "required": ["code", "name"],
}
CASE: Final[Mapping[str, Schema]] = {
    "number": {"type": "string"},
    "scenario": {"type": "string"},
    "procedure": {"type": "string"},
    "stage": {"type": "string"},
    "stage_title": {"type": "string"},
    "category": NAMED,
    "division": NAMED,
    "office": NAMED,
    "opened_at": TIME,
    "due_at": _or_null("string", format="date-time"),
    "overdue": {"type": "boolean"},
    "child": {"type": "boolean"},
    "url": {"type": "string"},
}
HAPPENED: Final[Mapping[str, Schema]] = {
    "seq": {"type": "integer", "minimum": 1},
    "action": {"type": "string"},
    "action_title": {"type": "string"},
    "from": _or_null("string"),
    "by": {"enum": ["account", "anonymous", "clock", "grant", "post", "rule", "site"]},
    "first": {"type": "boolean"},
    "returned": {"type": "boolean"},
    "reopened": {"type": "boolean"},
    "answered": {"type": "boolean"},
    "final": {"type": "boolean"},
    "late": {"type": "boolean"},
    "outcome": _or_null("string"),
    "days": _or_null("integer", minimum=0),
    "rating": _or_null("integer", minimum=1, maximum=5),
}
CLOCK: Final[Mapping[str, Schema]] = {"clock": {"type": "string"}}
SITE: Final[Mapping[str, Schema]] = {
    "site": {"type": "string"},
    "stream": {"type": "string"},
    "way": {"enum": ["in", "out"]},
    "state": {"type": "string"},
}
WARNED: Final[Mapping[str, Schema]] = {
    "warning": {"type": "integer"},
    "rule": {"type": "string"},
    "title": {"type": "string"},
    "level": {"enum": ["blue", "yellow", "orange", "red"]},
    "state": {"enum": ["raised", "accepted", "closed"]},
    "division": NAMED,
    "office": NAMED,
    "case": _or_null("string"),
    "url": {"type": "string"},
}


def _object(*parts: Mapping[str, Schema]) -> Schema:
    members = {name: one for part in parts for name, one in part.items()}
    return {"type": "object", "properties": members, "required": sorted(members)}


SHAPES: Final[Mapping[str, Schema]] = {
    "step": _object(CASE, HAPPENED),
    "clock": _object(CASE, CLOCK),
    "exchange": _object(CASE, HAPPENED, SITE),
    "warning": _object(WARNED),
    "test": _object({"subscription": {"type": "string"}}),
}
"""What ``data`` holds. Readers must bear members they do not know."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A public type. ``of``: the type in the outbox; ``when``: which of those; ``shape``: one of ``SHAPES``."""

    name: str
    title: str
    says: str
    of: str
    shape: str
    when: Callable[[Payload], bool]


def _step(
    name: str, title: str, says: str, when: Callable[[Payload], bool], shape: str = "step"
) -> EventType:
    return EventType(f"zhili.{name}", title, says, STEP, shape, when)


def _warning(kind: str, title: str, says: str) -> EventType:
    def when(what: Payload) -> bool:
        return bool(what.get("kind") == kind and what.get("warning") and not what.get("trial"))

    return EventType(f"zhili.warning.{kind}", title, says, WARNING, "warning", when)


EXCHANGE: Final = "zhili.exchange.matter"
TYPES: Final[Mapping[str, EventType]] = {
    one.name: one
    for one in (
        _step("case.opened", gettext_noop("事项登记"), "A case was opened.", lambda p: bool(p.get("first"))),
        _step("case.step", gettext_noop("事项的每一步"), "Any step was taken on a case.", lambda p: True),
        _step(
            "case.answered",
            gettext_noop("事项有了结果"),
            "The result was given; the case may still wait for a rating.",
            lambda p: bool(p.get("answered")),
        ),
        _step("case.closed", gettext_noop("事项办结"), "The case is over.", lambda p: bool(p.get("final"))),
        _step(
            "case.reopened",
            gettext_noop("事项重新办理"),
            "A case that had its result is worked on again.",
            lambda p: bool(p.get("reopened")),
        ),
        _step(
            "case.returned",
            gettext_noop("事项被退回"),
            "An office gave the case back.",
            lambda p: bool(p.get("returned")),
        ),
        _step(
            "case.overdue",
            gettext_noop("事项超期"),
            "A time limit ran out.",
            lambda p: p.get("action") == "overdue",
        ),
        EventType(
            "zhili.case.due_soon",
            gettext_noop("事项快到期"),
            "A time limit is about to run out.",
            DUE_SOON,
            "clock",
            lambda p: True,
        ),
        _step(
            EXCHANGE.removeprefix("zhili."),
            gettext_noop("与外地往来的事项"),
            "A step was taken on a case that was handed over to another city's site, or came from one.",
            lambda p: True,
            "exchange",
        ),
        _warning("raised", gettext_noop("发出预警"), "A rule raised a warning."),
        _warning("accepted", gettext_noop("预警有人接手"), "Somebody takes care of a warning."),
        _warning(
            "escalated", gettext_noop("预警升级"), "Nobody took care in time; the next office was told."
        ),
        _warning("closed", gettext_noop("预警了结"), "A warning was dealt with."),
    )
}
OUTBOX: Final = frozenset(one.of for one in TYPES.values())
BY_OUTBOX: Final[Mapping[str, tuple[EventType, ...]]] = {
    of: tuple(one for one in TYPES.values() if one.of == of) for of in OUTBOX
}
