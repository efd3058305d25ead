"""The worker process: its loop, its heartbeat, its end."""

import logging
import os
import signal
import socket
import threading
from datetime import timedelta
from types import FrameType

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from zhili import __version__
from zhili.conf.jobs import Job, jobs
from zhili.conf.models import Heartbeat

log = logging.getLogger("zhili.worker")
IDLE = 0.5  # seconds between rounds when nothing was due: the most that a notice or a figure waits
BREATH = 0.25
"""Seconds between rounds when something was: what comes meanwhile is read together, at the price of one look. Shorter
than ``IDLE``, so nothing waits longer on a busy site than on an idle one."""
BEAT = timedelta(seconds=5)


class Worker:
    """Runs every job in turn until told to stop; a round always ends before the process does."""

    def __init__(self, duties: list[Job] | None = None, name: str | None = None) -> None:
        self.duties = jobs() if duties is None else duties
        self.name = name or f"{socket.gethostname()}-{os.getpid()}"
        self.stopping = threading.Event()
        self._beaten = timezone.now() - BEAT

    def stop_on_signals(self) -> None:
        def handle(sign: int, frame: FrameType | None) -> None:
            self.stopping.set()

        signal.signal(signal.SIGTERM, handle)
        signal.signal(signal.SIGINT, handle)

    def run(self) -> None:
        log.info("worker %s starts: %s", self.name, ", ".join(job.name for job in self.duties))
        while not self.stopping.is_set():
            self.beat()
            busy = self.round()
            self.stopping.wait(BREATH if busy else IDLE)
        self._leave()
        log.info("worker %s has stopped", self.name)

    def round(self) -> bool:
        """Each job once; whether any had something to do."""
        busy = False
        for job in self.duties:
            if self.stopping.is_set():
                break
            self.beat()
            busy = bool(job.turn()) or busy
        return busy

    def beat(self) -> None:
        """A sign of life for /readyz. Without a database there is none, which is the truth."""
        now = timezone.now()
        if now - self._beaten < BEAT:
            return
        self._beaten = now
        try:
            Heartbeat.objects.update_or_create(name=self.name, defaults={"at": now, "version": __version__})
            Heartbeat.objects.filter(at__lt=now - timedelta(days=1)).delete()
        except (InterfaceError, OperationalError) as error:
            log.warning("heartbeat not written: %s", str(error).strip())
        except Exception:
            log.exception("heartbeat not written")
        finally:
            close_old_connections()

    def _leave(self) -> None:
        try:
            Heartbeat.objects.filter(name=self.name).delete()
        except Exception:
            log.exception("heartbeat not removed")
