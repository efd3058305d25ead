"""发文字号: one after another in a series of mark and year, none missing, none twice.

The counter's row is locked from the moment a number is taken until the issuing transaction ends. If that is rolled
back, so is the counter; a database sequence would leave a gap. Two offices never wait for one another.
"""

from __future__ import annotations

from django.db import connection

TAKE = """
INSERT INTO documents_counter (mark, year, last) VALUES (%s, %s, 1)
ON CONFLICT (mark, year) DO UPDATE SET last = documents_counter.last + 1
RETURNING last"""


def take(mark: str, year: int) -> int:
    """The next number of a series, 1 the first. Inside the transaction that issues, as late in it as possible."""
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken only in the transaction that uses it")
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [mark, year])
        return int(cursor.fetchone()[0])
