"""The versions of decision tables. Written by ``keeping`` only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("草稿")
    IN_FORCE = "in_force", _("已确认")
    WITHDRAWN = "withdrawn", _("已撤回")


class TableVersion(models.Model):
    """One version of a table. Its document never changes: another wording is another version.

    It held on a day when it was confirmed and ``valid_from`` ≤ day < ``valid_to``, also when it was withdrawn later.
    ``flags``: what a person must look at before it may be confirmed, as [{"row", "text", "told"}].
    """

    name = models.CharField(_("编码"), max_length=120)
    number = models.PositiveIntegerField(_("版次"))
    title = models.CharField(_("名称"), max_length=200)
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    """Of ``document`` as RFC 8785 writes it."""
    valid_from = models.DateField(_("生效日期"), null=True)
    valid_to = models.DateField(_("失效日期"), null=True)
    """The first day it no longer holds."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    source = models.CharField(_("依据"), max_length=300)
    office = models.ForeignKey(
        "people.Office", models.PROTECT, null=True, related_name="+", verbose_name=_("拟定单位")
    )
    flags = models.JSONField(default=list)
    drafted_at = models.DateTimeField(db_default=Now())
    drafted_by = models.BigIntegerField(null=True)
    """The account; None while nobody has looked through what was brought in from a file of statutes."""
    drafted_label = models.CharField(max_length=180, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_label = models.CharField(max_length=180, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("判定表版本")
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], name="tables_version_number"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("drafted_by")), name="tables_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(valid_from__isnull=False), name="tables_confirmed_is_dated"
            ),
        ]
        indexes = [models.Index(fields=["state", "name"], name="tables_version_state")]

    def __str__(self) -> str:
        return f"{self.name} #{self.number}"
