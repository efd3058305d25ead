"""Taking little: what runs beside a working city gives way to it."""

import os
import sys
import time
from contextlib import suppress

import psutil

NICE = 3
"""Little: the pace below is what holds it back, and a busy machine must not starve it for hours."""
BUSY = 0.7
"""Above this share of the machine in use, somebody is working whom we must not disturb."""
LOOK = 1.0  # seconds between looks at how busy the machine is


class Pace:
    """Keeps this process to ``share`` of one core while the machine is busy; when it is idle, no pause.

    The server's own share goes along: it stops as soon as nobody reads what it sends. ``local``: whether the
    database is on this machine, so that an idle machine means an idle database.
    """

    def __init__(self, share: float, local: bool) -> None:
        self._share, self._local = share, local
        self._used, self._looked = time.process_time(), time.monotonic()
        self._busy = True
        psutil.cpu_percent()

    def breathe(self) -> None:
        """Call after each piece of work."""
        used = time.process_time()
        spent, self._used = used - self._used, used
        if self._share < 1 and (self._is_busy() or not self._local):
            time.sleep(spent * (1 / self._share - 1))

    def _is_busy(self) -> bool:
        if time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            self._busy = psutil.cpu_percent() > 100 * BUSY
        return self._busy


def give_way(server_process: int | None) -> None:
    """Lower the priority of this process, and of the server's that serves it when that is ours."""
    with suppress(OSError, psutil.Error):
        os.nice(NICE)
        if sys.platform == "linux":
            psutil.Process().ionice(psutil.IOPRIO_CLASS_BE, 7)
    if server_process is not None:
        with suppress(OSError, psutil.Error):
            process = psutil.Process(server_process)
            if process.name() == "postgres":
                process.nice(NICE)
