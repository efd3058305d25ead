"""Other apps (mini-programs) that open our pages: who comes from there, and which tickets were used."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhili.core.people.models.accounts import Account


class ShellAccount(models.Model):
    """The account of somebody who comes from another app. Their id there is kept as a keyed hash alone."""

    shell = models.CharField(max_length=32)
    subject_index = models.BinaryField()
    account = models.ForeignKey(Account, models.CASCADE, related_name="shells")

    class Meta:
        verbose_name = verbose_name_plural = _("小程序账号")
        constraints = [models.UniqueConstraint(fields=["shell", "subject_index"], name="people_shell_once")]

    def __str__(self) -> str:
        return f"{self.shell} {self.account_id}"


class UsedTicket(models.Model):
    """A ticket that has signed somebody in; kept until it would have ended anyway."""

    sha256 = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("用过的登录票")

    def __str__(self) -> str:
        return self.sha256[:8]
