"""What is posted on the board of jobs and training, and who answered. Each row's key is its case's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail
from zhili.scenarios.wages.jobs.words import PAY, TRADES


class Vacancy(CaseDetail):
    """A firm looks for people on a project. Money in fen, for each unit of ``pay``."""

    project = models.ForeignKey("wages.Project", models.PROTECT, related_name="vacancies")
    firm = models.ForeignKey("registers.Firm", models.PROTECT, related_name="+", verbose_name=_("单位"))
    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+", verbose_name=_("地点"))
    trade = models.CharField(_("工种"), max_length=12, choices=TRADES)
    wanted = models.IntegerField(_("人数"))
    pay = models.CharField(_("计酬方式"), max_length=8, choices=PAY)
    from_fen = models.BigIntegerField(_("工资最低（分）"))
    to_fen = models.BigIntegerField(_("工资最高（分）"))
    starts = models.DateField(_("上工日期"))
    closes = models.DateField(_("招聘截止"))
    board = models.BooleanField(_("包吃"), default=False)
    lodging = models.BooleanField(_("包住"), default=False)
    work = models.TextField(_("做什么"))
    contact = models.CharField(_("联系人"), max_length=30)
    phone = models.CharField(_("联系电话"), max_length=30)

    class Meta:
        verbose_name = _("招聘")
        constraints = [
            models.CheckConstraint(condition=Q(wanted__gte=1), name="wages_vacancy_wanted"),
            models.CheckConstraint(
                condition=Q(from_fen__gte=1, to_fen__gte=F("from_fen")), name="wages_vacancy_pay"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_trade_display()} {self.wanted}"


class Course(CaseDetail):
    """A training course, held by a firm (``firm``) or by an office (the case's). ``fee_fen``: 0 is free."""

    firm = models.ForeignKey(
        "registers.Firm", models.PROTECT, null=True, related_name="+", verbose_name=_("单位")
    )
    project = models.ForeignKey("wages.Project", models.PROTECT, null=True, related_name="courses")
    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+", verbose_name=_("地点"))
    subject = models.CharField(_("学什么"), max_length=60)
    trade = models.CharField(_("工种"), max_length=12, choices=TRADES)
    place = models.CharField(_("在哪里上课"), max_length=80)
    starts = models.DateField(_("开课"))
    ends = models.DateField(_("结课"))
    closes = models.DateField(_("报名截止"))
    places = models.IntegerField(_("名额"))
    fee_fen = models.BigIntegerField(_("收费（分）"), default=0)
    certificate = models.CharField(_("发什么证书"), max_length=60, blank=True)
    work = models.TextField(_("说明"))
    contact = models.CharField(_("联系人"), max_length=30)
    phone = models.CharField(_("联系电话"), max_length=30)

    class Meta:
        verbose_name = _("培训")
        constraints = [
            models.CheckConstraint(condition=Q(places__gte=1, fee_fen__gte=0), name="wages_course_places"),
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts"), starts__gte=F("closes")), name="wages_course_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Reply(CaseDetail):
    """One person's answer to a posting. ``mark`` and ``account`` let a person answer each posting once.

    ``mark``: the blind index of the telephone, 16 bytes; destroyed with the values. Both are empty once withdrawn.
    """

    posting = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    mark = models.BinaryField(max_length=16, null=True)
    account = models.ForeignKey("people.Account", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("应聘或报名")
        constraints = [
            models.UniqueConstraint(fields=["posting", "mark"], name="wages_reply_once"),
            models.UniqueConstraint(fields=["posting", "account"], name="wages_reply_once_account"),
        ]

    def __str__(self) -> str:
        return str(self.case_id)
