"""The columns of a wearing and of an alarm. Who somebody is, where they live and whom to call are people.Secret's."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import Case, CaseDetail


class WearingDetail(CaseDetail):
    """What is filtered of a wearing: whose consent it rests on, and the device that is bound to it now."""

    consent_by = models.CharField(_("谁作出同意"), max_length=12)
    source_id = models.BigIntegerField(null=True)
    """core.signals Source; None until a device is bound, and after the end."""
    device = models.CharField(_("手环编号"), max_length=40, default="", blank=True)
    fence_m = models.IntegerField(_("活动范围半径"), null=True)
    """Metres around home; None: the wearer wants no such alarm."""

    class Meta:
        verbose_name = _("佩戴")
        constraints = [
            models.UniqueConstraint(
                fields=["source_id"], name="eldercare_device_once", condition=Q(source_id__isnull=False)
            )
        ]


class AlarmDetail(CaseDetail):
    """How far a call for help is, and which post answers for it. Never a rank of anybody."""

    wearing = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    source_id = models.BigIntegerField(null=True)
    warning_id = models.BigIntegerField(null=True)
    joined = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    """The open alarm of the same wearer this one was added to."""
    repeats = models.IntegerField(default=0)
    reached = models.CharField(max_length=8, default="village")
    """How far up it went before anybody accepted: village, town, 120."""
    post_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    """The responder: who accepted, or took over."""
    accepted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    """When 120 was called, as a person recorded."""
    finding = models.CharField(max_length=8, default="", blank=True)

    class Meta:
        verbose_name = _("呼救")
        indexes = [
            models.Index(fields=["wearing", "-case"], name="eldercare_alarm_wearing"),
            models.Index(fields=["joined"], name="eldercare_alarm_joined", condition=Q(joined__isnull=False)),
        ]
