"""What was uploaded, and which step of which case it belongs to. The bytes lie in storage by hash."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class File(models.Model):
    """One upload. Several rows may share the same bytes (same sha256)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(help_text="bytes")
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=120, help_text="as the uploader called it, made harmless")
    width = models.PositiveIntegerField(null=True, help_text="pixels, upright; images only")
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    quota_key = models.CharField(max_length=40, default="", help_text="whose daily share this counts against")
    office_id = models.BigIntegerField(
        null=True, help_text="the uploader's office: whose total this counts in"
    )
    tells = models.CharField(
        max_length=20,
        default="",
        db_default="",
        help_text="what the original says besides: place, owner (metadata.py)",
    )
    scan = models.CharField(
        max_length=8,
        default="",
        db_default="",
        help_text='"clean"; "waits": kept and shown to nobody; "": no scanner',
    )
    upload_token_hash = models.BinaryField(
        max_length=32, help_text="SHA-256 of the token given to the uploader"
    )
    expires_at = models.DateTimeField(null=True, help_text="removed then, unless attached before")

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        indexes = (
            models.Index(fields=["sha256"], name="files_sha256"),
            models.Index(
                fields=["expires_at"], condition=models.Q(expires_at__isnull=False), name="files_unattached"
            ),
            models.Index(fields=["quota_key", "created_at"], name="files_quota"),
            models.Index(fields=["created_at"], name="files_created"),
            models.Index(fields=["created_at"], condition=models.Q(scan="waits"), name="files_unscanned"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.mime}, {self.size} B)"

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")


class Attachment(models.Model):
    """A file kept with a step of a case, from then on for as long as the case is."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="attachments")
    case_id = models.BigIntegerField()
    step_seq = models.IntegerField()
    public = models.BooleanField(default=False, help_text="may be shown to everyone (as the cleaned copy)")

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        constraints = (models.UniqueConstraint(fields=["case_id", "file"], name="files_once_per_case"),)

    def __str__(self) -> str:
        return f"{self.file_id} → {self.case_id}/{self.step_seq}"


class Resumable(models.Model):
    """A large file on its way in pieces (tus.py). Its bytes lie among the half-received ones under its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    secret_hash = models.BinaryField(
        max_length=32, unique=True, help_text="SHA-256 of the word in its address"
    )
    length = models.BigIntegerField(help_text="bytes announced")
    offset = models.BigIntegerField(default=0, help_text="bytes that lie on the disk for good")
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=100, default="", help_text="known once its beginning is there")
    quota_key = models.CharField(max_length=40, default="")
    office_id = models.BigIntegerField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    file = models.OneToOneField(File, on_delete=models.SET_NULL, null=True, related_name="+")
    refused = models.CharField(max_length=300, default="", help_text="why it was not taken, once whole")
    refused_status = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name = _("分段上传")
        indexes = (models.Index(fields=["quota_key", "created_at"], name="files_tus_quota"),)

    def __str__(self) -> str:
        return f"{self.offset}/{self.length}"


class Usage(models.Model):
    """How much is kept, counted by the worker from time to time: the same bytes once. office 0: the whole site."""

    office_id = models.BigIntegerField(primary_key=True)
    bytes = models.BigIntegerField()
    files = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("文件用量")

    def __str__(self) -> str:
        return f"{self.office_id}: {self.bytes}"
