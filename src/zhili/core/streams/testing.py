"""For tests that live inside one transaction, where the horizon never moves past their own events."""

import json

from django.db import connection

from zhili.core.streams.consumer import Consumer, Event


def deliver(consumer: Consumer, after: int = 0) -> int:
    """Hand the consumer every event with an id above `after`, its own transaction's too; the last id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, xid::text, at, type, subject, payload::text FROM streams_event"
            " WHERE id > %s ORDER BY id",
            [after],
        )
        events = [Event(i, int(x), at, t, s, json.loads(p)) for i, x, at, t, s, p in cursor.fetchall()]
    wanted = [e for e in events if consumer.types is None or e.type in consumer.types]
    if wanted:
        consumer.handle(wanted)
    return events[-1].id if events else after
