"""What an event's security plan keeps: posts, shifts, contacts, drills, and each approved version whole."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail

SIDES = [("ours", _("我方")), ("theirs", _("对方"))]


class PlanDetail(CaseDetail):
    """The event: name, place and time stand in the case and here; ``expected`` is a number of people, no list."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(_("活动"), max_length=60)
    venue = models.CharField(_("地点"), max_length=100)
    starts = models.DateTimeField(_("开始"))
    ends = models.DateTimeField(_("结束"))
    expected = models.IntegerField(_("预计人数"))
    organiser = models.CharField(_("主办单位"), max_length=80, default="", blank=True)
    version = models.IntegerField(_("第几版"), default=0)
    """How many versions were approved."""
    sites = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    """The sites it is shared with."""
    review = models.TextField(_("总结"), default="", blank=True)

    class Meta:
        verbose_name = _("活动安保方案")
        indexes = [models.Index(fields=["-starts"], name="cross_border_plans")]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="cross_border_plan_times"),
            models.CheckConstraint(condition=Q(expected__gte=0), name="cross_border_plan_expected"),
        ]


class PlanPost(models.Model):
    """A post (岗位): where somebody stands, and what is done there."""

    plan = models.ForeignKey(PlanDetail, models.CASCADE, related_name="posts", db_index=False)
    name = models.CharField(_("岗位"), max_length=40)
    duties = models.CharField(_("职责"), max_length=300)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    people = models.SmallIntegerField(_("需要几人"), default=2)

    class Meta:
        verbose_name = _("岗位")
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="cross_border_post_once")]

    def __str__(self) -> str:
        return self.name


class PlanShift(models.Model):
    """A team at a post for a time. Of our side an office is named; of the other side its words."""

    post = models.ForeignKey(PlanPost, models.CASCADE, related_name="shifts")
    side = models.CharField(max_length=6, choices=SIDES, default="ours")
    office = models.ForeignKey("people.Office", models.PROTECT, null=True, related_name="+")
    team = models.CharField(_("队伍"), max_length=60)
    starts = models.DateTimeField(_("从"))
    ends = models.DateTimeField(_("到"))

    class Meta:
        verbose_name = _("班次")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="cross_border_shift_times")
        ]

    def __str__(self) -> str:
        return self.team


class PlanContact(models.Model):
    """A telephone of an office with the duty it answers for; never a person's mobile."""

    plan = models.ForeignKey(PlanDetail, models.CASCADE, related_name="contacts")
    side = models.CharField(max_length=6, choices=SIDES, default="ours")
    office = models.CharField(_("单位"), max_length=60)
    role = models.CharField(_("职责"), max_length=40)
    phone = models.CharField(_("值班电话"), max_length=32)

    class Meta:
        verbose_name = _("联络电话")

    def __str__(self) -> str:
        return f"{self.office} {self.role}"


class PlanDrill(models.Model):
    """A drill: when, what of, what it found and whether that is mended."""

    plan = models.ForeignKey(PlanDetail, models.CASCADE, related_name="drills")
    held_at = models.DateTimeField(_("什么时候"))
    what = models.CharField(_("演练内容"), max_length=200)
    findings = models.CharField(_("发现的问题"), max_length=500, default="", blank=True)
    mended = models.CharField(_("怎么改的"), max_length=500, default="", blank=True)

    class Meta:
        verbose_name = _("演练")

    def __str__(self) -> str:
        return self.what

    @property
    def open(self) -> bool:
        return bool(self.findings) and not self.mended


class PlanVersion(models.Model):
    """A version as it was approved, whole. Only ever added; ``digest`` stands in the trail."""

    plan = models.ForeignKey(PlanDetail, models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    document = models.JSONField()
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("批准的版本")
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="cross_border_plan_version")]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.number}"
