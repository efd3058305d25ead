"""The file of an outlet and a problem found there: what is filtered, joined or summed. No name of a person."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import Case, CaseDetail
from zhili.core.registers.models import Premises


class OutletDetail(CaseDetail):
    """What an outlet is like, and when each thing was last looked after: from its steps, which are the log."""

    premises = models.ForeignKey(
        Premises, models.PROTECT, related_name="+", db_index=False, verbose_name=_("场所")
    )
    active = models.BooleanField(_("在营业"), default=True)
    form = models.CharField(_("业态"), max_length=12)
    seats = models.IntegerField(_("餐位"), null=True)
    hobs = models.IntegerField(_("灶头"), null=True)
    smoky = models.BooleanField(_("产生油烟"), default=True)
    purifier = models.CharField(_("油烟净化器"), max_length=80, default="", blank=True)
    trap = models.BooleanField(_("有隔油池"), default=True)
    collector = models.CharField(_("餐厨垃圾收运单位"), max_length=80, default="", blank=True)
    turn = models.IntegerField(default=0)
    """How many times the outlet's code was made anew."""
    checked_on = models.DateField(_("最近自查"), null=True)
    purifier_on = models.DateField(null=True)
    cleaned_on = models.DateField(_("最近清洗"), null=True)
    trap_on = models.DateField(null=True)
    waste_on = models.DateField(null=True)
    licence_on = models.DateField(null=True)
    cleanings = ArrayField(models.DateField(), default=list)
    """Days the purifier or flue was cleaned, oldest first, as far back as the log must be kept."""

    class Meta:
        verbose_name = _("餐饮店档案")
        constraints = [
            models.UniqueConstraint(
                fields=["premises"], name="catering_outlet_once", condition=Q(active=True)
            ),
        ]
        indexes = [models.Index(fields=["checked_on"], name="catering_checked", condition=Q(active=True))]


class ProblemDetail(CaseDetail):
    """Something wrong at an outlet. ``published``: set by the recheck that found it put right, and by nothing else."""

    premises = models.ForeignKey(
        Premises, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("场所")
    )
    outlet = models.ForeignKey(Case, models.PROTECT, related_name="+", null=True, db_index=False)
    kind = models.CharField(_("问题种类"), max_length=12)
    way = models.CharField(_("怎样发现"), max_length=12)
    warning_id = models.BigIntegerField(null=True)
    joined = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    """The open problem this one was added to."""
    again = models.IntegerField(_("十二个月内第几次"), default=1)
    repeats = models.IntegerField(_("又告警几次"), default=0)
    told_at = models.DateTimeField(_("告知经营者"), null=True)
    sent_at = models.DateTimeField(_("提交整改"), null=True)
    fixed_at = models.DateTimeField(_("复查通过"), null=True)
    in_target = models.BooleanField(_("在目标期限内"), null=True)
    rechecks = models.IntegerField(_("复查次数"), default=0)
    back = models.IntegerField(_("整改后又退回"), default=0)
    """How often it was opened again after it had been found put right."""
    trader = models.BooleanField(default=True)
    """Whether a person runs the place; unknown counts as yes, so that nothing of a person is shown by mistake."""
    published = models.BooleanField(_("公开整改结果"), default=False)

    class Meta:
        verbose_name = _("餐饮问题")
        indexes = [
            models.Index(fields=["premises", "kind", "-case"], name="catering_problems"),
            models.Index(fields=["-fixed_at"], name="catering_published", condition=Q(published=True)),
        ]
