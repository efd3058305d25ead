"""The append-only log. A leaf is what a stranger may check; it holds no personal value, only commitments."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zhili.core.streams.fields import CurrentTransactionId, Xid8Field


class Leaf(models.Model):
    """One entry of the Merkle log: canonical JSON (RFC 8785) of what happened.

    Leaves are written in the transaction of what they record and never change. They are numbered into the tree
    later, by the sealer (sealing.py), in the order (xid, id) below the safe horizon; so no writer waits for another.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=32)
    subject = models.BigIntegerField(null=True, db_index=True)
    body = models.BinaryField()
    hash = models.BinaryField()
    # The transaction that wrote the row, of this server: the sealer stops below the oldest one still running.
    xid = Xid8Field(db_default=CurrentTransactionId())

    class Meta:
        verbose_name = _("存证")
        indexes = [models.Index(fields=["xid", "id"], name="trail_leaf_order")]

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


class Sealed(models.Model):
    """Which leaf has which number in the tree, from 0 without gaps. Only ever added to."""

    index = models.BigIntegerField(primary_key=True)
    leaf_id = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"{self.index}: {self.leaf_id}"


class TreeHead(models.Model):
    """The tree as it stood: how many leaves, and the root over them. Only ever added to.

    Signatures, time stamps and witnesses' countersignatures refer to a head by its size and stand in tables of their
    own, so that a head is what the leaves make it and nothing else.
    """

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("存证根")
        indexes = [models.Index(fields=["at"], name="trail_treehead_at")]

    def __str__(self) -> str:
        return f"{self.size} {bytes(self.root).hex()}"


class Sealer(models.Model):
    """One row: how far the sealer is, and the right edge of the tree. Can be made anew from ``Sealed``."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    edge = models.BinaryField(default=b"")
    xid = Xid8Field(db_default=models.Value("0", output_field=Xid8Field()))
    leaf_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.size)
