"""What the console keeps of its own: trials of a rule on the past."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class TestState(models.TextChoices):
    WAITING = "waiting", _("排着队")
    RUNNING = "running", _("正在算")
    DONE = "done", _("算完了")
    FAILED = "failed", _("没有算完")


class BackTest(models.Model):
    """A rule tried on what was measured: asked for by a post, reckoned by the worker piece by piece.

    ``pieces``: groups of subjects; ``done`` of them are in ``result``, so that a worker that was killed goes on after
    the last. Nobody is told of what it finds, and it holds no personal value: rules about wearers are not tried so.
    """

    rule = models.CharField(_("规则"), max_length=80)
    since = models.DateTimeField(_("从"))
    until = models.DateTimeField(_("到"))
    tuning = models.JSONField(default=dict)
    sweep = models.CharField(max_length=40, blank=True, default="")
    values = models.JSONField(default=list)
    """Other values of the threshold named in ``sweep``."""
    state = models.CharField(max_length=8, choices=TestState.choices, default=TestState.WAITING)
    pieces = models.JSONField(default=list)
    done = models.IntegerField(default=0)
    result = models.JSONField(default=dict)
    trouble = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField(db_default=Now())
    post_id = models.BigIntegerField()
    office_id = models.BigIntegerField()
    label = models.CharField(max_length=180, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("规则回测")
        indexes = [
            models.Index(fields=["rule", "-id"], name="early_warning_test_rule"),
            models.Index(
                fields=["id"],
                name="early_warning_test_due",
                condition=Q(state="waiting") | Q(state="running"),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="early_warning_test_times")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.since:%Y-%m-%d}"
