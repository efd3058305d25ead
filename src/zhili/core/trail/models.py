"""The append-only log. A leaf is what a stranger may check; it holds no personal value, only commitments."""

from django.contrib.postgres.indexes import HashIndex
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
        indexes = [
            models.Index(fields=["xid", "id"], name="trail_leaf_order"),
            # Strangers ask by the hash of their leaf; a hash index is a fifth of a tree's size.
            HashIndex(fields=["hash"], name="trail_leaf_hash"),
        ]

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
    leaf_id = models.BigIntegerField(null=True, unique=True)
    salt = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("查看记录")
        indexes = [models.Index(F("account_id"), F("id").desc(), name="access_account")]

    def __str__(self) -> str:
        return f"{self.secret_id} {self.purpose}"


class Change(models.Model):
    """One change an office made to how it is set up: posts, accounts, duties, parameters, calendars.

    ``before`` and ``after`` are plain facts without a personal value: accounts stand in them by id. Each is a leaf too,
    written with it (changes.py); only ever added to.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    subject = models.CharField(_("对象"), max_length=20)
    key = models.CharField(max_length=160)
    """Which one of its subject."""
    done = models.CharField(max_length=20)
    name = models.CharField(_("名称"), max_length=200, blank=True, default="")
    office_id = models.BigIntegerField(null=True)
    """Whose it is; None when it is the whole city's."""
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    since = models.DateField(null=True)
    reason = models.CharField(_("原因"), max_length=300, blank=True, default="")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    actor_office_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=180, blank=True, default="")
    leaf_id = models.BigIntegerField(unique=True)
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("变更记录")
        indexes = [
            models.Index(F("subject"), F("key"), F("id").desc(), name="trail_change_of"),
            models.Index(F("office_id"), F("id").desc(), name="trail_change_office"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.key} {self.done}"


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


class Tile(models.Model):
    """256 hashes of the tree side by side, as c2sp.org/tlog-tiles cuts it; only full ones, only ever added to.

    ``root`` is the hash over them: what the tile of the next level holds in this one's place.
    """

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    root = models.BinaryField()
    hashes = models.BinaryField()
    """8,192 bytes."""

    def __str__(self) -> str:
        return f"tile/{self.level}/{self.index}"


class SigningKey(models.Model):
    """A key that signs heads, as published; former ones stay, since what they signed stays. Only ever added to."""

    id = models.BigAutoField(primary_key=True)
    vkey = models.CharField(max_length=300, unique=True)
    origin = models.CharField(max_length=200)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("存证签名公钥")

    def __str__(self) -> str:
        return self.vkey


class SignedHead(models.Model):
    """A head with its signatures, as handed out: the text of a checkpoint. Only ever added to."""

    id = models.BigAutoField(primary_key=True)
    origin = models.CharField(max_length=200)
    size = models.BigIntegerField()
    root = models.BinaryField()
    at = models.DateTimeField(db_default=Now())
    text = models.TextField()

    class Meta:
        verbose_name = _("已签名的存证根")
        constraints = [models.UniqueConstraint(fields=["size", "origin"], name="trail_signedhead_once")]

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class Stamp(models.Model):
    """A time stamp (RFC 3161) over the text of a signed head, by an authority outside. Only ever added to."""

    id = models.BigAutoField(primary_key=True)
    head = models.ForeignKey(SignedHead, on_delete=models.PROTECT, related_name="stamps")
    at = models.DateTimeField()
    """As the authority says."""
    authority = models.CharField(max_length=200)
    token = models.BinaryField()
    """The whole response, DER."""

    class Meta:
        verbose_name = _("时间戳")

    def __str__(self) -> str:
        return f"{self.authority} {self.at}"


class Fork(models.Model):
    """The alarm: two signed accounts of this log that cannot both be true. Only ever added to."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=16)
    """fork: another root of a size we have; beyond: a signed head larger than the tree is."""
    source = models.CharField(max_length=16)
    """file (kept outside the database), witness (handed in), heads (the tables disagree)."""
    size = models.BigIntegerField()
    ours = models.BinaryField()
    """The root we have of that size; empty when the tree is shorter."""
    theirs = models.BinaryField()
    text = models.TextField()
    """The checkpoint that contradicts us."""
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("分叉警报")
        constraints = [models.UniqueConstraint(fields=["size", "theirs", "kind"], name="trail_fork_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.size}"


class Restoration(models.Model):
    """The tree begins anew from an earlier state, openly: after a restore from backup. Only ever added to.

    Heads signed under ``former`` that go beyond ``size`` are of leaves that were lost; from here on the log has the
    origin ``origin`` and keys of its own, so that nothing it signs contradicts what was signed before.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    former = models.CharField(max_length=200)
    origin = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("恢复记录")

    def __str__(self) -> str:
        return f"{self.former} {self.size}"
