"""What is checked, by what right and by whom; who may check it, and where not."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.registers.models import PremisesKind


class Method(models.TextChoices):
    ONSITE = "onsite", _("现场检查")
    OFFSITE = "offsite", _("非现场检查")


class Item(models.Model):
    """One item of the catalogue (检查事项). Written by ``catalogue``, each change a leaf.

    ``basis``: law and article, without which nothing may be checked. ``ratio``: the share of objects drawn, 0 < r ≤ 1.
    ``frequency``: times a year. ``window_days``: within how many days of falling due. ``minutes``: of a team of two.
    ``alone``: never merged, as it is not announced. ``beyond_cap``: not counted against the yearly cap.
    ``checklist``: questions as `checklists` reads them.
    """

    scenario = models.CharField(_("场景"), max_length=60, default="", blank=True)
    code = models.CharField(_("事项编码"), max_length=40, unique=True)
    title = models.CharField(_("检查事项"), max_length=200)
    basis = models.CharField(_("法律依据"), max_length=300)
    body = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="visit_items", verbose_name=_("检查单位")
    )
    object_kind = models.CharField(
        _("对象种类"), max_length=12, choices=PremisesKind.choices, default="", blank=True
    )
    ratio = models.DecimalField(_("抽查比例"), max_digits=5, decimal_places=4, default=1)
    frequency = models.PositiveSmallIntegerField(_("每年次数"), default=1)
    method = models.CharField(_("检查方式"), max_length=8, choices=Method.choices, default=Method.ONSITE)
    minutes = models.PositiveSmallIntegerField(_("用时（分钟）"), default=30)
    window_days = models.PositiveSmallIntegerField(_("完成期限（天）"), default=90)
    speciality = models.CharField(_("需要的专业"), max_length=40, default="", blank=True)
    alone = models.BooleanField(_("不预告，单独检查"), default=False)
    beyond_cap = models.BooleanField(_("不计入年度次数"), default=False)
    checklist = models.JSONField(_("检查表"), default=list, blank=True)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("检查事项")
        constraints = [
            models.CheckConstraint(condition=~Q(basis=""), name="visits_item_basis"),
            models.CheckConstraint(condition=Q(ratio__gt=0, ratio__lte=1), name="visits_item_ratio"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, frequency__gte=1, window_days__gte=1), name="visits_item_amounts"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Inspector(models.Model):
    """An officer who may check: certificate, until when (that day included), certified for what. By ``inspectors``."""

    account = models.OneToOneField(
        "people.Account", models.PROTECT, related_name="inspector", verbose_name=_("账号")
    )
    office = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="inspectors", verbose_name=_("单位")
    )
    certificate_number = models.CharField(_("执法证号"), max_length=40, unique=True)
    certificate_until = models.DateField(_("证件有效期至"))
    specialities = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("专业")
    )
    active = models.BooleanField(_("在岗"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("检查人员")

    def __str__(self) -> str:
        return self.certificate_number


class Conflict(models.Model):
    """A firm an officer does not check (回避). The reason is the office's own and never shown outside."""

    inspector = models.ForeignKey(
        Inspector, models.CASCADE, related_name="conflicts", verbose_name=_("检查人员")
    )
    firm = models.ForeignKey("registers.Firm", models.PROTECT, related_name="+", verbose_name=_("市场主体"))
    reason = models.CharField(_("回避原因"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("回避")
        constraints = [
            models.UniqueConstraint(fields=["inspector", "firm"], name="visits_conflict_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="visits_conflict_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.inspector_id} {self.firm_id}"


class Apart(models.Model):
    """Two bodies whose checks never become one visit, and why. ``one`` has the smaller id."""

    one = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("单位"))
    other = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("另一单位"))
    reason = models.CharField(_("原因"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("不合并的单位")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="visits_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="visits_apart_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"
