"""What the worker does, again and again. A part of the kernel that is not there is left out."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

from django.apps import apps
from django.db import InterfaceError, OperationalError, close_old_connections

from zhili.core.cases.scenarios import ScenarioConfig

log = logging.getLogger("zhili.worker")
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0


@dataclass
class Job:
    """One duty: `run` does a bounded batch and returns how much it did; 0 means nothing was due."""

    name: str
    run: Callable[[], int]
    every: float = 0.0  # seconds between rounds when nothing was due; 0 = at each round of the loop
    _due: float = field(default=0.0, repr=False)
    _failures: int = field(default=0, repr=False)

    def turn(self) -> int:
        """Run if due. A failing job waits longer each time and never stops the others."""
        if time.monotonic() < self._due:
            return 0
        try:
            done = self.run()
        except (InterfaceError, OperationalError) as error:
            # The database is away, which is no fault of the job: it goes on as soon as the database is back.
            self._due = time.monotonic() + FIRST_WAIT
            log.warning("job %s: %s; again in %.0f s", self.name, str(error).strip(), FIRST_WAIT)
            return 0
        except Exception:
            self._failures += 1
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self._failures - 1))
            self._due = time.monotonic() + wait
            log.exception("job %s failed (%s times); again in %.0f s", self.name, self._failures, wait)
            return 0
        finally:
            close_old_connections()
        self._failures = 0
        self._due = 0.0 if done else time.monotonic() + self.every
        return done


@dataclass
class Aside(Job):
    """A duty that may take long, or waits for other machines: in a thread of its own, so that clocks do not wait.

    The worker does not wait for it at its end either: what it had claimed is taken again when the claim ends.
    """

    _thread: threading.Thread | None = field(default=None, repr=False)

    def turn(self) -> int:
        """Begin if due and not under way still. What it did is not told: the next round looks again."""
        if self._thread is not None and self._thread.is_alive():
            return 0
        if time.monotonic() >= self._due:
            self._thread = threading.Thread(target=super().turn, name=self.name, daemon=True)
            self._thread.start()
        return 0


def _find(module: str, name: str) -> Callable[..., int] | None:
    """The function, or None when this site's code does not have that module (yet)."""
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            return None
        raise
    return getattr(found, name, None)


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def jobs() -> list[Job]:
    """Every duty of this site, most urgent first."""
    found: list[Job] = []

    def add(name: str, module: str, function: str, every: float = 0.0, **arguments: object) -> None:
        if call := _find(module, function):
            found.append(Job(name, lambda: _count(call(**arguments)), every))

    def aside(name: str, module: str, function: str, every: float, **arguments: object) -> None:
        if call := _find(module, function):
            found.append(Aside(name, lambda: _count(call(**arguments)), every))

    add("clocks", "zhili.core.cases.sweeping", "sweep", limit=200)
    add("streams", "zhili.core.streams", "run_all", limit=500)
    add("sealer", "zhili.core.trail.sealing", "seal")
    add("signer", "zhili.core.trail.checkpoints", "sign_due", every=1)
    add("tiles", "zhili.core.trail.sealing", "catch_up", every=60)
    aside("time stamps", "zhili.core.trail.stamping", "stamp_due", every=5)
    aside("signed before", "zhili.core.trail.forks", "remember", every=86_400)
    add("draws", "zhili.core.draws.running", "run_due", every=30)
    add("notices", "zhili.core.notices.delivery", "deliver_due", limit=50)
    add("documents", "zhili.core.documents.rendering", "render_due", every=1)
    aside("open data", "zhili.core.indicators.publishing", "publish_due", every=600)
    for config in apps.get_app_configs():
        if isinstance(config, ScenarioConfig):
            found += [Job(f"{config.label}: {one.name}", one.run, one.every) for one in config.duties()]
    # Cleaning ends when a batch comes back empty, and looks again after a while.
    add("open311 tokens", "zhili.core.exchange.open311.accepting", "open_waiting", limit=50)
    aside("open311 out", "zhili.core.exchange.open311.delivering", "deliver_due", every=2, limit=20)
    aside("open311 in", "zhili.core.exchange.open311.pulling", "pull_due", every=10)
    aside("open311 status", "zhili.core.exchange.open311.polling", "poll_due", every=10)
    aside("exchange out", "zhili.core.exchange.sites.delivering", "deliver_due", every=0.2, limit=50)
    aside("exchange files", "zhili.core.exchange.sites.files", "fetch_due", every=3)
    add("exchange undelivered", "zhili.core.exchange.sites.standing", "warn_late", every=600)
    add("topics", "zhili.core.exchange.sites.topics", "share_due", every=5)
    add("exchange nonces", "zhili.core.exchange.sites.admitting", "forget_nonces", every=60)
    add("exchange refused", "zhili.core.exchange.sites.refusals", "forget", every=3600)
    add("open311 forget", "zhili.core.exchange.open311.accepting", "prune", every=3600)
    aside("webhooks", "zhili.core.exchange.webhooks.sending", "deliver_due", every=0.5)
    aside("webhooks allowed", "zhili.core.exchange.webhooks.permission", "ask_due", every=5)
    add("webhooks late", "zhili.core.exchange.webhooks.warning", "warn_due", every=300)
    add("files", "zhili.core.files.cleaning", "clean", every=600)
    add("file totals", "zhili.core.files.cleaning", "count_totals", every=600)
    aside("file scans", "zhili.core.files.rescanning", "scan_waiting", every=60)
    aside("own copies", "zhili.core.personal.copying", "prepare_due", every=5)
    aside("registers", "zhili.core.registers.loading.running", "run_due", every=2)
    add("registers files end", "zhili.core.registers.loading.sealing", "forget_due", every=3600)
    add("own copies end", "zhili.core.personal.sealed", "prune", every=600)
    add("personal exports end", "zhili.core.personal.exporting", "prune", every=600)
    add("delays over", "zhili.core.personal.telling", "tell_ended", every=60)
    add("measurements ahead", "zhili.core.signals.store.keeping", "prepare", every=1800)
    add("measurements over", "zhili.core.signals.store.ending", "drop_due", every=600)
    aside("measurements rolled up", "zhili.core.signals.store.rolling", "roll_due", every=20)
    add("signals tidied", "zhili.core.signals.store.ending", "tidy", every=60)
    add("retention", "zhili.conf.retention.schedule", "turn", every=600)
    aside("audit", "zhili.conf.auditing.nightly", "turn", every=600)
    add("archive", "zhili.conf.retention.archiving", "turn", every=21_600)
    add("register", "zhili.core.transparency.editions", "keep_due", every=3600)
    add("sessions", "zhili.conf.jobs", "clear_sessions", every=86_400)
    return found


def clear_sessions() -> int:
    from django.core.management import call_command

    call_command("clearsessions")
    return 0
