"""Case numbers: a serial drawn in blocks, so that opening a case costs no query for it."""

import threading
from datetime import datetime

from django.db import connection

from zhili.base.codes import case_number

BLOCK = 64
"""Must equal the INCREMENT of the sequence (migration 0001). A process that stops loses the rest of its block."""

_lock = threading.Lock()
_blocks: dict[str, list[int]] = {}


def take() -> int:
    """The next serial of this process; unique over all processes, not gapless."""
    database = f"{connection.settings_dict['HOST']}/{connection.settings_dict['NAME']}"
    with _lock:
        block = _blocks.setdefault(database, [])
        if not block:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('cases_serial')")
                first = cursor.fetchone()[0]
            block.extend(range(first + BLOCK - 1, first - 1, -1))
        return block.pop()


def number_for(serial: int, opened_at: datetime) -> str:
    """The number of the case with this serial: two digits of the year, the serial, a check digit."""
    return case_number(opened_at.year, serial)
