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
    reinspected = models.CharField(_("抽签重查结果"), max_length=12, blank=True, default="")

    class Meta:
        verbose_name = _("群众报事")
        constraints = [
            models.CheckConstraint(
                condition=Q(call_back__in=["", "satisfied", "dissatisfied", "unreached"]),
                name="report_call_back",
            )
        ]


class Reinspection(CaseDetail):
    """A closed matter picked by a draw, looked at again by an office that had no part in it."""

    class Result(models.TextChoices):
        FIXED = "fixed", _("确已解决")
        PARTLY = "partly", _("部分解决")
        NOT_FIXED = "not_fixed", _("没有解决")
        UNSEEN = "unseen", _("无法查看")

    draw = models.BigIntegerField(db_index=True)
    handled_by = models.BigIntegerField(null=True)
    """The office that had answered it."""
    result = models.CharField(_("重查结果"), max_length=12, choices=Result.choices, blank=True, default="")

    class Meta:
        verbose_name = _("抽签重查")
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["", "fixed", "partly", "not_fixed", "unseen"]),
                name="reinspection_result",
            )
        ]
