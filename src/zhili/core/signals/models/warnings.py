"""What the judge keeps: the state of each subject, the stand of each rule, and the warnings with their steps."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    BLUE = "blue", _("蓝色")
    YELLOW = "yellow", _("黄色")
    ORANGE = "orange", _("橙色")
    RED = "red", _("红色")


class WarningState(models.TextChoices):
    RAISED = "raised", _("待接手")
    ACCEPTED = "accepted", _("处置中")
    CLOSED = "closed", _("已了结")


class Feedback(models.TextChoices):
    REAL = "real", _("属实")
    FALSE = "false", _("误报")
    DRILL = "drill", _("演练")


class JudgeTurn(models.Model):
    """One row: whose turn of judging was the last. It is locked for a turn, so that two judges never do the same.

    ``turn`` counts what was committed: a judge whose memory is of another turn reads the states anew.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    holder = models.CharField(max_length=32, default="", db_default="")
    turn = models.BigIntegerField(default=0, db_default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="signals_judgeturn_single")]

    def __str__(self) -> str:
        return f"{self.holder} {self.turn}"


class RuleStand(models.Model):
    """How a rule stands on this site: over how many subjects, and whether its fuse has cut it off.

    ``id`` is the short number of the rule in the states of subjects.
    """

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(_("规则"), max_length=80, unique=True)
    subjects = models.BigIntegerField(_("对象数"), default=0, db_default=0)
    fired = models.BigIntegerField(_("触发次数"), default=0, db_default=0)
    late = models.BigIntegerField(_("迟到未判"), default=0, db_default=0)
    fired_at = models.DateTimeField(_("最近触发"), null=True)
    cut_at = models.DateTimeField(_("切断时间"), null=True)
    cut_facts = models.JSONField(default=dict)
    """Why: how many subjects of how many within how long; or who cut it off by hand, and the reason."""
    on_at = models.DateTimeField(null=True)
    """When a person switched it on again: what it fired before that is no longer held against it."""
    held_back = models.BigIntegerField(_("切断期间未报"), default=0, db_default=0)
    trial = models.BooleanField(_("试运行"), default=False, db_default=False)
    """Judged, and its warnings shown to those who look after rules; nobody is told."""

    class Meta:
        verbose_name = verbose_name_plural = _("规则运行情况")

    def __str__(self) -> str:
        return self.name


class SubjectState(models.Model):
    """All rules' memory of one subject, in one row (see states.py for its bytes).

    ``wake_at`` is never later than the earliest moment a rule asked to be woken; it may be earlier.
    """

    pk = models.CompositePrimaryKey("kind", "subject_id")
    kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    body = models.BinaryField()
    wake_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["wake_at"], name="signals_state_wake", condition=Q(wake_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Warning(models.Model):
    """What a rule found, once; how often it was found again, who was told, who takes care, and how it ended.

    ``facts`` and ``tuning`` hold no personal value: what a wearer's device measured is in a ``people.Secret``.
    ``at``, ``last_at``: the moments of the data. ``raised_at``: when the judge said so.
    """

    rule = models.CharField(_("规则"), max_length=80)
    level = models.CharField(_("级别"), max_length=6, choices=Level.choices)
    zone = models.CharField(max_length=12, default="government")
    subject_kind = models.CharField(_("对象"), max_length=16)
    subject_id = models.BigIntegerField()
    source = models.BigIntegerField(null=True)
    division = models.ForeignKey(
        "places.Division", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("区划")
    )
    cell = models.ForeignKey(
        "places.Cell", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("网格")
    )
    office = models.ForeignKey(
        "people.Office", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("单位")
    )
    offices = ArrayField(models.BigIntegerField(), default=list)
    """Every office that was told, the present one too: each of them may accept."""
    at = models.DateTimeField(_("发生时间"))
    last_at = models.DateTimeField(_("最近一次"))
    received_at = models.DateTimeField(_("收到数据"), null=True)
    raised_at = models.DateTimeField(_("预警时间"), db_default=Now())
    trial = models.BooleanField(_("试运行"), default=False, db_default=False)
    """Of a rule on trial: no message, no rung, no case, no display."""
    merged = models.IntegerField(_("合并次数"), default=0)
    facts = models.JSONField(default=dict)
    tuning = models.JSONField(default=dict)
    why = models.JSONField(default=list)
    """Why this office: words of the duty list."""
    value = models.FloatField(null=True)
    secret_id = models.UUIDField(null=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=WarningState.choices, default=WarningState.RAISED
    )
    told_at = models.DateTimeField(_("通知时间"), null=True)
    tell_at = models.DateTimeField(null=True)
    """Held back by quiet hours until then."""
    rung = models.SmallIntegerField(_("升级次数"), default=0)
    escalate_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(_("接手时间"), null=True)
    accepted_post = models.BigIntegerField(null=True)
    accepted_office = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(_("了结时间"), null=True)
    closed_post = models.BigIntegerField(null=True)
    closed_office = models.BigIntegerField(null=True)
    feedback = models.CharField(_("反馈"), max_length=5, choices=Feedback.choices, blank=True, default="")
    words = models.CharField(_("处置说明"), max_length=500, blank=True, default="")
    case = models.ForeignKey(
        "cases.Case", models.SET_NULL, null=True, related_name="+", db_index=False, verbose_name=_("事项")
    )
    open_at = models.DateTimeField(null=True)
    """When its case is to be opened (again); empty: none is to be, or it is open."""
    open_tries = models.SmallIntegerField(default=0)
    open_error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("预警")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject_kind", "subject_id", "at"], name="signals_warning_once"
            ),
            models.CheckConstraint(condition=Q(last_at__gte=F("at")), name="signals_warning_times"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(feedback="")),
                name="signals_warning_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["rule", "subject_kind", "subject_id", "-last_at"],
                name="signals_warning_open",
                condition=~Q(state="closed"),
            ),
            models.Index(fields=["rule", "-last_at"], name="signals_warning_rule"),
            models.Index(fields=["division", "-id"], name="signals_warning_place"),
            GinIndex(fields=["offices"], name="signals_warning_offices"),
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="signals_warning_subject"),
            models.Index(fields=["case"], name="signals_warning_case", condition=Q(case__isnull=False)),
            models.Index(fields=["tell_at"], name="signals_warning_tell", condition=Q(tell_at__isnull=False)),
            models.Index(
                fields=["escalate_at"], name="signals_warning_climb", condition=Q(escalate_at__isnull=False)
            ),
            models.Index(
                fields=["open_at"], name="signals_warning_opens", condition=Q(open_at__isnull=False)
            ),
            models.Index(fields=["-id"], name="signals_warning_running", condition=~Q(state="closed")),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.level}"


class WarningStep(models.Model):
    """One change of a warning, with its leaf. Append-only.

    ``kind``: raised, told, escalated, accepted, case_opened, closed. ``facts`` are those of the change.
    """

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="steps", db_index=False)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    office_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    words = models.CharField(max_length=500, blank=True, default="")
    salt = models.BinaryField()
    leaf_id = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("预警经过")
        indexes = [models.Index(fields=["warning", "id"], name="signals_warningstep_order")]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.kind}"


class CategoryPlace(models.Model):
    """One kind of matter in one place, as something a rule may be about. Never a person."""

    scenario = models.CharField(max_length=40)
    category = models.CharField(max_length=20)
    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+", db_index=False)
    cell = models.ForeignKey("places.Cell", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "category", "division", "cell"],
                name="signals_categoryplace_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.scenario}/{self.category} {self.division_id}/{self.cell_id}"
