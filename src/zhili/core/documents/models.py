"""What is counted, found or constrained of outgoing documents; their text and history are in steps."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail


class Letterhead(models.Model):
    """Under which name and mark an office issues documents. An office without one may draft, not issue."""

    office = models.OneToOneField("people.Office", models.PROTECT, related_name="+", verbose_name=_("单位"))
    mark = models.CharField(
        _("办文代字"), max_length=16, unique=True, help_text=_("发文字号开头的字，如 嘉城管；全市不得重复")
    )
    head = models.CharField(
        _("发文机关标志"), max_length=60, blank=True, help_text=_("红头上的名称；空为单位名称")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("办文代字")

    def __str__(self) -> str:
        return self.mark


class Counter(models.Model):
    """The last number given in a series. Locked by whoever issues until their transaction ends: so no gaps."""

    mark = models.CharField(max_length=24)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mark", "year"], name="documents_series_once"),
            models.CheckConstraint(condition=Q(last__gte=1), name="documents_series_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.mark}〔{self.year}〕{self.last}"


class OutgoingDocument(CaseDetail):
    """The columns of a document. ``text_seq`` is the step whose text was issued; its number comes with the issue."""

    template = models.CharField(max_length=80)
    office = models.ForeignKey("people.Office", models.PROTECT, null=True, related_name="+", db_index=False)
    """Who issued it."""
    mark = models.CharField(_("发文代字"), max_length=24, blank=True, default="")
    year = models.SmallIntegerField(null=True)
    serial = models.IntegerField(null=True)
    issued_on = models.DateField(_("成文日期"), null=True)
    text_seq = models.IntegerField(null=True)
    voided_at = models.DateTimeField(_("作废时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("发文")
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "year", "serial"],
                name="documents_number_once",
                condition=Q(serial__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(serial=None, year=None, issued_on=None, mark="", voided_at=None)
                | (
                    Q(serial__gte=1, year__isnull=False, issued_on__isnull=False, office__isnull=False)
                    & ~Q(mark="")
                ),
                name="documents_number_whole",
            ),
        ]
        indexes = [
            models.Index(F("office"), F("year"), F("mark"), F("serial"), name="documents_register"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """发文字号, such as 嘉城管复〔2026〕12号; empty before it is issued."""
        return f"{self.mark}〔{self.year}〕{self.serial}号" if self.serial else ""


class SealCertificate(models.Model):
    """The public half of an office's seal. Kept for good: what it sealed is checked after it was replaced too."""

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("单位"))
    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the certificate, hex")
    pem = models.TextField()
    demo = models.BooleanField(_("演示"), default=False)
    made_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("印章证书")
        indexes = [models.Index(fields=["office"], name="documents_certificate")]

    def __str__(self) -> str:
        return self.fingerprint[:16]


class Rendering(models.Model):
    """One issued document on its way to a sealed PDF. Made by the consumer, worked on by ``rendering.render_due``.

    While a worker prints, ``next_at`` is when its claim ends. ``waiting``: this machine cannot print yet.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("待制版")
        WAITING = "waiting", _("待安装排版组件")
        READY = "ready", _("已制成")
        PARKED = "parked", _("制版未成，已搁置")

    document = models.OneToOneField(
        OutgoingDocument, models.CASCADE, primary_key=True, related_name="rendering"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=1000, blank=True, default="")
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    pages = models.IntegerField(null=True)
    certificate = models.ForeignKey(SealCertificate, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="documents_to_print", condition=Q(next_at__isnull=False)),
            models.Index(fields=["sha256"], name="documents_by_hash"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(file__isnull=False, sha256__gt="", next_at=None),
                name="documents_ready_has_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.state}"
