"""Devices that an office has put up: what each records, why, by what right, and until when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DeviceKind(models.TextChoices):
    CAMERA = "camera", _("摄像头")
    SENSOR = "sensor", _("传感器")


class Device(models.Model):
    """A camera or a sensor in public, registered before it is switched on. Written by ``devices``, each change a leaf.

    ``valid_to`` is its last day and never empty: what is not renewed ends. ``keeps_days``: how long what it records is
    kept, 0 when nothing is.
    """

    kind = models.CharField(_("种类"), max_length=8, choices=DeviceKind.choices)
    name = models.CharField(_("名称"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=200)
    records = models.CharField(_("记录什么"), max_length=200)
    people = models.BooleanField(_("会拍到、录到人"), default=False)
    ground = models.CharField(_("依据"), max_length=200)
    office = models.ForeignKey(
        "people.Office", models.PROTECT, db_index=False, related_name="devices", verbose_name=_("设置单位")
    )
    division = models.ForeignKey(
        "places.Division", models.PROTECT, null=True, related_name="+", verbose_name=_("所在地")
    )
    place = models.CharField(_("位置"), max_length=200)
    lon = models.FloatField(_("经度"), null=True, help_text="WGS-84")
    lat = models.FloatField(_("纬度"), null=True, help_text="WGS-84")
    keeps_days = models.PositiveIntegerField(_("数据保存天数"), default=0)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("最后一天"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("设备")
        indexes = [
            models.Index(fields=["kind", "valid_to"], name="registers_device_public"),
            models.Index(fields=["office"], name="registers_device_office"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="registers_device_dates"),
        ]

    def __str__(self) -> str:
        return self.name
