"""Changes to how offices are set up: each kept as a row people can read and as a leaf nobody can alter.

``begin`` comes first: it lets one writer at a time near a thing, and refuses whoever had not seen its last change.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Protocol

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import Copy, sql

from zhili.core.trail import leaves
from zhili.core.trail.models import Change, Leaf

_LEAF: Final = ("id", "kind", "at", "subject", "body", "hash")
_CHANGE: Final = (
    "at", "subject", "key", "done", "name", "office_id", "before", "after", "since", "reason", "actor_kind",
    "actor_id", "account_id", "actor_office_id", "actor_label", "leaf_id", "salt",
)  # fmt: skip
_BEFORE, _AFTER = _CHANGE.index("before"), _CHANGE.index("after")


class _Made(NamedTuple):
    """A change in the making: the columns of ``_CHANGE``, and a tenth of the time a model takes."""

    at: datetime
    subject: str
    key: str
    done: str
    name: str
    office_id: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    since: date | None
    reason: str
    actor_kind: str
    actor_id: int | None
    account_id: int | None
    actor_office_id: int | None
    actor_label: str
    leaf_id: int
    salt: bytes


class By(Protocol):
    """Whoever changes something: an actor, as far as the trail needs to know it."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> int | None: ...
    @property
    def account_id(self) -> int | None: ...
    @property
    def office_id(self) -> int | None: ...
    @property
    def label(self) -> str: ...


class Overtaken(Exception):
    """Somebody else changed the thing after the asker had read it; ``changes`` are theirs, oldest first."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__()
        self.changes = changes

    @property
    def message(self) -> str:
        return _("您打开之后别人已经改过，这次没有保存。请看过新的内容再改。")


def latest(subject: str, key: object) -> int:
    """The id of the last change of a thing, 0 when it was never changed here: what a form remembers it has seen."""
    last = Change.objects.filter(subject=subject, key=str(key)).order_by("-id")
    return last.values_list("id", flat=True).first() or 0


def begin(subject: str, key: object, seen: int | None = None) -> None:
    """Hold the thing until the transaction ends. Raises Overtaken when there is a change after the one ``seen``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"zhili.change:{subject}:{key}"]
        )
    if seen is None:
        return
    newer = list(Change.objects.filter(subject=subject, key=str(key), id__gt=seen).order_by("id"))
    if newer:
        raise Overtaken(newer)


def record(
    subject: str,
    done: str,
    by: By,
    *,
    key: object,
    name: str = "",
    office: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    since: date | None = None,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Change:
    """Keep a change, in the transaction that makes it.

    The leaf says publicly what kind of thing was changed, how, from when and by what kind of actor, and ``facts``;
    names, values, reasons and ids are only committed to.
    """
    salt = secrets.token_bytes(16)
    made = Change(
        at=timezone.now(),
        subject=subject,
        done=done,
        key=str(key),
        name=name[:200],
        before=dict(before or {}),
        after=dict(after or {}),
        office_id=office,
        since=since,
        reason=reason[:300],
        actor_kind=by.kind,
        actor_id=by.id,
        account_id=by.account_id,
        actor_office_id=by.office_id,
        actor_label=by.label[:180],
        salt=salt,
    )
    what = {**(facts or {}), **public(made)}
    made.leaf_id = leaves.append("change", made.at, what, private(made), salt).pk
    made.save(force_insert=True)
    return made


@dataclass(frozen=True, slots=True)
class Done:
    """One of many changes made together."""

    key: object
    done: str
    name: str
    after: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)


def record_many(
    subject: str, by: By, made: Sequence[Done], *, at: datetime, office: int | None = None, reason: str = ""
) -> None:
    """Keep these changes, each with its own leaf, in the transaction that makes them. Three queries for any number."""
    if not made:
        return
    with connection.cursor() as cursor:
        table = Leaf._meta.db_table
        asked = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        cursor.execute(asked, [table, len(made)])
        ids = sorted(row[0] for row in cursor.fetchall())
    kept = []
    with _copying(Leaf._meta.db_table, _LEAF) as copy:
        for pk, one in zip(ids, made, strict=True):
            change = _Made(
                at, subject, str(one.key), one.done, one.name[:200], office, dict(one.before), dict(one.after), None,
                reason[:300], by.kind, by.id, by.account_id, by.office_id, by.label[:180], pk, secrets.token_bytes(16),
            )  # fmt: skip
            leaf = leaves.row("change", at, public(change), private(change), change.salt)
            copy.write_row([pk, "change", at, None, leaf["body"], leaf["hash"]])
            kept.append(change)
    with _copying(Change._meta.db_table, _CHANGE) as copy:
        for change in kept:
            row = list(change)
            row[_BEFORE], row[_AFTER] = _text(change.before), _text(change.after)
            copy.write_row(row)


_text: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@contextmanager
def _copying(table: str, columns: Sequence[str]) -> Iterator[Copy]:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def public(change: Change | _Made) -> dict[str, Any]:
    """What the leaf of a change shows, beside facts of its own."""
    what: dict[str, Any] = {"change": change.subject, "done": change.done, "by": change.actor_kind}
    if change.since is not None:
        what["since"] = change.since.isoformat()
    return what


def private(change: Change | _Made) -> dict[str, Any]:
    """What the leaf of a change commits to without showing it."""
    return {
        "key": change.key,
        "name": change.name,
        "before": change.before,
        "after": change.after,
        "office": change.office_id,
        "reason": change.reason,
        "by": [change.actor_id, change.account_id, change.actor_office_id, change.actor_label],
    }
