"""Columns of a watched place or hazard. There is no column for a person, and none may be added."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail
from zhili.scenarios.cross_border.hazards.kinds import KINDS, LEVELS


class HazardDetail(CaseDetail):
    """A place or hazard on the watch list: what it is, how grave, and until when it stands there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(_("类型"), max_length=16, choices=[(k.code, k.title) for k in KINDS])
    name = models.CharField(_("名称"), max_length=60)
    why = models.TextField(_("为什么列入"))
    level = models.CharField(_("等级"), max_length=8, choices=LEVELS)
    reviewed_on = models.DateField(_("等级评定日期"))
    until = models.DateField(_("列到哪天"))
    checked_at = models.DateTimeField(_("最近检查"), null=True)
    findings = models.IntegerField(_("检查发现问题次数"), default=0)
    public = models.BooleanField(_("列入公开名录"), default=False)
    ground = models.CharField(_("公开的依据"), max_length=200, default="", blank=True)
    shared = models.BooleanField(_("告诉毗邻站点"), default=False)

    class Meta:
        verbose_name = _("重点管控的地点和隐患")
        indexes = [models.Index(fields=["kind", "level"], name="cross_border_hazards")]
        constraints = [
            models.CheckConstraint(
                condition=Q(public=False) | ~Q(ground=""), name="cross_border_hazard_ground"
            )
        ]
