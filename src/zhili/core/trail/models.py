"""The append-only log. A leaf is what a stranger may check; it holds no personal value, only commitments."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Leaf(models.Model):
    """One entry of the Merkle log: canonical JSON (RFC 8785) of what happened.

    Leaves are written in the transaction of what they record and never change. They are numbered into the tree
    later, by the sealer, in the order of ``id`` below the safe horizon; so no writer waits for another.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=32)
    subject = models.BigIntegerField(null=True, db_index=True)
    body = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("存证")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Access(models.Model):
    """One opening of personal values: who, why, within which case. Itself a leaf, and shown to the person."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    secret_id = models.UUIDField(db_index=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    office_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=200)
    case_id = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        verbose_name = _("查看记录")
        indexes = [models.Index(F("account_id"), F("id").desc(), name="access_account")]

    def __str__(self) -> str:
        return f"{self.secret_id} {self.purpose}"
