"""Sign-ins: people's accounts and the tokens of machines."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MADE_UP = "_"
"""How a user name begins that nobody chose: of whoever signed up by telephone, passkey or another app."""


class AccountKind(models.TextChoices):
    RESIDENT = "resident", _("居民")
    STAFF = "staff", _("工作人员")
    MACHINE = "machine", _("接入系统")


class Account(AbstractBaseUser, PermissionsMixin):
    """A sign-in. What a person may do comes from the posts they hold, not from the account.

    No phone number and no identity number stands here: `phone_index` is the keyed blind index of the
    number (see `secrets.blind_index`), enough to recognise it, useless without the key; the number itself is
    the `Secret` named by `phone_secret`.
    """

    username = models.CharField(
        _("用户名"), max_length=64, unique=True, validators=[UnicodeUsernameValidator()]
    )
    display_name = models.CharField(_("显示名称"), max_length=64, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone_index = models.BinaryField(_("手机号盲索引"), null=True, editable=False)
    phone_secret = models.UUIDField(_("手机号密文编号"), null=True, editable=False)
    kind = models.CharField(
        _("类别"), max_length=8, choices=AccountKind.choices, default=AccountKind.RESIDENT
    )
    language = models.CharField(_("界面语言"), max_length=10, blank=True)
    elder = models.BooleanField(_("大字模式"), default=False)
    is_staff = models.BooleanField(_("可进管理后台"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    sessions_round = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """Counted up to end every session of the account at once."""
    tell_openings = models.BooleanField(_("有人查看我的信息时通知我"), default=True, db_default=True)
    date_joined = models.DateTimeField(_("注册时间"), db_default=Now(), editable=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = verbose_name_plural = _("账号")
        indexes = [
            models.Index(fields=["email"], name="people_account_email", condition=~Q(email="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], name="people_account_phone", condition=Q(phone_index__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.username

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session must match. Of round 0 it is Django's own, so that nobody was signed out by the column."""
        own: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.sessions_round:
            return own
        return salted_hmac("zhili.sessions", f"{own}:{self.sessions_round}", algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.get_short_name()

    def get_short_name(self) -> str:
        if not self.display_name and self.username.startswith(MADE_UP):
            return gettext("我的账号")
        return self.display_name or self.username


class ApiToken(models.Model):
    """A bearer token of a machine or a person. Only its SHA-256 is kept; the token is shown once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens", verbose_name=_("账号"))
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    label = models.CharField(_("用途"), max_length=100)
    scopes = ArrayField(models.CharField(max_length=32), default=list, verbose_name=_("权限范围"))
    created_at = models.DateTimeField(_("签发时间"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("接口令牌")

    def __str__(self) -> str:
        return self.label
