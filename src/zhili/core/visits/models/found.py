"""What was seen there: answers in everybody's words, and what was found wrong. Answers are only ever added to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhili.core.visits.models.catalogue import Item
from zhili.core.visits.models.planned import Visit


class VisitAnswer(models.Model):
    """One answer to one question by one author. Nothing replaces it: a later one stands beside it (``answers``).

    ``made_at``: when it was written down, by the author's device; ``at``: when it came here. ``seen``: the last answer
    to the visit that its author had before them, 0 for none: what they had not seen they did not mean to replace.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    question = models.CharField(max_length=40)
    value = models.JSONField()
    note = models.TextField(default="", blank=True)
    photos = models.JSONField(default=list, db_default=[])
    """``[{"file": id, "sha256": hex}]``; the leaf commits to them."""
    author = models.ForeignKey("people.Account", models.PROTECT, related_name="+", verbose_name=_("填写人"))
    label = models.CharField(max_length=180)
    """The author's office and post, as steps show them."""
    made_at = models.DateTimeField()
    seen = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    salt = models.BinaryField()
    leaf_id = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "item", "question", "author", "made_at"], name="visits_answer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.question}"


class Finding(models.Model):
    """Something wrong that a visit found. ``case``: the rectification, once one is opened."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="findings")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    question = models.CharField(max_length=40, default="", blank=True)
    what = models.TextField(_("发现的问题"))
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("整改事项")
    )
    author = models.ForeignKey("people.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    salt = models.BinaryField()
    leaf_id = models.BigIntegerField(unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("检查发现")

    def __str__(self) -> str:
        return f"{self.visit_id} {self.pk}"
