"""Where the model of each scenario is kept, and the one in force in this process.

``ZHILI_HOME/triage/<scenario>.npz``. Read when it is first asked for, and again when the file is another; a file that
cannot be read is as none: triage then says nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from django.conf import settings

from zhili.core.cases.triage.model import Model, Unreadable, load

log = logging.getLogger("zhili.triage")
LOOK_EVERY = 10.0
"""Seconds between looks at the file."""
_Seen = tuple[int, int] | None
_lock = threading.Lock()
_kept: dict[str, tuple[float, Path, _Seen, Model | None]] = {}


def path(scenario: str) -> Path:
    """The file of a scenario's model. ``scenario`` is a declared name, never what somebody typed."""
    return Path(settings.HOME) / "triage" / f"{scenario}.npz"


def model(scenario: str) -> Model | None:
    """What was learned last, or None. Costs nothing for ten seconds, then a look at the file's date."""
    kept = _kept.get(scenario)
    file = path(scenario)
    if kept is not None and kept[1] == file and time.monotonic() - kept[0] < LOOK_EVERY:
        return kept[3]
    with _lock:
        seen = _seen(file)
        if kept is None or kept[1] != file or kept[2] != seen:
            kept = (0.0, file, seen, _read(file) if seen else None)
        _kept[scenario] = (time.monotonic(), *kept[1:])
    return kept[3]


def forget() -> None:
    """Look at the files again at the next question (after learning in this process, and in tests)."""
    _kept.clear()


def _seen(file: Path) -> _Seen:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _read(file: Path) -> Model | None:
    try:
        return load(file)
    except (Unreadable, OSError) as error:
        log.warning("triage: no suggestions, the model cannot be read: %s", error)
        return None
