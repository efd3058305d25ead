"""What the command centre keeps: columns of an instruction, alarms, who is on duty, and the duty log."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import Case, CaseDetail


class InstructionDetail(CaseDetail):
    """What is filtered of an instruction: who gave it, to whom, and how far it is."""

    giver_id = models.BigIntegerField(null=True)
    """The office whose post gave it."""
    target_id = models.BigIntegerField()
    urgent = models.BooleanField(_("紧急"), default=False)
    receipted_at = models.DateTimeField(_("签收时间"), null=True)
    replied_at = models.DateTimeField(_("回复时间"), null=True)

    class Meta:
        verbose_name = _("指令")
        indexes = [models.Index(fields=["giver_id", "-case"], name="instruction_giver")]


class Alarm(models.Model):
    """Something a commander should look at now: about a matter, an office or a figure, never about a person.

    One for each ``key``; ended when its cause is gone. Its words are made from ``kind`` and ``facts`` where shown.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    level = models.CharField(max_length=8)
    facts = models.JSONField(default=dict)
    """What its sentence names; no personal value."""
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+", db_index=False)
    office_id = models.BigIntegerField(null=True)
    division_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.BigIntegerField(null=True)
    """The post."""
    acknowledged_office = models.BigIntegerField(null=True)
    note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        verbose_name = _("告警")
        indexes = [
            models.Index(fields=["-at"], name="alarm_running", condition=Q(ended_at=None)),
            models.Index(fields=["case"], name="alarm_case", condition=Q(case__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key


class DutyTurn(models.Model):
    """Which post of an office is on duty on which days, and the telephone of the duty room. Posts, not persons."""

    class Shift(models.TextChoices):
        ALL = "all", _("全天")
        DAY = "day", _("白班")
        NIGHT = "night", _("夜班")

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+", db_index=False)
    first = models.DateField(_("从哪天起"))
    last = models.DateField(_("到哪天止"))
    shift = models.CharField(_("班次"), max_length=8, choices=Shift.choices, default=Shift.ALL)
    phone = models.CharField(_("值班电话"), max_length=32)
    note = models.CharField(_("说明"), max_length=100, default="", blank=True)

    class Meta:
        verbose_name = _("值班安排")
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="duty_turn_in_order")
        ]
        indexes = [models.Index(fields=["office", "last"], name="duty_turn_office")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.first}–{self.last}"


class DutyEntry(models.Model):
    """A line of the duty log. Only ever added; what was wrong is put right by another line."""

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    post_id = models.BigIntegerField()
    at = models.DateTimeField()
    text = models.CharField(_("记录"), max_length=1000)
    account_id = models.BigIntegerField(null=True)
    leaf_id = models.BigIntegerField(null=True, unique=True)
    salt = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("值班日志")
        indexes = [models.Index(fields=["office", "-id"], name="duty_entry_office")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.at:%Y-%m-%d %H:%M}"
