"""What passes between two sites: streams, messages each way, what was refused, files through a gate."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zhili.core.exchange.models.sites import Direction, RemoteSite, SiteAgreement


class Link(models.Model):
    """One stream between us and a site: a matter (``matter:<uuid>``) or a topic (``topic:<name>``).

    ``out_seq``: number of our last message in it; ``in_seq``: of the last of theirs that we took,
    ``judged_seq`` of the last we took or refused for good: theirs may pass over it. The row is locked by whoever raises
    any of them.
    """

    site = models.ForeignKey(RemoteSite, models.PROTECT, related_name="links", db_index=False)
    stream = models.CharField(max_length=120)
    way = models.CharField(max_length=3, choices=Direction.choices)
    agreement = models.ForeignKey(SiteAgreement, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=16, default="")
    number = models.CharField(max_length=40, default="")
    """What the matter is called there."""
    out_seq = models.BigIntegerField(default=0)
    in_seq = models.BigIntegerField(default=0)
    judged_seq = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    moved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("往来")
        constraints = [models.UniqueConstraint(fields=["site", "stream"], name="exchange_link_once")]
        indexes = [
            models.Index(fields=["case"], name="exchange_link_case", condition=Q(case__isnull=False)),
            models.Index(fields=["site", "way", "state"], name="exchange_link_state"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.stream}"


class Sending(models.TextChoices):
    WAITING = "waiting", _("待送达")
    SENT = "sent", _("已送达")
    REFUSED = "refused", _("对方未收")


class Outgoing(models.Model):
    """One message of ours on its way. Its personal part, if any, is sealed in ``secret_id`` and joined when it is sent.

    ``digest`` is of the message as it stands here (``base/exchange.wire.digest``), its personal part left out: a hash
    of few digits could be guessed. ``site`` is the link's, so that
    what waits for one site is read in order by an index.
    """

    link = models.ForeignKey(Link, models.PROTECT, related_name="outgoing", db_index=False)
    site = models.ForeignKey(RemoteSite, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    body = models.JSONField()
    secret_id = models.UUIDField(null=True)
    digest = models.BinaryField()
    made_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=8, choices=Sending.choices, default=Sending.WAITING)
    answer = models.JSONField(null=True)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_default=Now())
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("送出的消息")
        # a refused message has passed its number over: another may get it when a stream is numbered anew
        constraints = [
            models.UniqueConstraint(
                fields=["link", "seq"], name="exchange_outgoing_once", condition=~Q(state="refused")
            )
        ]
        indexes = [
            models.Index(F("next_at"), F("id"), name="exchange_outgoing_due", condition=Q(state="waiting")),
            models.Index(F("site"), F("id"), name="exchange_outgoing_waiting", condition=Q(state="waiting")),
            models.Index(F("site"), F("id"), name="exchange_outgoing_refused", condition=Q(state="refused")),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.seq} {self.kind}"


class Incoming(models.Model):
    """One message of theirs that was taken, once. Only ever added to: a repeat is told by it, and so is a conflict.

    ``digest`` is of the message (``base/exchange.wire.digest``); of one with a personal part it is keyed, so that
    nothing can be guessed from it when the value itself is long erased.
    """

    link = models.ForeignKey(Link, models.PROTECT, related_name="incoming", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    digest = models.BinaryField()
    received_at = models.DateTimeField(db_default=Now())
    delivery = models.UUIDField()

    class Meta:
        verbose_name = verbose_name_plural = _("收到的消息")
        constraints = [models.UniqueConstraint(fields=["link", "seq"], name="exchange_incoming_once")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.seq} {self.kind}"


class SeenNonce(models.Model):
    """A signed request that was taken: it is not taken again while its signature holds."""

    keyid = models.CharField(max_length=100)
    nonce = models.CharField(max_length=100)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["keyid", "nonce"], name="exchange_nonce_once")]
        indexes = [models.Index(fields=["until"], name="exchange_nonce_until")]

    def __str__(self) -> str:
        return self.nonce


class RefusedMessage(models.Model):
    """What was not taken, counted by site, reason and day; ``detail`` is what the last one was told."""

    site = models.ForeignKey(RemoteSite, models.CASCADE, null=True, related_name="refused", db_index=False)
    code = models.CharField(max_length=24)
    detail = models.CharField(max_length=300, default="")
    day = models.DateField()
    at = models.DateTimeField(db_default=Now())
    count = models.BigIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("未收的消息")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "site", "code"], name="exchange_refused_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.count}"


class SiteAllowance(models.Model):
    """How many requests a site may still make: a bucket that fills by ``RemoteSite.per_minute``. Kept in an unlogged
    table, since all processes share it and nobody misses it after a crash."""

    site = models.OneToOneField(RemoteSite, models.CASCADE, primary_key=True, related_name="+")
    left = models.FloatField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.site_id} {self.left:.0f}"


class GateFile(models.Model):
    """A file that was made for a site behind a gate, or came from one: a delivery or its answer."""

    site = models.ForeignKey(RemoteSite, models.PROTECT, related_name="gate_files")
    way = models.CharField(max_length=3, choices=Direction.choices)
    name = models.CharField(max_length=120)
    delivery = models.UUIDField()
    digest = models.CharField(max_length=64)
    messages = models.IntegerField(default=0)
    request = models.JSONField(default=dict)
    """Of a delivery of ours: the address and headers it was signed with, to which its answer must belong."""
    at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)
    account = models.ForeignKey("people.Account", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("摆渡文件")
        constraints = [models.UniqueConstraint(fields=["way", "digest"], name="exchange_gate_file_once")]

    def __str__(self) -> str:
        return self.name
