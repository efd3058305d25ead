"""What a joint patrol keeps: checkpoints with their codes, routes, the plan of each patrol, its taps. No person."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail


class Checkpoint(models.Model):
    """A place with a printed code. ``radius`` in metres: within it a phone says "inside"; 0: it is not asked."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("单位"))
    division_id = models.BigIntegerField(null=True)
    cell_id = models.BigIntegerField(null=True)
    name = models.CharField(_("点位"), max_length=40)
    lon = models.FloatField(_("经度"), help_text="WGS-84")
    lat = models.FloatField(_("纬度"), help_text="WGS-84")
    radius = models.IntegerField(_("多少米以内算在现场"), default=100)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("巡防点位")
        indexes = [models.Index(fields=["office", "name"], name="cross_border_points")]
        constraints = [
            models.CheckConstraint(
                condition=Q(radius__gte=0, radius__lte=2000), name="cross_border_point_radius"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CheckpointCode(models.Model):
    """A code a checkpoint has, or had: what was tapped with it while it was in force still counts."""

    checkpoint = models.ForeignKey(Checkpoint, models.CASCADE, related_name="codes", db_index=False)
    code = models.CharField(max_length=12)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("点位码")
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "code"], name="cross_border_code_once"),
            models.UniqueConstraint(
                fields=["checkpoint"], condition=Q(until=None), name="cross_border_code_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint_id}"


class Route(models.Model):
    """Checkpoints in order, to plan patrols by."""

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("单位"))
    title = models.CharField(_("路线"), max_length=60)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("巡防路线")
        indexes = [models.Index(fields=["office", "title"], name="cross_border_routes")]

    def __str__(self) -> str:
        return self.title


class RouteStop(models.Model):
    """A checkpoint of a route: how many minutes after the start, and whether both sides meet there."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="stops", db_index=False)
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+")
    order = models.SmallIntegerField()
    after_minutes = models.IntegerField(default=0)
    meeting = models.BooleanField(_("两边会合"), default=False)

    class Meta:
        verbose_name = _("路线上的点位")
        constraints = [models.UniqueConstraint(fields=["route", "order"], name="cross_border_route_order")]

    def __str__(self) -> str:
        return f"{self.route_id}/{self.order}"


class PatrolDetail(CaseDetail):
    """The plan of a patrol. ``uuid`` names it at both sites; ``origin`` is the site that planned it, "" ours."""

    uuid = models.UUIDField(unique=True)
    origin = models.CharField(max_length=60, default="", blank=True)
    partner = models.CharField(_("对方站点"), max_length=60, default="", blank=True)
    their_team = models.CharField(_("对方队伍"), max_length=80, default="", blank=True)
    starts = models.DateTimeField(_("开始"))
    ends = models.DateTimeField(_("结束"))
    window_minutes = models.IntegerField(_("会合相差几分钟以内"), default=15)
    begun_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    """When it was told that it had not begun."""
    proof = models.JSONField(null=True)
    """The receipt of its taps as last made (proving.py): made anew when there are others, or more is sealed."""
    proof_taps = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("联合巡防")
        indexes = [models.Index(fields=["-starts"], name="cross_border_patrols")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=models.F("starts")), name="cross_border_patrol_times"
            ),
            models.CheckConstraint(
                condition=Q(window_minutes__gte=1, window_minutes__lte=240),
                name="cross_border_patrol_window",
            ),
        ]


class Team(models.Model):
    """Who walks: an office and what it calls the team. Nobody is named."""

    patrol = models.ForeignKey(PatrolDetail, models.CASCADE, related_name="teams", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    name = models.CharField(_("队名"), max_length=40)

    class Meta:
        verbose_name = _("巡防队")
        constraints = [
            models.UniqueConstraint(fields=["patrol", "office", "name"], name="cross_border_team_once")
        ]

    def __str__(self) -> str:
        return self.name


class Stop(models.Model):
    """A checkpoint as this patrol planned it: later changes of the route leave it as it was.

    ``check``: what a code of the other site's checkpoint is held against (``codes.check``); ours have ``checkpoint``.
    """

    patrol = models.ForeignKey(PatrolDetail, models.CASCADE, related_name="stops", db_index=False)
    order = models.SmallIntegerField()
    uuid = models.UUIDField()
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, null=True, related_name="+")
    check_hex = models.CharField(max_length=32, default="", blank=True)
    name = models.CharField(max_length=40)
    lon = models.FloatField()
    lat = models.FloatField()
    radius = models.IntegerField(default=0)
    meeting = models.BooleanField(default=False)
    planned_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("计划点位")
        constraints = [
            models.UniqueConstraint(fields=["patrol", "order"], name="cross_border_stop_order"),
            models.UniqueConstraint(fields=["patrol", "uuid"], name="cross_border_stop_once"),
        ]

    def __str__(self) -> str:
        return self.name


class _Taps(models.Manager["Tap"]):
    """With what their leaves name."""

    def get_queryset(self) -> models.QuerySet[Tap]:
        return super().get_queryset().select_related("stop__patrol", "team")


class Tap(models.Model):
    """A team was at a checkpoint: evidence, only ever added. Who held the phone and where is not kept."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="taps")
    team = models.ForeignKey(Team, models.PROTECT, related_name="taps", db_index=False)
    at = models.DateTimeField()
    """As the phone said; never after ``received_at``."""
    received_at = models.DateTimeField()
    presence = models.CharField(max_length=8, default="", blank=True)
    key = models.CharField(max_length=64, unique=True)
    """Of the sending it came with: the same tap sent again is the same tap."""
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    objects = _Taps()

    class Meta:
        verbose_name = _("打卡")
        constraints = [
            models.CheckConstraint(
                condition=Q(presence__in=["", "inside", "outside"]), name="cross_border_tap_presence"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stop_id} {self.at:%H:%M}"


class PatrolFinding(models.Model):
    """A matter that was opened on a patrol: which, and at which checkpoint."""

    patrol = models.ForeignKey(PatrolDetail, models.CASCADE, related_name="findings")
    stop = models.ForeignKey(Stop, models.CASCADE, null=True, related_name="+")
    matter = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("巡防发现的事项")

    def __str__(self) -> str:
        return f"{self.matter_id}"
