"""The money: what is added and taken off, sheets and their lines, files to the bank, what the bank said.

Rows that are evidence (``SheetStep``, ``LineMark``, ``Adjustment``, ``PaymentFile``, ``BankAnswer``, ``ProjectFact``,
``AccountChange``) are only ever added, each with its leaf. Of a sheet and a line only the state is ever changed;
what they say is bound by their digests.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail
from zhili.scenarios.wages.kinds import HOW
from zhili.scenarios.wages.models.projects import Project, secret
from zhili.scenarios.wages.models.workers import Crew, Engagement, Worker
from zhili.scenarios.wages.money.words import ADDED, CAUSES, FACTS, LINES, MARKS, REBANKED, SHEETS, STEPS


class Adjustment(models.Model):
    """Something added to or taken off a month's wage: an advance already paid, tax, a top-up. Only ever added.

    ``amount_fen`` above 0. ``cancels``: the earlier one this makes void, with its reason in ``note``.
    """

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="adjustments", db_index=False)
    month = models.DateField(_("月份"))
    kind = models.CharField(_("项目"), max_length=10, choices=ADDED)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    note = models.CharField(_("说明"), max_length=200, default="", blank=True)
    cancels = models.OneToOneField("self", models.PROTECT, null=True, related_name="cancelled_by")
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("工资增减")
        indexes = [models.Index(fields=["engagement", "month"], name="wages_adjustment_month")]
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="wages_adjustment_amount")]

    def __str__(self) -> str:
        return f"{self.engagement_id} {self.month:%Y-%m} {self.kind}"


class WageSheet(models.Model):
    """A crew's wages of a month (article 31), from confirmed days only. ``digest``:
    ``base.wages.sheet.sheet_digest``.

    ``month``: its first day. ``number``: counted up when a sheet is drawn up anew; the former is void. ``due``: the
    payday of article 14. ``settles``: of one worker only, who leaves before the month ends. Amounts in fen;
    ``total_fen`` is to be paid to accounts.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="wage_sheets", db_index=False)
    crew = models.ForeignKey(Crew, models.PROTECT, related_name="wage_sheets", db_index=False)
    settles = models.ForeignKey(Engagement, models.PROTECT, null=True, related_name="+")
    month = models.DateField(_("月份"))
    number = models.SmallIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=8, choices=SHEETS, default="draft")
    due = models.DateField(_("应在此日前支付"))
    workers = models.IntegerField(_("人数"))
    total_fen = models.BigIntegerField(_("实发合计（分）"))
    short = models.IntegerField(_("低于最低工资的人数"), default=0)
    unconfirmed = models.IntegerField(_("没有确认、未计入的考勤"), default=0)
    digest = models.CharField(max_length=64)
    drafted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("工资表")
        indexes = [
            models.Index(fields=["project", "month"], name="wages_sheets_month"),
            # not "state in": PostgreSQL writes a list down otherwise after a restore than before
            models.Index(
                fields=["due"], name="wages_sheets_due", condition=~Q(state="closed") & ~Q(state="void")
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["crew", "month", "number"], name="wages_sheet_number"),
            models.UniqueConstraint(
                fields=["crew", "month"],
                name="wages_sheet_valid_once",
                condition=~Q(state="void") & Q(settles=None),
            ),
            models.UniqueConstraint(
                fields=["settles", "month"],
                name="wages_settled_once",
                condition=~Q(state="void") & Q(settles__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.crew_id} {self.month:%Y-%m}/{self.number}"


class SheetStep(models.Model):
    """What somebody did with a sheet: drafted, checked, sent back, paid, closed. Only ever added."""

    sheet = models.ForeignKey(WageSheet, models.PROTECT, related_name="steps", db_index=False)
    step = models.CharField(max_length=8, choices=STEPS)
    digest = models.CharField(max_length=64)
    words = models.CharField(_("说明"), max_length=300, default="", blank=True)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("工资表步骤")
        indexes = [models.Index(fields=["sheet", "id"], name="wages_sheet_steps")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.step}"


class WageLine(models.Model):
    """One worker's wage of a month. ``facts``: all that its digest binds, items with the leaves of their days among
    it.
    """

    sheet = models.ForeignKey(WageSheet, models.PROTECT, related_name="lines", db_index=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="wages")
    facts = models.JSONField()
    gross_fen = models.BigIntegerField(_("应发（分）"))
    withheld_fen = models.BigIntegerField(_("扣除（分）"), default=0)
    net_fen = models.BigIntegerField(_("实发（分）"))
    short_fen = models.BigIntegerField(_("低于最低工资（分）"), default=0)
    digest = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=8, choices=LINES, default="open")

    class Meta:
        verbose_name = _("工资")
        constraints = [models.UniqueConstraint(fields=["sheet", "engagement"], name="wages_wage_once")]
        indexes = [
            models.Index(
                fields=["sheet"],
                name="wages_wage_returned",
                condition=Q(state="returned") | Q(state="objected"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.engagement_id}"


class LineMark(models.Model):
    """What was said of a wage: signed by its worker, objected to, sent to the bank, paid, returned. Only ever
    added.
    """

    line = models.ForeignKey(WageLine, models.PROTECT, related_name="marks", db_index=False)
    mark = models.CharField(max_length=8, choices=MARKS)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=16, default="", blank=True)
    words = models.CharField(_("说明"), max_length=300, default="", blank=True)
    how = models.CharField(max_length=7, choices=HOW, default="account")
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("工资记录")
        indexes = [models.Index("line", F("id").desc(), name="wages_marks")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.mark}"


class PaymentFile(models.Model):
    """A file given to the bank. The file itself is made anew from its lines; ``sha256`` says that it is the same."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="payments")
    month = models.DateField(_("月份"))
    format = models.CharField(_("格式"), max_length=24)
    sha256 = models.CharField(max_length=64)
    lines = models.IntegerField(_("笔数"))
    total_fen = models.BigIntegerField(_("合计（分）"))
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("代发文件")

    def __str__(self) -> str:
        return f"{self.project_id} {self.month:%Y-%m}"


class PaymentLine(models.Model):
    """A wage in a file. ``reference``: ours, on the bank's answer too."""

    file = models.ForeignKey(PaymentFile, models.PROTECT, related_name="payments", db_index=False)
    line = models.ForeignKey(WageLine, models.PROTECT, related_name="payments")
    reference = models.CharField(_("流水号"), max_length=40, unique=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))

    class Meta:
        verbose_name = _("代发")
        constraints = [models.UniqueConstraint(fields=["file", "line"], name="wages_paid_in_file_once")]

    def __str__(self) -> str:
        return self.reference


class BankAnswer(models.Model):
    """A file the bank gave back. ``faults``: its lines that could not be taken, with the line and why."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="answers")
    sha256 = models.CharField(max_length=64)
    good = models.IntegerField()
    faults = models.JSONField(default=list)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("银行回单")
        constraints = [models.UniqueConstraint(fields=["project", "sha256"], name="wages_answer_once")]

    def __str__(self) -> str:
        return self.sha256[:12]


class AccountChange(models.Model):
    """A word about a worker's own bank account: entered by the clerk, confirmed or declined by the worker. Only ever
    added. ``former``: the one that stood when it was entered; it stays sealed, what was paid where speaks of it.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="account_changes", db_index=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    step = models.CharField(max_length=9, choices=REBANKED)
    former = secret(_("原来的账号"), null=True)
    bank_account = secret(_("本人银行账号"))
    how = models.CharField(max_length=7, choices=HOW, default="account")
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("本人银行账号的改动")
        indexes = [models.Index("worker", F("id").desc(), name="wages_account_changes")]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.step}"


class ProjectFact(models.Model):
    """A figure of a project somebody told: balance of its wage account, power, water. Only ever added.

    ``value``: fen, kWh a day, cubic metres a day, by ``kind``. ``on``: the day it is of.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="facts", db_index=False)
    kind = models.CharField(max_length=10, choices=FACTS)
    value = models.BigIntegerField()
    on = models.DateField(_("日期"))
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("项目数据")
        indexes = [models.Index("project", "kind", F("id").desc(), name="wages_facts")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind}"


class ComplaintDetail(CaseDetail):
    """Wages somebody says they are owed. ``project`` None: at a place that was never filed. ``arrears_fen``: as
    found.
    """

    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="complaints")
    cause = models.CharField(_("欠的是什么"), max_length=10, choices=CAUSES)
    month_from = models.DateField(null=True)
    month_to = models.DateField(null=True)
    people = models.IntegerField(_("人数"), default=1)
    claimed_fen = models.BigIntegerField(_("自述欠薪（分）"), default=0)
    arrears_fen = models.BigIntegerField(_("查明欠薪（分）"), null=True)
    paid_fen = models.BigIntegerField(_("已清偿（分）"), default=0)

    class Meta:
        verbose_name = _("欠薪投诉")
