"""Other systems we exchange matters with, what waits between us, and what came in through our own door."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Peer(models.Model):
    """Another Open311 server. Its key is a ``people.Secret``: sealed here, rotated with all others.

    ``account`` is the machine account under which what comes from there is opened and noted.
    """

    name = models.SlugField(_("代号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    url = models.URLField(_("接口地址"), max_length=300)
    jurisdiction = models.CharField(_("辖区标识"), max_length=100, default="", blank=True)
    format = models.CharField(
        _("格式"), max_length=4, default="xml", choices=[("xml", "XML"), ("json", "JSON")]
    )
    key_secret = models.UUIDField(null=True)
    account = models.ForeignKey("people.Account", models.PROTECT, related_name="+", verbose_name=_("账号"))
    active = models.BooleanField(_("启用"), default=True)
    private_allowed = models.BooleanField(_("可在内网"), default=False)
    every = models.IntegerField(_("间隔（分钟）"), default=5)
    # in: which of our openings what comes from there is opened with; empty: nothing is taken
    pull = models.BooleanField(_("接收"), default=False)
    procedure = models.CharField(max_length=80, default="", blank=True)
    opening = models.CharField(max_length=40, default="", blank=True)
    unmapped = models.BooleanField(_("也收未对照的分类"), default=True)
    # how far their requests have been read, by their own clock
    pulled_until = models.DateTimeField(null=True)
    pull_at = models.DateTimeField(db_default=Now())
    # out: which of our matters go there; no category means all that are mapped
    push = models.BooleanField(_("发送"), default=False)
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    division = models.ForeignKey("places.Division", models.PROTECT, null=True, blank=True, related_name="+")
    # failures in a row, of any kind; what the last one said
    failures = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=500, default="", blank=True)
    error_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Open311 对接方")

    def __str__(self) -> str:
        return self.name


class PeerService(models.Model):
    """One line of the map between their service codes and our categories."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="services")
    service_code = models.CharField(max_length=100)
    category = models.CharField(max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = _("Open311 分类对照")
        constraints = [
            models.UniqueConstraint(fields=["peer", "service_code", "category"], name="peer_service_once")
        ]

    def __str__(self) -> str:
        return f"{self.service_code} = {self.category}"


class Way(models.TextChoices):
    IN = "in", _("接收")
    OUT = "out", _("发送")


class State(models.TextChoices):
    QUEUED = "queued", _("待发送")
    TOKEN = "token", _("等对方编号")
    LINKED = "linked", _("已对应")
    BLIND = "blind", _("对方不给编号")
    SKIPPED = "skipped", _("未收")
    FAILED = "failed", _("失败")


class PeerRequest(models.Model):
    """One of their requests and the case of ours that it is; or one of ours on its way to them."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="requests", db_index=False)
    way = models.CharField(max_length=3, choices=Way.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", db_index=False)
    remote_id = models.CharField(_("对方编号"), max_length=100, default="")
    token = models.CharField(max_length=200, default="")
    service_code = models.CharField(max_length=100, default="")
    status = models.CharField(_("对方状态"), max_length=20, default="")
    status_notes = models.CharField(max_length=1000, default="")
    updated = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    # tries so far; `next_at`: when to send or to ask how it stands, or, while a worker is at it, when its claim ends.
    # `unsure`: a try may have arrived.
    attempts = models.SmallIntegerField(default=0)
    unsure = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Open311 往来")
        constraints = [
            models.UniqueConstraint(
                fields=["peer", "remote_id"], name="peer_request_in_once", condition=Q(way="in")
            ),
            models.UniqueConstraint(
                fields=["peer", "case"], name="peer_request_out_once", condition=Q(way="out")
            ),
        ]
        indexes = [
            models.Index(F("next_at"), F("id"), name="peer_request_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["case"], name="peer_request_case", condition=Q(case__isnull=False)),
            models.Index(fields=["peer", "way", "state"], name="peer_request_state"),
        ]

    def __str__(self) -> str:
        return f"{self.peer_id} {self.way} {self.remote_id or self.case_id}"


class Submission(models.Model):
    """A request that came through our own server: to tell a repeat, and to hold one that is opened later.

    ``digest`` is keyed, so nothing can be guessed from it. A waiting one is whole in ``secret_id``, sealed.
    """

    account = models.ForeignKey("people.Account", models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    token = models.CharField(max_length=40, unique=True, null=True)
    secret_id = models.UUIDField(null=True)
    case_id = models.BigIntegerField(null=True)
    error = models.CharField(max_length=500, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("Open311 收件")
        indexes = [
            models.Index(fields=["account", "digest"], name="submission_digest"),
            models.Index(fields=["id"], name="submission_waiting", condition=Q(secret_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.token or str(self.pk)


class ServiceEdition(models.Model):
    """Each state the list of services was ever seen in, and since when: the ``changeset`` of discovery."""

    digest = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.since)
