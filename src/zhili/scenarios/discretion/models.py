"""What is filtered, joined or counted of a penalty case. Money is in fen; a range is from low to high, both in it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail


class PenaltyDetail(CaseDetail):
    """The columns of a case, one group for each part of its way. No name of a person and no code of one stands here."""

    provision = models.CharField(_("违反的条款"), max_length=40, default="")
    party_kind = models.CharField(max_length=12, default="")
    firm_code = models.CharField(_("统一社会信用代码"), max_length=18, default="")
    """Of a legal person or other organisation only."""
    firm = models.ForeignKey(
        "registers.Firm",
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("市场主体"),
    )
    """Where the register knows the party, sole traders too: the register itself says who may see which."""
    act_ended = models.DateField(null=True)
    discovered_on = models.DateField(null=True)
    grave = models.BooleanField(default=False)
    spot = models.BooleanField(default=False)
    filed_on = models.DateField(_("立案"), null=True)

    facts = models.JSONField(default=dict)
    table = models.CharField(max_length=80, default="")
    table_number = models.IntegerField(null=True)
    rows = models.JSONField(default=list)
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)
    """The range the benchmark gives; the statute's own where there is no benchmark."""
    proposed = models.BigIntegerField(null=True)
    mitigation = models.CharField(max_length=12, default="")
    deviates = models.BooleanField(default=False)
    approved = models.BooleanField(default=False)
    """Whether another person approved that it lies outside the range."""
    hearing_due = models.BooleanField(default=False)
    reviewed = models.BooleanField(default=False)

    noticed_on = models.DateField(null=True)
    told = models.BigIntegerField(null=True)
    """What the party was told when it spoke: heavier than that needs new facts and another person (45)."""
    statements = models.SmallIntegerField(default=0)
    heard = models.BooleanField(default=False)
    hearing_on = models.DateField(null=True)

    outcome = models.CharField(max_length=12, default="")
    """fine, warning, or why there is none."""
    decided_on = models.DateField(_("决定"), null=True)
    fine = models.BigIntegerField(_("罚款"), null=True)
    received_on = models.DateField(_("收到决定书"), null=True)
    due_on = models.DateField(_("缴纳期限"), null=True)
    paid = models.JSONField(default=dict)
    """Fen by day."""
    stopped = models.JSONField(default=list)
    """Reviews and suits: [first day, last day or null]."""
    late_fee = models.BigIntegerField(default=0)
    """Owed when the fine was paid."""

    document = models.CharField(_("决定书文号"), max_length=60, default="")
    published_on = models.DateField(_("公开"), null=True)
    published_as = models.CharField(max_length=120, default="")
    """The party as it is shown to everybody: an entity by its name, a sole trader starred, a person never."""
    published_for = models.CharField(max_length=12, default="")
    withdrawn_on = models.DateField(_("撤回公开"), null=True)
    withdrawn_for = models.CharField(max_length=12, default="")
    """Why what was published no longer stands (48)."""

    class Meta:
        verbose_name = _("行政处罚")
        indexes = [
            models.Index(
                F("provision"), F("decided_on"), name="penalty_decided", condition=Q(decided_on__isnull=False)
            ),
            models.Index(F("firm_code"), name="penalty_firm", condition=~Q(firm_code="")),
            models.Index(F("firm"), name="penalty_register", condition=Q(firm__isnull=False)),
            models.Index(F("published_on"), name="penalty_public", condition=Q(published_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.provision}"
