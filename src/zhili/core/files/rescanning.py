"""Files that came while no scanner answered: looked at as soon as one does. A duty of the worker."""

import logging

from django.db import transaction

from zhili.core.files import blobs, decisions, scanning
from zhili.core.files.models import File
from zhili.core.people.actors import Actor

SCANNER = Actor(kind="rule", label="病毒扫描")
log = logging.getLogger(__name__)


def scan_waiting(limit: int = 20) -> int:
    """Asks about up to `limit` files; how many are settled. What is found is withdrawn from view, its bytes kept."""
    settled = 0
    for file in File.objects.filter(scan=scanning.WAITS).order_by("created_at")[:limit]:
        with blobs.local(file.sha256) as path:
            if path is None:
                continue
            try:
                findings = [found for one in scanning.scanners() if (found := one(path, file.mime))]
            except Exception as error:
                log.warning("still no scan: %s", error)
                return settled
        with transaction.atomic():
            if findings:
                decisions.withdraw(file.sha256, SCANNER, f"安全检查发现：{findings[0]}"[:200])
            File.objects.filter(sha256=file.sha256, scan=scanning.WAITS).update(scan=scanning.CLEAN)
        settled += 1
    return settled
