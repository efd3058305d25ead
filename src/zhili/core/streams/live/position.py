"""How far a screen has been told, as it travels in the `id:` of server-sent events."""

import re
from typing import NamedTuple

from django.db import connection

_FORM = re.compile(r"(\d{1,19})-(\d{1,18})")


class Position(NamedTuple):
    """Everything up to here, in the order (xid, id) of the outbox, has been told.

    Not the id of the last event: an event may be shown before an older one that commits later, and a screen that
    came back with that id would never see the older one.
    """

    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"

    @classmethod
    def of(cls, text: str) -> "Position | None":
        """What a browser sent back; None for anything we never gave out."""
        found = _FORM.fullmatch(text.strip())
        return cls(int(found[1]), int(found[2])) if found and int(found[1]) < 2**63 else None


def position() -> Position:
    """The present one: whoever reads the database after this call and begins its stream here misses nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return Position(int(cursor.fetchone()[0]), 0)
