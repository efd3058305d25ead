"""Real-name registration (article 28): workers, crews, who works in which on what terms, and the keys of devices."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.scenarios.wages.kinds import CHECKS, ENDS, PAY, WITH_CREW
from zhili.scenarios.wages.models.projects import Project, secret


class Worker(models.Model):
    """A person at work, known once across projects. Name, number, telephone and bank account are secrets.

    ``code``: random, on lists in place of a name. ``pin``: keyed digest of the six digits that a worker without a
    phone types on the foreman's pad; the digits are printed once and kept nowhere. ``pin_wrong``: wrong tries since the
    last right one, ``pin_locked_until``: too many of them, so no more before then. ``verified``: what came of asking an
    outside register of identities. ``reminded_on``: the last day a text message asked for their yes. ``erased_at``:
    since when the values are gone (``retention.py``); the row stays.
    """

    code = models.CharField(_("工号"), max_length=8, unique=True)
    name = secret(_("姓名"))
    citizen_id = secret(_("身份证号码"))
    phone = secret(_("手机号"), null=True)
    bank_account = secret(_("本人银行账号"), null=True)
    account = models.ForeignKey(
        "people.Account", models.SET_NULL, null=True, related_name="+", verbose_name=_("账号")
    )
    pin = models.CharField(max_length=64, default="", blank=True)
    pin_wrong = models.SmallIntegerField(default=0, db_default=0)
    pin_locked_until = models.DateTimeField(null=True)
    verified = models.CharField(_("身份核验"), max_length=13, choices=CHECKS, default="not_connected")
    registered_at = models.DateTimeField(_("登记时间"))
    reminded_on = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("工人")

    def __str__(self) -> str:
        return self.code


class DocumentPhoto(models.Model):
    """The photo of an identity document, sealed under the key ring; opened with a purpose, compared with nothing."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="photos")
    sealed = models.BinaryField(null=True)
    key_id = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    taken_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("证件照片")

    def __str__(self) -> str:
        return f"{self.worker_id}"


class Crew(models.Model):
    """A team (班组) of a firm on a project, and who leads it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="crews")
    firm = models.ForeignKey("registers.Firm", models.PROTECT, related_name="+", verbose_name=_("分包单位"))
    name = models.CharField(_("班组"), max_length=40)
    leader = models.ForeignKey(
        Worker, models.PROTECT, null=True, related_name="leads", verbose_name=_("班组长")
    )
    ended_on = models.DateField(_("撤场日期"), null=True)

    class Meta:
        verbose_name = _("班组")
        constraints = [models.UniqueConstraint(fields=["project", "firm", "name"], name="wages_crew_once")]

    def __str__(self) -> str:
        return self.name


class Engagement(models.Model):
    """A worker in a crew: from when, paid how. ``rate_fen``: fen for a day, a month or a piece.

    ``ended_at``: when its last day was told (``ending.py``); that may be undone the same day.
    """

    crew = models.ForeignKey(Crew, models.PROTECT, related_name="engagements")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="engagements")
    pay = models.CharField(_("计薪方式"), max_length=5, choices=PAY)
    rate_fen = models.BigIntegerField(_("单价（分）"))
    starts = models.DateField(_("进场日期"))
    ends = models.DateField(_("最后一天"), null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(
        _("原因"), max_length=10, choices=(*ENDS, WITH_CREW), default="", db_default="", blank=True
    )

    class Meta:
        verbose_name = _("用工")
        constraints = [
            models.CheckConstraint(condition=Q(rate_fen__gt=0), name="wages_engagement_rate"),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="wages_engagement_dates"
            ),
            models.UniqueConstraint(
                fields=["crew", "worker"], name="wages_engaged_once", condition=Q(ends=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.crew_id} {self.worker_id}"


class DeviceKey(models.Model):
    """The public key of a phone or a pad (ECDSA P-256, 65 bytes uncompressed); the private one never leaves it.

    A phone is a worker's; a pad is of a project's firm. Never deleted: what it signed stays.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="keys")
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="keys")
    kind = models.CharField(max_length=5, choices=(("phone", _("手机")), ("pad", _("平板"))))
    public = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("设备密钥")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="phone", worker__isnull=False) | Q(kind="pad", project__isnull=False),
                name="wages_key_of_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:16]
