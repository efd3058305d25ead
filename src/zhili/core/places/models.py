"""Divisions, their shapes and the grid cells, all dated.

A division keeps its row (and so its offices, duties and cases) when it is renamed or its boundary
moves: the former name or shape goes to a table of its own. Only a new code or a new parent makes a
new division, and then the old one is closed and names its successors.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("地级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡级")
    VILLAGE = "village", _("村级")


class Division(models.Model):
    """An administrative division for as long as it exists. `valid_to` is the first day it no longer does."""

    code = models.CharField(_("代码"), max_length=12)
    name = models.CharField(_("名称"), max_length=100)
    level = models.CharField(_("层级"), max_length=8, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    lon = models.FloatField(_("经度"), help_text="WGS-84")
    lat = models.FloatField(_("纬度"), help_text="WGS-84")
    successors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="predecessors", verbose_name=_("继任区划")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("行政区划")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="places_division_dated_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="places_division_current_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="places_division_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DivisionClosure(models.Model):
    """Which divisions lie in or under which, itself (depth 0) included.

    `inherited` rows come from succession: what lay under a dissolved division stays visible to its
    successors and to all that stands above them.
    """

    ancestor = models.ForeignKey(Division, models.CASCADE, related_name="below", db_index=False)
    descendant = models.ForeignKey(Division, models.CASCADE, related_name="above", db_index=False)
    depth = models.SmallIntegerField()
    inherited = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("区划上下级")
        indexes = [models.Index(fields=["descendant", "ancestor"], name="places_closure_up")]
        constraints = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="places_closure_once")]

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id}"


class Boundary(models.Model):
    """The present shape of a division: WKB, WGS-84 degrees, polygon or multipolygon."""

    division = models.OneToOneField(Division, models.CASCADE, primary_key=True, related_name="boundary")
    wkb = models.BinaryField()
    valid_from = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = _("区划边界")

    def __str__(self) -> str:
        return str(self.division_id)


class Cell(models.Model):
    """A grid cell: the smallest piece of ground somebody looks after. It lies in exactly one village."""

    code = models.CharField(_("网格代码"), max_length=14)
    number = models.PositiveSmallIntegerField(_("村内序号"))
    name = models.CharField(_("名称"), max_length=100)
    village = models.ForeignKey(
        Division, models.PROTECT, related_name="cells", verbose_name=_("所属村（社区）")
    )
    wkb = models.BinaryField()
    lon = models.FloatField(_("经度"), help_text="WGS-84")
    lat = models.FloatField(_("纬度"), help_text="WGS-84")
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("网格")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="places_cell_dated_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="places_cell_current_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="places_cell_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FormerName(models.Model):
    """What a division or a cell was called before, so that old papers can be read."""

    division = models.ForeignKey(Division, models.CASCADE, null=True, related_name="former_names")
    cell = models.ForeignKey(Cell, models.CASCADE, null=True, related_name="former_names")
    name = models.CharField(max_length=100)
    valid_to = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = _("曾用名")
        constraints = [
            models.CheckConstraint(
                condition=Q(division=None, cell__isnull=False) | Q(division__isnull=False, cell=None),
                name="places_former_name_of_one",
            )
        ]

    def __str__(self) -> str:
        return self.name


class FormerShape(models.Model):
    """Where the boundary of a division or a cell ran before it was moved."""

    division = models.ForeignKey(Division, models.CASCADE, null=True, related_name="former_shapes")
    cell = models.ForeignKey(Cell, models.CASCADE, null=True, related_name="former_shapes")
    wkb = models.BinaryField()
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = _("历史边界")
        constraints = [
            models.CheckConstraint(
                condition=Q(division=None, cell__isnull=False) | Q(division__isnull=False, cell=None),
                name="places_former_shape_of_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.division_id or self.cell_id)


class Edition(models.Model):
    """One row, stamped anew by every change of places, so that each process knows when to read them again."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("区划版本")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="places_edition_single")]

    def __str__(self) -> str:
        return str(self.version)
