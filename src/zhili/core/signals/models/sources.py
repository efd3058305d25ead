"""Devices that send, and what each was about at which time."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Protocol(models.TextChoices):
    MQTT = "mqtt", _("MQTT")
    HTTP = "http", _("HTTP")
    WATCH = "watch", _("手表协议")
    INTERNAL = "internal", _("平台内部")


class Source(models.Model):
    """A device that sends, known before it does. Set up by ``sources``, each change a leaf.

    ``number``: as the device says it. ``key_sha256``: of the key shown once at registration; empty where the protocol
    has none. ``subject_kind`` and ``subject_id``: what it is about now ("device": itself). ``per_minute``: messages,
    0 for no limit. The last five columns are what the last messages left behind (storing).
    """

    number = models.CharField(_("设备号"), max_length=64, unique=True)
    protocol = models.CharField(_("接入方式"), max_length=8, choices=Protocol.choices)
    kind = models.CharField(_("种类"), max_length=32)
    title = models.CharField(_("名称"), max_length=80, blank=True, default="")
    key_sha256 = models.BinaryField(max_length=32, default=b"")
    subject_kind = models.CharField(_("对象种类"), max_length=16, default="device")
    subject_id = models.BigIntegerField(_("对象"), null=True)
    office = models.ForeignKey(
        "people.Office", models.PROTECT, null=True, related_name="+", verbose_name=_("管理单位")
    )
    division = models.ForeignKey(
        "places.Division", models.PROTECT, null=True, related_name="+", verbose_name=_("所在地")
    )
    cell = models.ForeignKey(
        "places.Cell", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("网格")
    )
    device = models.ForeignKey(
        "registers.Device", models.PROTECT, null=True, related_name="+", verbose_name=_("公开登记")
    )
    active = models.BooleanField(_("在用"), default=True)
    per_minute = models.PositiveIntegerField(_("每分钟最多几条报文"), default=60)
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(_("最近一次"), null=True)
    battery = models.FloatField(_("电量"), null=True)
    sequence = models.BigIntegerField(null=True)
    digest = models.BigIntegerField(null=True)
    tokens = models.FloatField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("发送数据的设备")
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="signals_source_subject")]

    def __str__(self) -> str:
        return self.title or self.number


class Binding(models.Model):
    """What a source was about from when to when: a wristband handed on does not take its past along."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="bindings", db_index=False)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="signals_binding_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(until=None), name="signals_binding_one_now"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.subject_kind} {self.subject_id}"
