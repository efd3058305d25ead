"""Where a virus scanner looks at every upload: clamd when ZHILI_CLAMD names one, others by ``register``.

Unseen is not clean. When a scanner cannot be asked, the file is refused (503); with ZHILI_CLAMD_DOWN=keep it is kept
instead and shown to nobody until it was looked at (File.scan = "waits"; the worker asks again).
"""

import logging
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from zhili.core.files import clamd
from zhili.core.files.refusal import UploadRefused

Scanner = Callable[[Path, str], str | None]
"""Given the file's path and kind: None when clean, else the finding, for the log."""
NONE, CLEAN, WAITS = "", "clean", "waits"

_scanners: list[Scanner] = []
log = logging.getLogger(__name__)


def register(scanner: Scanner) -> None:
    """Every upload is shown to it from now on; call it in an app's ready()."""
    _scanners.append(scanner)


def scanners() -> list[Scanner]:
    address = getattr(settings, "CLAMD", "")
    return [*([clamd.Clamd(address)] if address else []), *_scanners]


def scan(path: Path, mime: str) -> str:
    """What is known of the file afterwards: CLEAN, WAITS (nobody could tell, and the site keeps such) or NONE (no
    scanner). Raises UploadRefused: 422 when something was found, 503 when nobody could tell."""
    asked = scanners()
    for scanner in asked:
        try:
            finding = scanner(path, mime)
        except Exception:
            log.exception("a file scanner failed")
            if getattr(settings, "CLAMD_DOWN", "refuse") == "keep":
                return WAITS
            raise UploadRefused(_("文件的安全检查暂时做不了，请过一会儿再传。"), 503) from None
        if finding:
            log.warning("upload refused by scanner: %s", finding)
            raise UploadRefused(_("这个文件没有通过安全检查，不能上传。"), 422)
    return CLEAN if asked else NONE
