"""Dated parameter values and the days on which the official calendar is put right."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zhili.core.params.declarations import find


class Parameter(models.Model):
    """One value of a parameter for as long as it holds. `valid_to` is the first day it no longer does.

    Rows are written by `writing.set_value` and `writing.sync` only, which keep a key's periods from
    overlapping; a clock keeps the id of the row it started under.
    """

    key = models.CharField(_("参数"), max_length=100)
    value = models.CharField(_("取值"), max_length=200)
    unit = models.CharField(_("计量单位"), max_length=3, blank=True, default="")
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    title = models.CharField(_("名称"), max_length=200)
    source = models.CharField(_("依据"), max_length=200, blank=True, default="")
    article = models.CharField(_("条款"), max_length=100, blank=True, default="")
    confirmed = models.BooleanField(_("依据已核对"), default=True)
    note = models.CharField(_("说明"), max_length=500, blank=True, default="")
    set_by_id = models.BigIntegerField(_("设定人"), null=True, blank=True)
    set_at = models.DateTimeField(_("设定时间"), db_default=Now())

    class Meta:
        verbose_name = _("参数")
        verbose_name_plural = _("参数")
        ordering = ["key", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="params_parameter_once_a_day"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(valid_to=None), name="params_parameter_current_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="params_parameter_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"

    @property
    def declared(self) -> bool:
        """False when the code no longer knows the parameter."""
        return find(self.key) is not None


class CalendarDay(models.Model):
    """A day on which this site differs from the published list, or which no list holds yet."""

    date = models.DateField(_("日期"), primary_key=True)
    working = models.BooleanField(_("上班"))
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("工作日历调整")
        verbose_name_plural = _("工作日历调整")
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date} {_('上班') if self.working else _('休息')}"
