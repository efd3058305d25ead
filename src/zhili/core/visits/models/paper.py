"""Who came and when, who put a name under it, and the record that came of it: rows that are only ever added to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhili.core.visits.models.catalogue import Inspector
from zhili.core.visits.models.planned import Visit


class DoorCode(models.Model):
    """The code on the door of premises: whoever reads it there was there. It opens nothing but the page to say so."""

    premises = models.OneToOneField(
        "registers.Premises", models.PROTECT, related_name="door_code", verbose_name=_("场所")
    )
    code = models.CharField(_("场所码"), max_length=12, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("场所码")

    def __str__(self) -> str:
        return self.code


class Side(models.TextChoices):
    OFFICER = "officer", _("检查人员")
    BUSINESS = "business", _("被检查单位")


class Arrival(models.Model):
    """A scan: an officer read the code on the door, or the business read the visit's on the officer's phone.

    ``made_at``: by the officer's device; ``at``: when it came here. Of officers office and number, nothing of persons.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="arrivals")
    side = models.CharField(max_length=8, choices=Side.choices)
    inspector = models.ForeignKey(Inspector, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey("people.Office", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    at = models.DateTimeField()
    salt = models.BinaryField()
    leaf_id = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "side", "inspector"], name="visits_arrival_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.side}"


class Signature(models.Model):
    """A name drawn under the record, or the refusal to. A picture on a paper: nobody is recognised by it.

    ``shown``: the answers its signer had before them, ``digest`` of them (`signing`); ``capacity``: as what whoever is
    on site signs, never a name. ``sha256`` and ``file``: the picture; none when refused, which has a reason.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="signatures")
    inspector = models.ForeignKey(Inspector, models.PROTECT, null=True, related_name="+")
    """Whose signature; empty: whoever is on site."""
    capacity = models.CharField(max_length=10, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, default="", blank=True)
    shown = models.JSONField()
    digest = models.CharField(max_length=64)
    author = models.ForeignKey("people.Account", models.PROTECT, related_name="+")
    label = models.CharField(max_length=180)
    made_at = models.DateTimeField()
    at = models.DateTimeField()
    salt = models.BinaryField()
    leaf_id = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "inspector", "author", "made_at"],
                name="visits_signature_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.inspector_id or self.capacity}"


class VisitRecord(models.Model):
    """The record of inspection (现场检查笔录): ``document`` as `records` made it; its digest stands in the leaf."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="records")
    number = models.PositiveSmallIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "number"], name="visits_record_once")]

    def __str__(self) -> str:
        return f"{self.visit_id}/{self.number}"
