"""Offices, the posts in them, who holds a post and who stands in for the holder. All dated.

`valid_to` is everywhere the first day a row no longer holds (as in `places`): one day never has two answers.
"""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.people.hours import check as check_hours
from zhili.core.people.models.accounts import Account
from zhili.core.places.models import Cell, Division


class OfficeLevel(models.TextChoices):
    GRID = "grid", _("网格")
    VILLAGE = "village", _("村社区")
    TOWN = "town", _("镇街")
    COUNTY = "county", _("县（市、区）")
    CITY = "city", _("市")


class OfficeKind(models.TextChoices):
    GENERAL = "general", _("综合")
    DEPARTMENT = "department", _("部门")
    HOTLINE = "hotline", _("热线")
    ARBITER = "arbiter", _("仲裁")


class Role(models.TextChoices):
    """What a post allows. Procedures name these strings in `by=`."""

    GRID = "grid", _("网格员")
    HANDLER = "handler", _("经办")
    LEADER = "leader", _("审签")
    HOTLINE = "hotline", _("话务")
    ARBITER = "arbiter", _("仲裁")
    COMMANDER = "commander", _("指挥")
    AUDITOR = "auditor", _("审计")
    ADMIN = "admin", _("单位管理")


def _dates(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name=name)


LONG_AGO = date(1949, 10, 1)
"""Posts made before posts had dates have stood since then."""


class Office(models.Model):
    """A body that holds cases: from the grid up to the city."""

    code = models.CharField(_("代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    level = models.CharField(_("层级"), max_length=8, choices=OfficeLevel.choices)
    kind = models.CharField(_("类别"), max_length=10, choices=OfficeKind.choices, default=OfficeKind.GENERAL)
    division = models.ForeignKey(Division, models.PROTECT, related_name="offices", verbose_name=_("所在区划"))
    cell = models.ForeignKey(
        Cell, models.PROTECT, null=True, blank=True, related_name="offices", verbose_name=_("网格")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    hours = models.JSONField(
        _("工作时间"),
        null=True,
        blank=True,
        validators=[check_hours],
        help_text=_('如 [["08:30","12:00"],["13:30","17:00"]]；空为沿用上级'),
    )
    phone = models.CharField(_("值班电话"), max_length=32, blank=True)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ["code"]
        constraints = [
            _dates("people_office_dates"),
            models.CheckConstraint(
                condition=Q(level="grid", cell__isnull=False) | (~Q(level="grid") & Q(cell=None)),
                name="people_office_cell_of_grid",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeEdition(models.Model):
    """One row, stamped anew by a trigger on every change of an office, so that each process knows when to
    read the tree again. A random stamp, not a counter: a rolled-back number could come again."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="people_officeedition_single")]

    def __str__(self) -> str:
        return str(self.version)


class Post(models.Model):
    """A chair in an office. Cases know the post, not the person sitting in it."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="posts", verbose_name=_("单位"))
    title = models.CharField(_("岗位"), max_length=64)
    roles = ArrayField(
        models.CharField(max_length=16, choices=Role.choices), default=list, verbose_name=_("职责")
    )
    valid_from = models.DateField(_("启用日期"), default=LONG_AGO, db_default=LONG_AGO)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("岗位")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "title"], name="people_post_once", condition=Q(valid_to=None)
            ),
            _dates("people_post_dates"),
        ]

    def __str__(self) -> str:
        return self.title


class PostHolding(models.Model):
    """Who sits in a post, from when to when. A post may have several holders (a hotline's seats)."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="holdings", verbose_name=_("岗位"))
    account = models.ForeignKey(Account, models.CASCADE, related_name="holdings", verbose_name=_("账号"))
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        constraints = [
            _dates("people_postholding_dates"),
            models.UniqueConstraint(fields=["account", "post", "valid_from"], name="people_postholding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.account_id}"


class Deputy(models.Model):
    """Who acts in a post while its holder is away (AB岗). Always with an end."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="deputies", verbose_name=_("岗位"))
    account = models.ForeignKey(Account, models.CASCADE, related_name="deputising", verbose_name=_("账号"))
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("停用日期"))
    reason = models.CharField(_("原因"), max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("代理")
        constraints = [
            _dates("people_deputy_dates"),
            models.UniqueConstraint(fields=["account", "post", "valid_from"], name="people_deputy_once"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.account_id}"

    @property
    def last(self) -> date:
        """The last day it holds."""
        return self.valid_to - timedelta(days=1)
