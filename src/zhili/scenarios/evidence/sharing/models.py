"""A share link's own columns; its code, end and revocation are a `people.Grant`'s. And who opened it, or could not."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import Case


class Share(models.Model):
    """One link. ``views`` is counted under the lock of its case, in the transaction of the opening's step."""

    grant = models.OneToOneField("people.Grant", models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    serial = models.IntegerField(_("链接编号"))
    step_seq = models.IntegerField()
    office = models.ForeignKey("people.Office", models.PROTECT, null=True, related_name="+", db_index=False)
    """The recipient, where it is an office of this city; else only its name is known."""
    recipient = models.CharField(_("给谁看"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=200)
    files = ArrayField(models.UUIDField(), default=list)
    custody = models.BooleanField(_("可看经手链"))
    download = models.BooleanField(_("可下载原件"))
    watermark = models.BooleanField(_("加水印"))
    most_views = models.IntegerField(_("可打开次数"))
    views = models.IntegerField(_("已打开次数"), default=0)
    opens_at = models.DateTimeField(_("开始可看"), null=True)
    made_at = models.DateTimeField()
    giver_id = models.BigIntegerField(null=True)
    """The office that gave it."""
    phone_id = models.UUIDField(null=True)
    """The secret that holds the telephone a second code is sent to."""

    class Meta:
        verbose_name = _("共享链接")
        constraints = [
            models.UniqueConstraint(fields=["case", "serial"], name="evidence_share_once"),
            models.CheckConstraint(
                condition=Q(views__gte=0, views__lte=F("most_views")), name="evidence_share_views"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}-{self.serial}"


class Viewing(models.Model):
    """One opening of a link, which is a step of its item. Only ever added."""

    share = models.ForeignKey(Share, models.PROTECT, related_name="viewings", db_index=False)
    number = models.IntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    """What was opened may be looked at until then, in the browser that opened it."""
    step_seq = models.IntegerField()
    stated = models.CharField(_("打开的单位"), max_length=80)
    purpose = models.CharField(_("为什么看"), max_length=200)

    class Meta:
        verbose_name = _("查看")
        constraints = [models.UniqueConstraint(fields=["share", "number"], name="evidence_viewing_once")]

    def __str__(self) -> str:
        return f"{self.share_id}/{self.number}"


class Turned(models.Model):
    """A link that was followed and let nobody in: it was over, taken back, used up, or too early.

    Only ever added, a leaf each.
    """

    share = models.ForeignKey(Share, models.PROTECT, related_name="turned", db_index=False)
    at = models.DateTimeField()
    why = models.CharField(max_length=16)
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("没有打开")
        indexes = [models.Index(F("share"), F("id").desc(), name="evidence_turned_share")]

    def __str__(self) -> str:
        return f"{self.share_id} {self.why}"
