"""Messages to people and offices: one row for each recipient and channel."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    APP = "app", _("站内")
    EMAIL = "email", _("电子邮件")
    SMS = "sms", _("短信")


class State(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENT = "sent", _("已送达")
    FAILED = "failed", _("未能送达")
    READ = "read", _("已读")


class Notice(models.Model):
    """One message. Neither subject nor body holds a personal value; an address is the id of a Secret.

    To an account, to an office (all who act for it) or to a secret address. `key` names event, recipient
    and channel, so that one event told twice is one message.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False
    )
    office = models.ForeignKey("people.Office", models.CASCADE, null=True, related_name="+", db_index=False)
    secret_id = models.UUIDField(null=True)
    case_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=120)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"))
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices)
    created_at = models.DateTimeField(_("时间"), db_default=Now())
    # Tries to send so far. While a worker is sending, `next_at` is when its claim ends.
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("送达时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    error = models.CharField(_("失败原因"), max_length=500, default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("消息")
        indexes = [
            models.Index(fields=["next_at", "id"], name="notice_due", condition=Q(state="queued")),
            models.Index(
                fields=["account", "-id"],
                name="notice_account",
                condition=Q(account__isnull=False, channel="app"),
            ),
            models.Index(
                fields=["office", "-id"],
                name="notice_office",
                condition=Q(office__isnull=False, channel="app"),
            ),
            models.Index(
                fields=["account"],
                name="notice_account_unread",
                condition=Q(account__isnull=False, channel="app", read_at=None),
            ),
            models.Index(
                fields=["office"],
                name="notice_office_unread",
                condition=Q(office__isnull=False, channel="app", read_at=None),
            ),
            models.Index(fields=["-id"], name="notice_failed", condition=Q(state="failed")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, office=None, secret_id=None)
                | Q(account=None, office__isnull=False, secret_id=None)
                | Q(account=None, office=None, secret_id__isnull=False),
                name="notice_to_one",
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(next_at__isnull=False), name="notice_queued_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.subject
