"""Personal values, encrypted in one place; and the codes that let an outsider into one case."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zhili.core.people.models.accounts import Account


class Secret(models.Model):
    """One personal value. Steps, leaves and events carry its id and `hash`, never the value.

    Erasing (see `secrets.erase`) empties every column the value could be guessed from, the salt first:
    the hash stays in the trail and proves that something was there, and nothing more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("类别"), max_length=16)
    ciphertext = models.BinaryField(null=True)  # 12-byte nonce ‖ ciphertext and tag, by its key's cipher
    salt = models.BinaryField(null=True)
    hash = models.CharField(max_length=64)
    blind_index = models.BinaryField(null=True)
    key_id = models.CharField(_("密钥编号"), max_length=16)
    masked = models.CharField(_("脱敏显示"), max_length=255, blank=True)
    subject = models.ForeignKey(
        Account,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,  # most are written without an account: the partial index below is enough
        related_name="secrets",
        verbose_name=_("当事人账号"),
    )
    created_at = models.DateTimeField(_("收集时间"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    erased_at = models.DateTimeField(_("清除时间"), null=True, blank=True, editable=False)
    # The parameter, its value and its article; empty when somebody asked for it.
    erased_under = models.CharField(
        _("清除依据"), max_length=200, default="", db_default="", blank=True, editable=False
    )
    replaced_by = models.UUIDField(null=True, editable=False)
    """The value that was put in place of this one when its person corrected it."""

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息")
        indexes = [
            models.Index(
                fields=["blind_index"], name="people_secret_blind", condition=Q(blind_index__isnull=False)
            ),
            models.Index(
                fields=["expires_at"],
                name="people_secret_due",
                condition=Q(erased_at=None, expires_at__isnull=False),
            ),
            models.Index(
                fields=["subject"], name="people_secret_subject", condition=Q(subject__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None, ciphertext__isnull=False, salt__isnull=False)
                | Q(erased_at__isnull=False, ciphertext=None, salt=None, blind_index=None, masked=""),
                name="people_secret_whole_or_erased",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Grant(models.Model):
    """A code that lets somebody without an account into one case, as one party, for some actions."""

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    case_id = models.BigIntegerField(_("事项"), db_index=True)
    party = models.CharField(_("身份"), max_length=32)
    actions = ArrayField(models.CharField(max_length=64), default=list, verbose_name=_("可办动作"))
    created_at = models.DateTimeField(_("签发时间"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("查询码")

    def __str__(self) -> str:
        return f"{self.case_id} {self.party}"
