"""What is filtered, counted or chosen at the border. Parts in folders of their own are imported at the end."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail


class MatterDetail(CaseDetail):
    """Columns of a border matter. Its sub-scenario is the case's category."""

    came = models.CharField(_("怎么来的"), max_length=8)
    """grid: a grid worker; office: an office; site: the neighbour."""
    side = models.CharField(_("起因在哪一边"), max_length=8, blank=True, default="")
    joint_at = models.DateTimeField(_("联合处置"), null=True)
    result = models.CharField(_("结果"), max_length=10, blank=True, default="")

    class Meta:
        verbose_name = _("毗邻事项")
        constraints = [
            models.CheckConstraint(
                condition=Q(came__in=["grid", "office", "site"]), name="cross_border_matter_came"
            )
        ]


class Sharing(models.Model):
    """What one office of ours lets a neighbouring site see, and nothing beyond it."""

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("单位"))
    site = models.ForeignKey("exchange.RemoteSite", models.CASCADE, related_name="+", verbose_name=_("站点"))
    metres = models.IntegerField(_("界线多少米以内的网格"), default=0)
    """0: none by distance."""
    cells = ArrayField(models.CharField(max_length=14), default=list, blank=True)
    """Picked by hand, beside those within ``metres``."""
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    """Sub-scenarios whose open matters are told; empty: none."""
    points = models.BooleanField(_("标出位置"), default=False)
    """Each matter at its place; else only how many a cell has, few of them hidden."""
    figures = models.BooleanField(_("告知协议的数字"), default=False)
    """What passed between the two under each agreement, as counted here."""
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("共享给毗邻站点的内容")
        constraints = [models.UniqueConstraint(fields=["office", "site"], name="cross_border_sharing_once")]

    def __str__(self) -> str:
        return f"{self.office_id} → {self.site_id}"


from zhili.scenarios.cross_border.events import models as events  # noqa: E402, F401
from zhili.scenarios.cross_border.hazards import models as hazards  # noqa: E402, F401
from zhili.scenarios.cross_border.patrols import models as patrols  # noqa: E402, F401
