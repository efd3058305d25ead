"""Telling listeners that the outbox has news, without holding up whoever wrote it.

A NOTIFY inside the writing transaction would make all commits of the server stand in one line, since PostgreSQL
orders notifications by a lock held until the commit is on disk. So a thread of the writing process says it a moment
after the commit, once for all that was written meanwhile. A bell that fails costs a second: listeners also look.
"""

import logging
import threading

from django.db import connection, transaction

log = logging.getLogger(__name__)
CHANNEL = "'zhili_live_' || current_schema()"
TOGETHER = 0.04
"""Seconds from one ring to the next."""
_rung = threading.Event()
_lock = threading.Lock()
_ringer: threading.Thread | None = None


def ring() -> None:
    """Once the running transaction is kept (at once when there is none), wake the listeners of every process."""
    transaction.on_commit(_ring)


def _ring() -> None:
    global _ringer
    _rung.set()
    if _ringer is None or not _ringer.is_alive():
        with _lock:
            if _ringer is None or not _ringer.is_alive():
                _ringer = threading.Thread(target=_ringing, name="live-bell", daemon=True)
                _ringer.start()


def _ringing() -> None:
    pause = threading.Event()
    while True:
        _rung.wait()
        _rung.clear()
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_notify({CHANNEL}, '')")
        except Exception as error:  # the change is kept whatever becomes of the bell
            log.debug("the live bell was not heard: %s", error)
        finally:
            connection.close()
        pause.wait(TOGETHER)
