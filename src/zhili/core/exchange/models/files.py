"""Files that go with matters between sites: which bytes of ours another site may fetch, and which of theirs we want."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zhili.core.exchange.models.passing import Link


class OfferedFile(models.Model):
    """A file of ours that was told to the other site of a matter, by the hash of the very bytes it is given.

    ``variant``: which of our copies these are (core/files.serving); ``version``: of the masks they were drawn with.
    Once an office masks more or withdraws the file, what was offered is given to nobody any more.
    """

    link = models.ForeignKey(Link, models.CASCADE, related_name="offered", db_index=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    file = models.ForeignKey("files.File", models.CASCADE, related_name="+")
    variant = models.CharField(max_length=10)
    version = models.IntegerField(default=0)
    at = models.DateTimeField(db_default=Now())
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("可供对方调取的文件")
        constraints = [models.UniqueConstraint(fields=["link", "sha256"], name="exchange_offered_once")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Fetching(models.TextChoices):
    OFFERED = "offered", _("可调取")
    WAITING = "waiting", _("正在调取")
    KEPT = "kept", _("已收到")
    REFUSED = "refused", _("未收")


class WantedFile(models.Model):
    """A file the other site told of in a matter: fetched when somebody here asks for it.

    ``step_seq``: the step of our case it belongs to. ``next_at``: when it is tried again, or, while a worker is at it,
    when its claim ends. A refused one (wrong bytes, a kind not taken, a virus) is not asked for again.
    """

    link = models.ForeignKey(Link, models.CASCADE, related_name="wanted", db_index=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    step_seq = models.IntegerField(default=1)
    state = models.CharField(max_length=8, choices=Fetching.choices, default=Fetching.OFFERED)
    account = models.ForeignKey("people.Account", models.SET_NULL, null=True, related_name="+")
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, default="")
    file = models.ForeignKey("files.File", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("对方的文件")
        constraints = [models.UniqueConstraint(fields=["link", "sha256"], name="exchange_wanted_once")]
        indexes = [
            models.Index(F("next_at"), F("id"), name="exchange_wanted_due", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.state}"
