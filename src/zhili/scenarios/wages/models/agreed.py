"""Contracts: versions of what was agreed, each signed by worker, team leader and firm. Only ever added to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhili.scenarios.wages.kinds import HOW, PARTIES
from zhili.scenarios.wages.models.workers import Engagement


class ContractVersion(models.Model):
    """One version of a contract. ``digest``: SHA-256 over ``contracts.digested``, what each signature seals.

    ``terms`` holds no personal value: the worker stands in it by code and by the hashes of the sealed values.
    """

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="versions", db_index=False)
    number = models.SmallIntegerField()
    terms = models.JSONField()
    digest = models.CharField(max_length=64)
    drafted_at = models.DateTimeField()
    reason = models.CharField(_("变更原因"), max_length=200, default="", blank=True)
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("合同")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="wages_contract_version")
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id}/{self.number}"


class ContractSignature(models.Model):
    """One of three signed a version, on a device of their own. ``account_id``: who, where there is an account."""

    version = models.ForeignKey(ContractVersion, models.PROTECT, related_name="signatures", db_index=False)
    role = models.CharField(max_length=6, choices=PARTIES)
    digest = models.CharField(max_length=64)
    how = models.CharField(max_length=7, choices=HOW)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("合同签名")
        constraints = [models.UniqueConstraint(fields=["version", "role"], name="wages_signed_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.role}"
