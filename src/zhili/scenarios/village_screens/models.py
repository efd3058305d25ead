"""What the village screens keep: columns of their cases, sensors and collection points shown, paired displays."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail
from zhili.scenarios.village_screens.kinds import TILES


class Shown(CaseDetail):
    """Base of what is shown: its village and its public words, already without what tells a person."""

    division_id = models.BigIntegerField()
    heading = models.CharField(max_length=60)
    body = models.TextField(default="", blank=True)
    picture = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class NoticeDetail(Shown):
    """A notice: for the village or one of its cells, from and until when."""

    cell_id = models.BigIntegerField(null=True)
    urgent = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("通知公告")
        indexes = [models.Index(fields=["division_id", "-ends_at"], name="village_notice_shown")]


class DisclosureDetail(Shown):
    """Village affairs disclosed: which item of the law, for which period."""

    item = models.CharField(max_length=16)
    first = models.DateField(_("从哪天"))
    last = models.DateField(_("到哪天"))
    attachment = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("村务公开")
        indexes = [models.Index(fields=["division_id", "-last"], name="village_disclosed")]


class MotionDetail(Shown):
    """A motion on its way through 四议两公开; ``body`` is the proposal, then the resolution."""

    resolution = models.TextField(default="", blank=True)
    result = models.TextField(default="", blank=True)
    resolved_on = models.DateField(null=True)
    result_at = models.DateTimeField(null=True)
    present = models.IntegerField(null=True)
    entitled = models.IntegerField(null=True)
    agreed = models.IntegerField(null=True)
    against = models.IntegerField(null=True)
    abstained = models.IntegerField(null=True)

    class Meta:
        verbose_name = _("议题")
        indexes = [models.Index(fields=["division_id", "-case"], name="village_motions")]


class QuestionDetail(CaseDetail):
    """A villager's question; shown with its answer in the words the committee chose."""

    division_id = models.BigIntegerField()
    about_id = models.BigIntegerField(null=True)
    """The case of what was disclosed."""
    question = models.CharField(max_length=300, default="", blank=True)
    answer = models.TextField(default="", blank=True)
    answered_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("村务提问")
        indexes = [models.Index(fields=["division_id", "-case"], name="village_questions")]


class Tile(models.Model):
    """A value of a road, a field or an estate on the screens: which sensor, and in which state from which value on."""

    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("哪一类"), max_length=8, choices=TILES)
    name = models.CharField(_("地点"), max_length=40)
    title = models.CharField(_("看什么"), max_length=20)
    source_id = models.BigIntegerField()
    """The sensor (``signals.Source``), which is about itself."""
    measure = models.CharField(max_length=40)
    unit = models.CharField(max_length=12, default="", blank=True)
    below = models.BooleanField(_("越低越要紧"), default=False)
    notice_from = models.FloatField(_("从多少起“注意”"), null=True, blank=True)
    alarm_from = models.FloatField(_("从多少起“报警”"), null=True, blank=True)
    stale_minutes = models.IntegerField(_("多少分钟没有新数据算过时"), default=30)
    order = models.IntegerField(default=0)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("传感器格子")
        indexes = [models.Index(fields=["division", "order"], name="village_tiles")]

    def __str__(self) -> str:
        return f"{self.name} {self.title}"


class WastePoint(models.Model):
    """Where waste is brought, sorted: a place, never a household."""

    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+", db_index=False)
    cell = models.ForeignKey("places.Cell", models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.CharField(_("投放点"), max_length=40)
    source_id = models.BigIntegerField(null=True)
    """The scale that stands there (``signals.Source``); without one, the day is entered by hand."""
    closed_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("垃圾投放点")
        constraints = [models.UniqueConstraint(fields=["division", "name"], name="village_waste_point")]

    def __str__(self) -> str:
        return self.name


class WasteDay(models.Model):
    """What one point took in on one day, and how well it was sorted."""

    point = models.ForeignKey(WastePoint, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField(_("哪天"))
    kilograms = models.FloatField(_("重量（公斤）"))
    purity = models.FloatField(_("分类准确率（%）"), null=True)

    class Meta:
        verbose_name = _("投放记录")
        constraints = [
            models.UniqueConstraint(fields=["point", "day"], name="village_waste_day"),
            models.CheckConstraint(condition=Q(kilograms__gte=0), name="village_waste_weight"),
            models.CheckConstraint(
                condition=Q(purity=None) | Q(purity__gte=0, purity__lte=100), name="village_waste_purity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.day}"


class Loop(models.Model):
    """How a village's television runs: which kinds in which order, and for how long each."""

    division = models.OneToOneField("places.Division", models.PROTECT, related_name="+")
    kinds = ArrayField(models.CharField(max_length=16))
    seconds = ArrayField(models.IntegerField())
    monthly_finance = models.BooleanField(_("财务按月公布"), default=True)

    class Meta:
        verbose_name = _("电视轮播")

    def __str__(self) -> str:
        return f"{self.division_id}"


class Display(models.Model):
    """A television that was paired with a village: only such a one is told of alarms. Its cookie is kept hashed."""

    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("放在哪里"), max_length=40)
    sha256 = models.CharField(max_length=64, unique=True)
    paired_at = models.DateTimeField()
    paired_by = models.BigIntegerField(null=True)
    """The post."""
    last_seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("村电视")
        indexes = [models.Index(fields=["division", "-id"], name="village_displays")]

    def __str__(self) -> str:
        return self.name


class Pairing(models.Model):
    """A television that waits to be paired: the code it shows, for a quarter of an hour."""

    code = models.CharField(max_length=8, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    division = models.ForeignKey("places.Division", models.CASCADE, related_name="+", db_index=False)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("待配对的村电视")

    def __str__(self) -> str:
        return self.code
