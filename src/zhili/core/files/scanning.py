"""The place where a site plugs in its virus scanner. None is built in."""

import logging
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from zhili.core.files.refusal import UploadRefused

Scanner = Callable[[Path, str], str | None]
"""Given the file's path and kind: None when clean, else the finding, for the log."""

_scanners: list[Scanner] = []
log = logging.getLogger(__name__)


def register(scanner: Scanner) -> None:
    """Every upload is shown to it from now on; call it in an app's ready()."""
    _scanners.append(scanner)


def scan(path: Path, mime: str) -> None:
    """Raises UploadRefused when a scanner finds something, or cannot tell: unseen is not clean."""
    for scanner in _scanners:
        try:
            finding = scanner(path, mime)
        except Exception:
            log.exception("a file scanner failed")
            raise UploadRefused(_("文件的安全检查暂时做不了，请过一会儿再传。"), 503) from None
        if finding:
            log.warning("upload refused by scanner: %s", finding)
            raise UploadRefused(_("这个文件没有通过安全检查，不能上传。"), 422)
