"""What was uploaded, and which step of which case it belongs to. The bytes lie in storage by hash."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class File(models.Model):
    """One upload. Several rows may share the same bytes (same sha256)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(help_text="bytes")
    mime = models.CharField(max_length=40)
    name = models.CharField(max_length=120, help_text="as the uploader called it, made harmless")
    width = models.PositiveIntegerField(null=True, help_text="pixels, upright; images only")
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    quota_key = models.CharField(max_length=40, default="", help_text="whose daily share this counts against")
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
