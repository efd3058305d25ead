from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail


class Report(CaseDetail):
    """What is filtered, counted or constrained of a report; everything else is in its steps."""

    class CallBack(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        DISSATISFIED = "dissatisfied", _("不满意")
        UNREACHED = "unreached", _("未联系上")

    anonymous = models.BooleanField(_("匿名"), default=True)
    on_behalf = models.BooleanField(_("代为上报"), default=False)
    patrol = models.BooleanField(_("网格巡查发现"), default=False)
    call_back = models.CharField(_("回访"), max_length=12, choices=CallBack.choices, blank=True, default="")

    class Meta:
        verbose_name = _("群众报事")
        constraints = [
            models.CheckConstraint(
                condition=Q(call_back__in=["", "satisfied", "dissatisfied", "unreached"]),
                name="report_call_back",
            )
        ]
