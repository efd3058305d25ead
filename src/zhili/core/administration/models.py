"""What waits for a second person before it holds for the whole city."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ProposalState(models.TextChoices):
    WAITING = "waiting", _("待复核")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class Proposal(models.Model):
    """A new value of a parameter from a day on, proposed by one person, agreed to by another."""

    key = models.CharField(_("参数"), max_length=100)
    value = models.CharField(_("取值"), max_length=200)
    valid_from = models.DateField(_("生效日期"))
    source = models.CharField(_("依据"), max_length=200, blank=True, default="")
    reason = models.CharField(_("原因"), max_length=300)
    former = models.CharField(max_length=200, blank=True, default="")
    """The value in force when it was proposed."""
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.WAITING)
    proposed_at = models.DateTimeField(db_default=Now())
    proposed_by = models.BigIntegerField()
    """The account."""
    proposed_label = models.CharField(max_length=180, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_label = models.CharField(max_length=180, blank=True, default="")
    word = models.CharField(_("复核意见"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("参数修改提议")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="waiting"), name="administration_one_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
