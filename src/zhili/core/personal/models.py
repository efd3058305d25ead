"""Delays of telling a person, what persons asked for, what offices want to take away; without any personal value."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DelayState(models.TextChoices):
    WAITING = "waiting", _("待审批")
    AGREED = "agreed", _("已批准")
    REFUSED = "refused", _("未批准")


class Delay(models.Model):
    """Openings in one case of which the person is told later: from when, until when, on what ground, and who agreed.

    In force from ``since`` until ``until`` (or ``ended_at``, when ended early). An extension is a row of its own that
    names the one before it. Whatever stands here, no opening stays hidden longer than ``personal.delay_most``.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    ground = models.CharField(max_length=20)
    reason = models.CharField(_("具体理由"), max_length=300)
    since = models.DateTimeField()
    until = models.DateTimeField()
    extends = models.ForeignKey("self", models.PROTECT, null=True, related_name="extensions")
    state = models.CharField(max_length=8, choices=DelayState.choices)
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.BigIntegerField()
    """The account."""
    asked_label = models.CharField(max_length=180)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_label = models.CharField(max_length=180, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    """When those concerned were told that it is over."""

    class Meta:
        verbose_name = _("暂缓告知")
        indexes = [models.Index(F("case"), F("since"), name="personal_delay_case")]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="waiting"), name="personal_delay_one"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="personal_delay_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.since:%F} – {self.until:%F}"


class Wanted(models.TextChoices):
    COPY = "copy", _("查阅、复制")
    CORRECT = "correct", _("更正")
    ERASE = "erase", _("删除")
    CLOSE = "close", _("注销账号")


class WishState(models.TextChoices):
    WAITING = "waiting", _("正在准备")
    READY = "ready", _("可以下载")
    DONE = "done", _("已办")
    OVER = "over", _("已过期")
    FAILED = "failed", _("没有办成")


class Wish(models.Model):
    """What a person asked for of their own data, and what came of it, in numbers and codes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    wanted = models.CharField(max_length=8, choices=Wanted.choices)
    state = models.CharField(max_length=8, choices=WishState.choices)
    asked_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    """Until when the file may be fetched; it is destroyed then."""
    sealed = models.BinaryField(null=True)
    key_id = models.CharField(max_length=16, default="", blank=True)
    size = models.BigIntegerField(default=0)
    outcome = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("本人的请求")
        indexes = [
            models.Index(F("account"), F("asked_at").desc(), name="personal_wish_account"),
            models.Index(fields=["until"], name="personal_wish_due", condition=Q(state="ready")),
            models.Index(fields=["asked_at"], name="personal_wish_wait", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.wanted} {self.state}"


class ExportState(models.TextChoices):
    WAITING = "waiting", _("待审批")
    AGREED = "agreed", _("可以下载")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")
    OVER = "over", _("已过期")


class Export(models.Model):
    """A list with personal values that an office wants to take away: asked for by one person, agreed to by another.

    ``cases`` are those it was asked for, frozen: what is agreed to is what is taken. The file is made anew at each
    download and kept nowhere.
    """

    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    label = models.CharField(max_length=180)
    purpose = models.CharField(_("用途"), max_length=150)
    scope = models.CharField(max_length=300)
    """The list it was asked from, in words."""
    kinds = models.JSONField(default=list)
    """Which kinds of values: name, phone, …"""
    cases = models.JSONField(default=list)
    values_count = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    asked_at = models.DateTimeField(db_default=Now())
    decide_by = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_label = models.CharField(max_length=180, default="", blank=True)
    word = models.CharField(_("审批意见"), max_length=200, default="", blank=True)
    until = models.DateTimeField(null=True)
    taken = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name = _("含个人信息的导出")
        indexes = [
            models.Index(F("office"), F("id").desc(), name="personal_export_office"),
            models.Index(F("account_id"), F("id").desc(), name="personal_export_mine"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As it stands on every row of the file and in the record of each opening."""
        return f"DC{timezone.localtime(self.asked_at):%Y%m%d}-{self.pk:05d}"
