"""What the register declared, each time it changed."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Edition(models.Model):
    """Rules and data elements as declared from this moment on, with their leaf in the trail. Only ever added to.

    Devices are not in it: each change of one is a row and a leaf of its own.
    """

    at = models.DateTimeField(db_default=Now())
    sha256 = models.CharField(max_length=64)
    """Of ``content`` as RFC 8785 writes it."""
    content = models.JSONField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("公开登记的一版")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.sha256[:12]}"
