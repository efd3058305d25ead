"""Who is told of what happens here, by signed CloudEvents: subscriptions, events, and each delivery."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    """How an event stands in a request (CloudEvents HTTP binding 1.0.2, §3)."""

    STRUCTURED = "structured", _("逐条，JSON")
    BATCH = "batch", _("成批，JSON")
    BINARY = "binary", _("逐条，属性在请求头")


class Subscription(models.Model):
    """An address that is told of events, on behalf of a machine account: it hears what that account may see.

    Empty filters let everything through. ``divisions``, ``offices``: ids; a division stands for all below it.
    """

    account = models.ForeignKey(
        "people.Account", models.PROTECT, related_name="webhooks", verbose_name=_("接入系统")
    )
    name = models.CharField(_("名称"), max_length=80)
    url = models.URLField(_("接收地址"), max_length=500)
    types = ArrayField(models.CharField(max_length=60), default=list)
    procedures = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    divisions = ArrayField(models.BigIntegerField(), default=list, blank=True)
    offices = ArrayField(models.BigIntegerField(), default=list, blank=True)
    mode = models.CharField(_("发送方式"), max_length=10, choices=Mode.choices, default=Mode.STRUCTURED)
    per_minute = models.IntegerField(_("每分钟最多请求"), default=600)
    private_allowed = models.BooleanField(_("可在内网"), default=False)
    token_secret = models.UUIDField(null=True)
    """What it wants as bearer token, sealed."""
    active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey("people.Account", models.SET_NULL, null=True, related_name="+")

    # permission to send (CloudEvents webhooks 1.0, §4): nothing is sent before it was given
    agreed_at = models.DateTimeField(null=True)
    allowed_rate = models.IntegerField(null=True)
    """Requests a minute it allows; empty: any number."""
    asked = models.SmallIntegerField(default=0)
    ask_at = models.DateTimeField(null=True, db_default=Now())
    gone_at = models.DateTimeField(null=True)
    """When it answered 410: it is never sent anything again, unless somebody asks it anew."""

    # how it fares: failures in a row of the receiver itself, and since when; `next_at`: not to be tried before
    failures = models.SmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, default="", blank=True)
    error_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    # what is left of its requests a minute, as of then
    left = models.FloatField(default=0)
    left_at = models.DateTimeField(null=True)
    # what the office was last told of it: "", "failing", "gone"; and how many dead ones it was told of
    warned = models.CharField(max_length=8, default="", blank=True)
    warned_dead = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("事件推送")
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="webhook_name_once")]

    def __str__(self) -> str:
        return self.name


class PublicEvent(models.Model):
    """An event as it is told: a CloudEvent but for what is the same of all (``source``, ``specversion``).

    ``data`` holds ids, codes and declared words; never a personal value, nor free text that anybody wrote.
    """

    id = models.UUIDField(primary_key=True)
    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, default="", blank=True)
    at = models.DateTimeField()
    sequence = models.CharField(max_length=20)
    data = models.JSONField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="webhook_event_made")]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("待送达")
    SENT = "sent", _("已送达")
    DEAD = "dead", _("未送达")


class Delivery(models.Model):
    """One event for one subscription. While it is being sent, ``next_at`` is when the claim of its sender ends.

    ``lane``: what it is about (a case's id; of a warning, minus its id): of one lane the next is sent when the one
    before it was taken or given up.
    """

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(PublicEvent, models.CASCADE, related_name="deliveries", db_index=False)
    lane = models.BigIntegerField(null=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_default=Now())
    status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=500, default="", blank=True)
    answer = models.CharField(max_length=500, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    """When it was taken; of a dead one, when it was given up."""

    class Meta:
        verbose_name = verbose_name_plural = _("推送记录")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["subscription", "next_at"], name="webhook_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["subscription", "id"], name="webhook_order", condition=Q(state="waiting")),
            models.Index(
                fields=["subscription", "lane", "id"],
                name="webhook_lane",
                condition=Q(state="waiting", lane__isnull=False),
            ),
            models.Index(F("subscription"), F("id").desc(), name="webhook_dead", condition=Q(state="dead")),
            models.Index(F("subscription"), F("id").desc(), name="webhook_newest"),
            models.Index(fields=["event"], name="webhook_of_event"),
            models.Index(fields=["sent_at"], name="webhook_settled", condition=Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.event_id} {self.state}"
