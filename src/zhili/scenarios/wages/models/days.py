"""Who was there and what a day was worth: taps, day sheets, their lines, and who confirmed them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail
from zhili.scenarios.wages.kinds import HOW, PARTIES, SOURCES, VERDICTS, WAYS
from zhili.scenarios.wages.models.projects import Project
from zhili.scenarios.wages.models.workers import Crew, DeviceKey, Engagement


class Tap(models.Model):
    """Somebody came or went: evidence, only ever added. A place is never kept, only whether it was inside the fence.

    ``at``: when it came to the server. ``device_at``: what the device's clock said when it was made. ``offset_s``: how
    many seconds that clock was behind ours when it sent it (negative: ahead), so ``happened`` is device_at + offset_s.
    ``inside`` None: the phone could not or would not say. ``key``: the same tap sent again is the same tap.
    """

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="taps", db_index=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="taps", db_index=False)
    at = models.DateTimeField()
    device_at = models.DateTimeField()
    offset_s = models.IntegerField(default=0)
    happened = models.DateTimeField()
    way = models.CharField(max_length=3, choices=WAYS)
    inside = models.BooleanField(null=True)
    code_ok = models.BooleanField()
    device_key = models.ForeignKey(DeviceKey, models.PROTECT, null=True, related_name="+", db_index=False)
    source = models.CharField(max_length=7, choices=SOURCES)
    key = models.CharField(max_length=64, unique=True)
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("打卡")
        indexes = [
            models.Index(fields=["engagement", "happened"], name="wages_taps_of"),
            models.Index(fields=["project", "happened"], name="wages_taps_at"),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id} {self.way} {self.happened:%m-%d %H:%M}"


class DaySheet(models.Model):
    """What a crew did on a day. Its row is what confirmations of the same crew wait for one another at.

    ``lacking``: how many of its lines, as they stand now, are not confirmed by all three, counted when they change.
    """

    crew = models.ForeignKey(Crew, models.PROTECT, related_name="sheets", db_index=False)
    date = models.DateField(_("日期"))
    opened_at = models.DateTimeField()
    lacking = models.SmallIntegerField(_("没有三方确认的"), default=0)

    class Meta:
        verbose_name = _("日考勤表")
        constraints = [models.UniqueConstraint(fields=["crew", "date"], name="wages_sheet_once")]
        indexes = [
            models.Index(fields=["date"], name="wages_sheets_of_day"),
            models.Index(fields=["crew", "date"], name="wages_sheets_lacking", condition=Q(lacking__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.crew_id} {self.date}"


class DayLine(models.Model):
    """One worker's day as the crew's leader wrote it. Only ever added: a corrected one is a line of the next number,
    and what was said of the former does not count for it.

    ``tenths`` of a working day (10: one day, 20: a double shift). ``pieces`` in whole pieces.
    """

    sheet = models.ForeignKey(DaySheet, models.PROTECT, related_name="lines", db_index=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="lines")
    number = models.SmallIntegerField(default=1)
    tenths = models.SmallIntegerField(_("工（十分之一天）"), default=10)
    overtime_minutes = models.SmallIntegerField(_("加班分钟"), default=0)
    pieces = models.IntegerField(_("件数"), default=0)
    note = models.CharField(_("说明"), max_length=200, default="", blank=True)

    class Meta:
        verbose_name = _("日考勤")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "engagement", "number"], name="wages_line_number"),
            models.CheckConstraint(
                condition=Q(tenths__gte=0, tenths__lte=20, overtime_minutes__gte=0, pieces__gte=0)
                & Q(overtime_minutes__lte=960),
                name="wages_line_of_one_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.engagement_id}/{self.number}"


class Confirmation(models.Model):
    """One of three said yes or no to a line. Only ever added; of what one of them said of a line, the last counts.

    ``how``: by account, by the link sent to a worker, or on the pad with the worker's own digits. ``said``: why not.
    """

    line = models.ForeignKey(DayLine, models.PROTECT, related_name="confirmations", db_index=False)
    role = models.CharField(max_length=6, choices=PARTIES)
    verdict = models.CharField(max_length=7, choices=VERDICTS)
    said = models.CharField(_("说明"), max_length=300, default="", blank=True)
    how = models.CharField(max_length=7, choices=HOW)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField(unique=True)
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("确认")
        indexes = [models.Index("line", "role", F("id").desc(), name="wages_confirmations")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.role} {self.verdict}"


class DisputeDetail(CaseDetail):
    """A day that somebody said no to: which line, in which project, by which of the three."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="disputes")
    line = models.ForeignKey(DayLine, models.PROTECT, related_name="disputes")
    role = models.CharField(max_length=6, choices=PARTIES)

    class Meta:
        verbose_name = _("考勤异议")
