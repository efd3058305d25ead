"""What is due and how it came to be, plans, visits, and who goes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.draws.models import Draw
from zhili.core.visits.models.catalogue import Inspector, Item


class Lot(models.Model):
    """What is drawn: which items on which premises, between which days. The draw itself stands in ``core/draws``."""

    title = models.CharField(_("名称"), max_length=200)
    items = ArrayField(models.BigIntegerField(), verbose_name=_("检查事项"))
    object_kind = models.CharField(_("对象种类"), max_length=12, default="", blank=True)
    division = models.ForeignKey(
        "places.Division", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("范围")
    )
    due_from = models.DateField(_("最早日期"))
    due_to = models.DateField(_("最晚日期"))
    office = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="visit_lots", verbose_name=_("发起单位")
    )
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("抽查")
        constraints = [
            models.CheckConstraint(condition=Q(due_to__gte=F("due_from")), name="visits_lot_dates"),
        ]

    def __str__(self) -> str:
        return self.title


class PlanState(models.TextChoices):
    DRAFT = "draft", _("草案")
    APPROVED = "approved", _("已批准")
    DROPPED = "dropped", _("已作废")


class Plan(models.Model):
    """How due checks became visits. All but ``state`` stands in its leaf: ``digest`` is of every visit and every rest.

    ``explanation``: the terms it was made under and what found no place, by reason. ``lower_bound``: no plan that
    places the same checks has fewer visits.
    """

    title = models.CharField(_("名称"), max_length=200)
    office = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="visit_plans", verbose_name=_("编制单位")
    )
    first = models.DateField(_("第一天"))
    last = models.DateField(_("最后一天"))
    method = models.CharField(max_length=40)
    state = models.CharField(_("状态"), max_length=8, choices=PlanState.choices, default=PlanState.DRAFT)
    checks = models.IntegerField(_("应检查"))
    placed = models.IntegerField(_("已安排"))
    visits_planned = models.IntegerField(_("上门次数"))
    lower_bound = models.IntegerField(_("下限"))
    minutes_saved = models.IntegerField(_("省下的分钟数"))
    bodies = ArrayField(models.BigIntegerField(), default=list)
    """Ids of the offices whose checks are in it: they read it too."""
    explanation = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    leaf_id = models.BigIntegerField(unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("检查计划")

    def __str__(self) -> str:
        return self.title


class VisitState(models.TextChoices):
    PLANNED = "planned", _("待检查")
    UNDER_WAY = "under_way", _("检查中")
    DONE = "done", _("已检查")
    DROPPED = "dropped", _("已取消")


class Visit(models.Model):
    """One visit to one premises on one day, of one or more bodies. Its checks are the due checks that point to it."""

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="visits", verbose_name=_("计划"))
    premises = models.ForeignKey(
        "registers.Premises", models.PROTECT, related_name="visits", verbose_name=_("场所")
    )
    date = models.DateField(_("日期"))
    state = models.CharField(_("状态"), max_length=9, choices=VisitState.choices, default=VisitState.PLANNED)
    bodies = ArrayField(models.BigIntegerField(), default=list)
    """Ids of the offices that come."""
    counted = models.BooleanField(_("计入年度次数"), default=True)
    explanation = models.JSONField(default=dict)
    """Why these checks and why this day, as `explaining` puts into words."""

    class Meta:
        verbose_name = verbose_name_plural = _("上门检查")
        indexes = [
            models.Index(fields=["date", "state"], name="visits_visit_day"),
            models.Index(fields=["premises", "date"], name="visits_visit_premises"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.date}"


class DueCheck(models.Model):
    """An item due on premises within a window, both days included. ``why``: a `merging.Why` of what has no place."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="due", verbose_name=_("检查事项"))
    premises = models.ForeignKey(
        "registers.Premises", models.PROTECT, related_name="due_checks", verbose_name=_("场所")
    )
    body = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("检查单位"))
    due_from = models.DateField(_("最早日期"))
    due_to = models.DateField(_("最晚日期"))
    beyond_cap = models.BooleanField(_("不计入年度次数"), default=False)
    origin = models.CharField(_("来源"), max_length=60, default="", blank=True)
    """What made it due: ``draw 12``, a case's number, ``frequency``."""
    visit = models.ForeignKey(
        Visit, models.SET_NULL, null=True, related_name="checks", verbose_name=_("上门检查")
    )
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, related_name="+", verbose_name=_("计划"))
    why = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("应做检查")
        indexes = [
            models.Index(fields=["due_to"], name="visits_duecheck_open", condition=Q(visit=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(due_to__gte=F("due_from")), name="visits_duecheck_dates"),
            models.UniqueConstraint(
                fields=["premises", "item", "origin"], name="visits_duecheck_once", condition=~Q(origin="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.premises_id}"


class Assignment(models.Model):
    """The officers of a plan as the lot gave them: only ever added to.

    ``document``: the rule, who was not on the list and why, and for each visit who goes and who was passed over and
    why; by the inspectors' numbers, never names. Its digest stands in the leaf.
    """

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="assignments")
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"{self.plan_id} {self.digest[:12]}"


class Officer(models.Model):
    """Who goes to a visit for a body; at least two of each."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="officers")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="visits")
    body = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "inspector"], name="visits_officer_once")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.inspector_id}"
