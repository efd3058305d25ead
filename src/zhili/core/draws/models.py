"""A draw: what was announced, the seed's values, how it ended. All three are only ever added to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Draw(models.Model):
    """What was announced, whole: the list, how many, where the seed will come from, and when."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    """Who draws what for: a registered `Kind`."""
    scope = models.CharField(max_length=60)
    """Of which part of its work, in the kind's own words (a month, say)."""
    attempt = models.SmallIntegerField(default=1)
    """A void draw is followed by the next attempt; each is announced."""
    purpose = models.CharField(_("用途"), max_length=200)
    frozen = models.BinaryField()
    """The list in its canonical form (base/draw.py)."""
    digest = models.CharField(max_length=64)
    size = models.IntegerField()
    count = models.IntegerField()
    sources = models.JSONField()
    """In order: {"kind": "head", "after": time} or {"kind": "numbers", "name": …, "where": …}."""
    announced_at = models.DateTimeField()
    draw_at = models.DateTimeField()
    """No value of the seed can be known before."""
    leaf_id = models.BigIntegerField(unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("抽签")
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope", "attempt"], name="draw_once"),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=models.F("size")), name="draw_count"),
            models.CheckConstraint(
                condition=Q(draw_at__gt=models.F("announced_at")), name="draw_after_announcement"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.scope}"


class SeedValue(models.Model):
    """The value of one source, once it is known."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="values")
    source = models.SmallIntegerField()
    """Which one, from 0."""
    value = models.JSONField()
    """A list of whole numbers, or a word."""
    said = models.CharField(max_length=300)
    """Where it was taken from, so that anyone can look it up."""
    at = models.DateTimeField()
    office_id = models.BigIntegerField(null=True)
    leaf_id = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "source"], name="draw_seed_once")]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.source}"


class Outcome(models.Model):
    """How a draw ended: drawn, or void and why."""

    draw = models.OneToOneField(Draw, models.PROTECT, primary_key=True, related_name="outcome")
    drawn = models.JSONField()
    """Names in the order picked; empty when void."""
    void = models.CharField(max_length=300, default="", blank=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"{self.draw_id} {self.void or len(self.drawn)}"
