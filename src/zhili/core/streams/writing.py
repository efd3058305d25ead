"""Writing to the outbox."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from zhili.core.streams.live.bell import ring

# The columns a writer gives; id, xid and at come from the database. A hot spot that writes its rows
# in SQL of its own inserts these three.
INSERT = "INSERT INTO streams_event (type, subject, payload) VALUES "


def emit(type: str, subject: int | None, payload: Mapping[str, Any]) -> None:
    """Write an event in the running transaction: it is told if, and only if, the change is kept.

    `subject` is a case id. No personal value belongs in the payload: it outlives an erasure.
    """
    emit_many([(type, subject, payload)])


def emit_many(events: Iterable[tuple[str, int | None, Mapping[str, Any]]]) -> None:
    """Write several events in one statement; they are read in this order."""
    values: list[Any] = []
    for type, subject, payload in events:
        values += (type, subject, json.dumps(payload, cls=DjangoJSONEncoder, ensure_ascii=False))
    if not values:
        return
    rows = ", ".join(["(%s, %s, %s::jsonb)"] * (len(values) // 3))
    with connection.cursor() as cursor:
        cursor.execute(INSERT + rows, values)
    ring()
