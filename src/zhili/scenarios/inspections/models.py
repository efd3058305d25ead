"""What joint inspections keep of their own: versions of catalogue items, scenarios, columns of their cases."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail
from zhili.scenarios.inspections.catalogue.kinds import BODIES, CHECKED, CHECKED_WELL, METHODS, OBJECTS
from zhili.scenarios.inspections.catalogue.lines import Line

STATES = (
    ("draft", _("待另一人确认")),
    ("in_force", _("已生效")),
    ("replaced", _("已被替换")),
    ("withdrawn", _("已停用")),
    ("refused", _("未通过")),
)


def _pairs(known: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(known.items())


class Entry(models.Model):
    """One version of a catalogue item: drafted by one person, in force once another confirmed it. Never overwritten.

    ``drafted_by`` and ``confirmed_by`` are accounts; None: the platform's own starting catalogue.
    """

    code = models.CharField(_("事项编号"), max_length=16)
    number = models.IntegerField(_("版本号"))
    title = models.CharField(_("事项名称"), max_length=60)
    law = models.CharField(_("法律依据"), max_length=80)
    article = models.CharField(_("条款"), max_length=40)
    checked = models.CharField(_("依据核对"), max_length=12, choices=_pairs(CHECKED))
    version = models.CharField(_("核对的版本"), max_length=10, default="", blank=True)
    quote = models.CharField(_("原文"), max_length=400, default="", blank=True)
    body = models.CharField(_("检查主体"), max_length=12, choices=_pairs(BODIES))
    object_kind = models.CharField(_("对象种类"), max_length=12, choices=_pairs(OBJECTS))
    ratio = models.SmallIntegerField(_("抽查比例（%）"))
    frequency = models.SmallIntegerField(_("每年次数"))
    method = models.CharField(_("方式"), max_length=8, choices=_pairs(METHODS))
    minutes = models.SmallIntegerField(_("时长（分钟）"))
    checklist = ArrayField(models.CharField(max_length=100), verbose_name=_("检查要点"))
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default="draft")
    source = models.CharField(_("来源"), max_length=80, default="", blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.BigIntegerField(null=True)
    drafted_office = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    reason = models.CharField(_("理由"), max_length=300, default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("检查事项")
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="inspections_entry_version"),
            models.UniqueConstraint(
                fields=["code"], name="inspections_entry_in_force", condition=Q(state="in_force")
            ),
            models.UniqueConstraint(
                fields=["code"], name="inspections_entry_draft", condition=Q(state="draft")
            ),
            models.CheckConstraint(condition=~Q(law="") & ~Q(article=""), name="inspections_entry_basis"),
            # the same person may not do both; what the platform brings has no drafter
            models.CheckConstraint(
                condition=Q(drafted_by=None) | Q(confirmed_by=None) | ~Q(drafted_by=models.F("confirmed_by")),
                name="inspections_entry_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def basis(self) -> str:
        return f"《{self.law}》{self.article}"

    @property
    def confirmed(self) -> bool:
        """Whether somebody compared the basis with the text."""
        return self.checked in CHECKED_WELL

    def line(self) -> Line:
        """As a table or a form tells it."""
        names = Line.__dataclass_fields__
        return Line(
            **{name: getattr(self, name) for name in names if name != "checklist"},
            checklist=tuple(self.checklist),
        )


class Scene(models.Model):
    """An inspection scenario (检查场景): what is looked at together in one kind of place. ``items``: their codes."""

    code = models.CharField(_("场景编号"), max_length=20, unique=True)
    group = models.CharField(_("类别"), max_length=12)
    title = models.CharField(_("场景名称"), max_length=40)
    items = ArrayField(models.CharField(max_length=16), verbose_name=_("检查事项"))
    active = models.BooleanField(_("使用中"), default=True)
    own_design = models.BooleanField(_("平台起始设计"), default=False)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("检查场景")
        indexes = [models.Index(fields=["group", "code"], name="inspections_scenes")]

    def __str__(self) -> str:
        return self.title


class ApprovalDetail(CaseDetail):
    """An approval sheet: which scenario and items, when; ``plan``: the kernel's plan it was launched as."""

    scene = models.CharField(max_length=20, default="")
    items = ArrayField(models.CharField(max_length=16), default=list)
    first = models.DateField(_("从哪天"), null=True)
    last = models.DateField(_("到哪天"), null=True)
    object_count = models.IntegerField(_("检查对象数"), null=True)
    plan = models.BigIntegerField(null=True)
    share = models.SmallIntegerField(_("抽查比例（%）"), null=True)
    """Of what is on the list; None: the largest ratio of the items."""
    area = models.BigIntegerField(_("范围"), null=True)
    """The division whose premises are drawn from; None: the ground of whoever asked."""

    class Meta:
        verbose_name = _("检查审批")
        indexes = [models.Index(fields=["scene", "-case"], name="inspections_approvals")]


class RectificationDetail(CaseDetail):
    """An order to put something right: whose, under which item, until when. The business is known by its code."""

    firm = models.CharField(_("统一社会信用代码"), max_length=18, default="")
    premises = models.BigIntegerField(null=True)
    name = models.CharField(_("经营场所"), max_length=200, default="")
    item = models.CharField(_("检查事项"), max_length=16)
    basis = models.CharField(_("依据"), max_length=130, default="")
    until = models.DateField(_("改正期限"))
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    """Here and not in the case, which a point makes public: nobody's shop is to stand on a map as faulty."""
    visit = models.BigIntegerField(null=True)
    """The visit that found it (``visits.Visit``), where there was one."""
    finding = models.BigIntegerField(null=True)
    """What was found at that visit (``visits.Finding``)."""
    rechecks = models.SmallIntegerField(_("复查次数"), default=0)
    in_time = models.BooleanField(_("按期提交"), null=True)

    class Meta:
        verbose_name = _("责令改正")
        indexes = [
            models.Index(fields=["firm", "-case"], name="inspections_by_firm", condition=~Q(firm="")),
            models.Index(fields=["item", "-case"], name="inspections_by_item"),
        ]


class NoticeDetail(CaseDetail):
    """What one business is told of one visit beforehand; it answers and rates by its code."""

    visit = models.BigIntegerField(unique=True)
    plan = models.BigIntegerField(null=True)
    firm = models.CharField(_("统一社会信用代码"), max_length=18, default="")
    date = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("检查告知")
        indexes = [models.Index(fields=["plan", "date"], name="inspections_notices")]


class UnscannedDetail(CaseDetail):
    """A visit somebody says was made without scanning in: where, when, by whom as they understood it."""

    name = models.CharField(_("经营场所"), max_length=100)
    visited_on = models.DateField(_("哪天"))
    body = models.CharField(_("哪个部门"), max_length=12, default="")
    scanned = models.CharField(max_length=8, default="")
    finding = models.CharField(max_length=12, default="")
    """What came of it: proper, improper, unknown."""

    class Meta:
        verbose_name = _("未扫码检查反映")
        indexes = [models.Index(fields=["body", "-visited_on"], name="inspections_unscanned")]
