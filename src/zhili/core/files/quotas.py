"""How much may be sent and kept: by sender and day, by office, by the site, and what the disk must keep free.

Totals are counted by the worker (the same bytes once) and kept in ``Usage``; what came since is added as it is, so a
check costs two small queries however much there is.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.files import blobs, limits
from zhili.core.files.models import File, Resumable, Usage
from zhili.core.files.refusal import UploadRefused

SITE = 0
WARN_AT = 0.9
DAY = timedelta(days=1)
MACHINES = ("rule", "clock", "site")
COUNTED = """
SELECT coalesce(office_id, 0), sum(size), count(*) FROM
    (SELECT DISTINCT ON (office_id, sha256) office_id, size FROM files_file WHERE office_id IS NOT NULL) own
GROUP BY 1
UNION ALL
SELECT 0, coalesce(sum(size), 0), count(*) FROM (SELECT DISTINCT ON (sha256) size FROM files_file) site
"""


class Sender(Protocol):
    @property
    def office_id(self) -> int | None: ...
    @property
    def quota_key(self) -> str: ...
    @property
    def anonymous(self) -> bool: ...


@dataclass(frozen=True)
class Standing:
    """How much is kept against how much may be. ``most`` 0: no limit of its own."""

    bytes: int
    files: int
    most: int

    @property
    def share(self) -> float:
        return self.bytes / self.most if self.most else 0.0

    @property
    def warns(self) -> bool:
        return self.share >= WARN_AT


def refuse_beyond(sender: Sender, kind: str, size: int, now: datetime) -> None:
    """Raises UploadRefused: 429 for too much in a day, 507 when the office, the site or the disk is full."""
    if sender.quota_key and kind not in MACHINES:
        refuse_beyond_day(sender, size, now)
    refuse_beyond_room(sender.office_id, size)


def refuse_beyond_day(sender: Sender, size: int, now: datetime) -> None:
    mine = {"quota_key": sender.quota_key, "created_at__gt": now - DAY}
    sent = File.objects.filter(**mine).aggregate(n=Count("pk"), bytes=Sum("size"))
    coming = Resumable.objects.filter(**mine, file=None).aggregate(n=Count("pk"), bytes=Sum("length"))
    if sent["n"] + coming["n"] >= limits.per_day(sender.anonymous):
        raise UploadRefused(_("今天上传的文件太多了，请明天再传；其他内容可以先提交。"), 429)
    most = limits.bytes_per_day(sender.anonymous)
    if (sent["bytes"] or 0) + (coming["bytes"] or 0) + size > most:
        sentence = _("今天上传的文件加起来超过了 {size}，请明天再传；其他内容可以先提交。")
        raise UploadRefused(sentence.format(size=limits.in_words(most)), 429)


def refuse_beyond_room(office_id: int | None, size: int) -> None:
    free = disk_free()
    if free is not None and free - size - still_coming() < limits.read("files.keep_free", limits.size):
        raise no_room()
    if (most := limits.read("files.site_total", limits.size)) and total(SITE, most).bytes + size > most:
        raise no_room()
    most = limits.read("files.office_total", limits.size) if office_id else 0
    if office_id and most and total(office_id, most).bytes + size > most:
        sentence = _("本单位上传的文件已到 {size} 的上限，请联系管理员清理或放宽；其他内容可以先提交。")
        raise UploadRefused(sentence.format(size=limits.in_words(most)), 507)


def no_room() -> UploadRefused:
    return UploadRefused(_("服务器暂时放不下新文件，请过一会儿再传；其他内容可以先提交。"), 507)


def disk_free() -> int | None:
    """Bytes free where files are kept; None where that is no disk."""
    place = blobs.on_disk("")
    if place is None:
        return None
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def still_coming() -> int:
    """Bytes promised to uploads on their way."""
    open_now = Resumable.objects.filter(file=None, refused="", expires_at__gt=timezone.now())
    told = open_now.aggregate(all=Sum("length"), here=Sum("offset"))
    return (told["all"] or 0) - (told["here"] or 0)


def total(office_id: int, most: int = 0) -> Standing:
    """What an office (SITE: everybody) has kept: as last counted, and what came since."""
    counted = Usage.objects.filter(pk=office_id).first()
    if counted is None and not Usage.objects.exists():
        count()
        counted = Usage.objects.filter(pk=office_id).first()
    since = File.objects.filter(created_at__gt=counted.at) if counted else File.objects.all()
    if office_id != SITE:
        since = since.filter(office_id=office_id)
    came = since.aggregate(n=Count("pk"), bytes=Sum("size"))
    kept = (counted.bytes, counted.files) if counted else (0, 0)
    return Standing(kept[0] + (came["bytes"] or 0), kept[1] + came["n"], most)


def count() -> int:
    """Counts all over. A duty of the worker; how many offices have files. About a second for a million files."""
    at = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COUNTED)
        rows = [Usage(office_id=o, bytes=size, files=n, at=at) for o, size, n in cursor.fetchall()]
        Usage.objects.exclude(pk__in=[one.pk for one in rows]).delete()
        Usage.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["office_id"], update_fields=["bytes", "files", "at"]
        )
    return len(rows) - 1


def largest(most: int = 20) -> list[tuple[int, Standing]]:
    """Offices by how much they keep, as last counted."""
    limit = limits.read("files.office_total", limits.size)
    rows = Usage.objects.exclude(pk=SITE).order_by("-bytes")[:most]
    return [(one.pk, Standing(one.bytes, one.files, limit)) for one in rows]
