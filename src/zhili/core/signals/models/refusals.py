"""What was not taken, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

REASONS = {
    "unknown": _("没有登记"),
    "wrong_key": _("密钥或接入方式不对"),
    "replayed": _("重复"),
    "too_old": _("太旧"),
    "ahead": _("设备时钟太快"),
    "too_fast": _("发得太快"),
    "malformed": _("内容不合规定"),
    "retired": _("已停用"),
}


class Refusal(models.Model):
    """How often a number was refused for a reason on a day, and the last message of them, sealed.

    ``number`` is as the sender says it, "" for all strangers beyond the number that is kept.
    """

    number = models.CharField(_("设备号"), max_length=64)
    reason = models.CharField(_("原因"), max_length=10, choices=list(REASONS.items()))
    day = models.DateField()
    channel = models.CharField(max_length=8)
    count = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    detail = models.CharField(max_length=120, blank=True, default="")
    key = models.CharField(max_length=16, blank=True, default="")
    sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["day", "reason"], name="signals_refusal_day")]
        constraints = [
            models.UniqueConstraint(fields=["number", "reason", "day"], name="signals_refusal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.reason} {self.day}"


class Frame(models.Model):
    """A frame nobody could decode: the newest of them, sealed, for whoever writes the decoder."""

    at = models.DateTimeField()
    channel = models.CharField(max_length=8)
    why = models.CharField(max_length=120)
    size = models.IntegerField()
    key = models.CharField(max_length=16)
    sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["channel", "-id"], name="signals_frame_newest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.why}"
