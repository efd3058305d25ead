"""A building project as filed, and who acts for its firms."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail
from zhili.scenarios.wages.kinds import DEPOSITS, SEATS


def secret(title: Any, *, null: bool = False) -> models.ForeignKey:
    """A personal value: encrypted in people_secret, here only its id."""
    return models.ForeignKey(
        "people.Secret", models.PROTECT, null=null, blank=null, related_name="+", verbose_name=title
    )


class Project(CaseDetail):
    """A project (articles 24 to 34): its wage account, deposit, payday and fence. Its key is its case's.

    ``officer``: the 劳资专管员 of article 28; name and telephone are in ``contacts["officer"]``, because article 34 has
    them shown on the site. ``deposit_fen``: money in fen. ``radius_m``: metres around ``lon``/``lat``
    (WGS-84) within which a phone says "inside". ``code_round``: counted up to change the site's codes at once.
    """

    name = models.CharField(_("项目名称"), max_length=80)
    division = models.ForeignKey(
        "places.Division", models.PROTECT, related_name="+", verbose_name=_("所在地")
    )
    developer = models.ForeignKey(
        "registers.Firm", models.PROTECT, related_name="+", verbose_name=_("建设单位")
    )
    contractor = models.ForeignKey(
        "registers.Firm", models.PROTECT, related_name="+", verbose_name=_("施工总承包单位")
    )
    officer = models.ForeignKey(
        "people.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("劳资专管员")
    )
    bank = models.CharField(_("农民工工资专用账户开户银行"), max_length=80)
    account_number = secret(_("农民工工资专用账户账号"), null=True)
    deposit_kind = models.CharField(_("工资保证金"), max_length=10, choices=DEPOSITS)
    deposit_fen = models.BigIntegerField(_("保证金或保函金额（分）"), default=0)
    payday = models.SmallIntegerField(_("每月几日发工资"))
    minimum_wage_fen = models.BigIntegerField(_("当地月最低工资（分）"))
    lon = models.FloatField(_("经度"), help_text="WGS-84")
    lat = models.FloatField(_("纬度"), help_text="WGS-84")
    radius_m = models.IntegerField(_("围栏半径（米）"), default=300)
    started_on = models.DateField(_("开工日期"))
    completed_on = models.DateField(_("完工日期"), null=True)
    contacts = models.JSONField(_("告示牌联系方式"), default=dict)
    code_round = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("工程项目")
        indexes = [models.Index(fields=["division"], name="wages_project_division")]
        constraints = [
            models.CheckConstraint(condition=Q(payday__gte=1, payday__lte=31), name="wages_project_payday"),
            models.CheckConstraint(
                condition=Q(radius_m__gte=20, radius_m__lte=5000), name="wages_project_radius"
            ),
            models.CheckConstraint(
                condition=Q(completed_on=None) | Q(completed_on__gte=F("started_on")),
                name="wages_project_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """An account that acts for a firm on a project: confirms days, signs contracts. Dated, never deleted."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="seats", db_index=False)
    firm = models.ForeignKey("registers.Firm", models.PROTECT, related_name="+", verbose_name=_("单位"))
    account = models.ForeignKey("people.Account", models.PROTECT, related_name="+", verbose_name=_("账号"))
    kind = models.CharField(_("身份"), max_length=10, choices=SEATS)
    since = models.DateTimeField(_("起"))
    until = models.DateTimeField(_("止"), null=True)

    class Meta:
        verbose_name = _("项目人员")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "firm", "account", "kind"],
                name="wages_seat_once",
                condition=Q(until=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind}"
