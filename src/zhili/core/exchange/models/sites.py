"""Other sites: who they are, by which keys they are known, what is agreed with them, what they vouch for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    """Who began a stream: in, the other site; out, we."""

    IN = "in", _("对方移交来")
    OUT = "out", _("本方移交去")


class RemoteSite(models.Model):
    """Another city's site we exchange matters with.

    ``account`` is the machine account under which what comes from there is opened and noted; ``office`` holds what
    comes until our own routing says otherwise.
    """

    site = models.CharField(_("代号"), max_length=64, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    url = models.URLField(_("地址"), max_length=300)
    account = models.ForeignKey("people.Account", models.PROTECT, related_name="+", verbose_name=_("账号"))
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    active = models.BooleanField(_("启用"), default=True)
    private_allowed = models.BooleanField(_("可在内网"), default=False)
    by_gate = models.BooleanField(_("经摆渡"), default=False)
    per_minute = models.IntegerField(_("每分钟最多请求"), default=1_200)
    protocol = models.CharField(_("协议"), max_length=40, default="zhili-exchange/1")
    division_code = models.CharField(_("区划"), max_length=12, default="", blank=True)
    trail_keys = ArrayField(models.CharField(max_length=400), default=list, blank=True)
    """Verification keys (C2SP vkey) of its trail that we hold its checkpoints against: pinned, never learned."""
    witnessed_size = models.BigIntegerField(default=0)
    """Size of OUR tree it last said to have verified."""
    witnessed_at = models.DateTimeField(null=True)
    vouched_size = models.BigIntegerField(default=0, db_default=0)
    """Size of ITS tree that we last verified; the rows of Witnessed have each."""
    # failures in a row of reaching it, and what the last one said; `next_at`: when it may be tried again
    failures = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=500, default="", blank=True)
    error_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    """While a worker is sending to it: no other does until then. Raised as it goes on, so that a killed one's ends."""
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("外地站点")

    def __str__(self) -> str:
        return self.site


class SiteKey(models.Model):
    """A public key by which a site is known: told out of band, valid from ``since`` to before ``until``.

    ``revoked_at`` ends it at once and for good, whatever the dates say.
    """

    site = models.ForeignKey(RemoteSite, models.CASCADE, related_name="keys")
    keyid = models.CharField(max_length=100, unique=True)
    public = models.BinaryField()
    """32 bytes, Ed25519."""
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("外地站点密钥")

    def __str__(self) -> str:
        return self.keyid


class SiteAgreement(models.Model):
    """One edition of an agreement with a site: which matters, which fields, which personal fields.

    ``procedure`` and ``opening``: what a matter handed over under it opens here. ``local_field``: names of the
    agreement's fields → names of ours, where they differ.
    """

    site = models.ForeignKey(RemoteSite, models.CASCADE, related_name="agreements")
    code = models.CharField(max_length=64)
    version = models.IntegerField()
    digest = models.CharField(max_length=64)
    document = models.JSONField()
    procedure = models.CharField(max_length=80, default="", blank=True)
    opening = models.CharField(max_length=40, default="", blank=True)
    local_field = models.JSONField(default=dict, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    active = models.BooleanField(default=True)
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("协同协议")
        constraints = [
            models.UniqueConstraint(fields=["site", "code", "version"], name="exchange_agreement_edition"),
            models.UniqueConstraint(
                fields=["site", "code"], name="exchange_agreement_one_active", condition=Q(active=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class Witnessed(models.Model):
    """A checkpoint of another site's trail that we verified and keep: with our leaf over it we are its witness.

    Only ever added to. A site that later shows another tree is contradicted by its own signature here.
    """

    site = models.ForeignKey(RemoteSite, models.PROTECT, related_name="witnessed", db_index=False)
    origin = models.CharField(max_length=200)
    size = models.BigIntegerField()
    root = models.BinaryField()
    text = models.TextField()
    at = models.DateTimeField()
    leaf_id = models.BigIntegerField(unique=True)
    salt = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = _("已见证的检查点")
        constraints = [
            models.UniqueConstraint(fields=["site", "origin", "size"], name="exchange_witnessed_once")
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class SiteFork(models.Model):
    """The alarm: a site signed two accounts of its trail that cannot both be true. Only ever added to."""

    site = models.ForeignKey(RemoteSite, models.PROTECT, related_name="forks", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    """fork: another root of a size we witnessed; inconsistent: a proof it gave leads elsewhere; back: a smaller tree
    than it had signed, which is not the beginning of that."""
    origin = models.CharField(max_length=200)
    size = models.BigIntegerField()
    kept = models.BinaryField()
    """The root we had witnessed (of ``kept_size`` leaves)."""
    kept_size = models.BigIntegerField()
    theirs = models.BinaryField()
    text = models.TextField()
    """The checkpoint that contradicts what it signed before."""
    leaf_id = models.BigIntegerField(unique=True)
    salt = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = _("外地存证分叉")
        constraints = [
            models.UniqueConstraint(fields=["site", "origin", "size", "theirs"], name="exchange_fork_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.origin} {self.size}"


class Topic(models.Model):
    """The newest of a document that is shared whole: ours (``site`` empty) or one another site shares with us."""

    site = models.ForeignKey(RemoteSite, models.CASCADE, null=True, related_name="topics", db_index=False)
    name = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    document = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("共享主题")
        constraints = [
            models.UniqueConstraint(fields=["name", "site"], name="exchange_topic_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name
