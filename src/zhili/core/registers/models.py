"""What cases, visits and rules are about: devices that an office has put up, firms, and the premises of a firm."""

from typing import Any

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


class FirmKind(models.TextChoices):
    FIRM = "firm", _("企业")
    SOLE_TRADER = "sole_trader", _("个体工商户")
    INSTITUTION = "institution", _("事业单位、社会组织")


class FirmStatus(models.TextChoices):
    ACTIVE = "active", _("在业")
    SUSPENDED = "suspended", _("歇业")
    REVOKED = "revoked", _("吊销")
    CANCELLED = "cancelled", _("注销")


def _personal(title: Any) -> models.ForeignKey:
    return models.ForeignKey(
        "people.Secret",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=title,
    )


class Firm(models.Model):
    """Whoever runs premises, known by the unified social credit code. Written by ``keeping``, each change a leaf.

    A sole trader is a person: who runs it, the identity number and the phone are secrets. ``name`` is what may be
    shown: where a registered name holds the name of the person, that is starred here and ``full_name`` is a secret.
    """

    code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("种类"), max_length=12, choices=FirmKind.choices)
    status = models.CharField(_("状态"), max_length=12, choices=FirmStatus.choices, default="active")
    industry = models.CharField(_("行业代码"), max_length=8, default="", blank=True, help_text="GB/T 4754")
    division = models.ForeignKey(
        "places.Division", models.PROTECT, null=True, related_name="+", verbose_name=_("所在地")
    )
    operator = _personal(_("经营者"))
    identity = _personal(_("经营者证件号码"))
    phone = _personal(_("联系电话"))
    full_name = _personal(_("登记全名"))
    source = models.CharField(_("来源"), max_length=80, default="", blank=True)
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("市场主体")
        indexes = [
            models.Index(fields=["operator"], name="registers_firm_operator"),
            models.Index(fields=["phone"], name="registers_firm_phone"),
            models.Index(fields=["identity"], name="registers_firm_identity"),
        ]

    def __str__(self) -> str:
        return self.name


class PremisesKind(models.TextChoices):
    OUTLET = "outlet", _("商店门店")
    RESTAURANT = "restaurant", _("餐饮店")
    MARKET = "market", _("农贸市场")
    HOTEL = "hotel", _("旅馆")
    VENUE = "venue", _("文化娱乐场所")
    SCHOOL = "school", _("学校、培训机构")
    CLINIC = "clinic", _("医疗机构、药店")
    PLANT = "plant", _("工厂、作坊")
    WAREHOUSE = "warehouse", _("仓库")
    SITE = "site", _("建筑工地")
    STATION = "station", _("加油站、充电站")
    OFFICE = "office", _("办公场所")


class Premises(models.Model):
    """Where a firm works: what is visited, with its place on the ground. Written by ``keeping``, each change a leaf.

    ``code``: the city's own number of it, its licence's, or the firm's code where it has but one. ``name`` may be
    shown, as with firms. ``lon``/``lat``: degrees WGS-84, both or none. ``licence_until``: the licence's last day.
    """

    code = models.CharField(_("场所编号"), max_length=40, unique=True)
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="premises", verbose_name=_("市场主体"))
    kind = models.CharField(_("种类"), max_length=12, choices=PremisesKind.choices)
    name = models.CharField(_("名称"), max_length=200)
    address = models.CharField(_("地址"), max_length=200, default="", blank=True)
    lon = models.FloatField(_("经度"), null=True, help_text="WGS-84")
    lat = models.FloatField(_("纬度"), null=True, help_text="WGS-84")
    cell = models.ForeignKey(
        "places.Cell", models.PROTECT, null=True, related_name="+", verbose_name=_("网格")
    )
    division = models.ForeignKey(
        "places.Division", models.PROTECT, related_name="+", verbose_name=_("所在地")
    )
    licence_number = models.CharField(_("许可证号"), max_length=40, default="", blank=True)
    licence_until = models.DateField(_("许可证最后一天"), null=True)
    active = models.BooleanField(_("在用"), default=True)
    source = models.CharField(_("来源"), max_length=80, default="", blank=True)
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("场所")
        indexes = [
            models.Index(fields=["kind", "division"], name="registers_premises_kind"),
            models.Index(fields=["licence_until"], name="registers_premises_licence"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False),
                name="registers_premises_point",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LoadingState(models.TextChoices):
    SEEN = "seen", _("等您确认")
    RUNNING = "running", _("正在导入")
    DONE = "done", _("已导入")
    STOPPED = "stopped", _("已停下")


class Loading(models.Model):
    """A file of firms or premises somebody sent: looked at first, then brought in; ``place`` is kept with each batch.

    The table itself is sealed under the key ring, for personal values stand in it, and dropped after
    ``registers.loading_days``.
    """

    what = models.CharField(max_length=8)
    """firms, premises, or both: a row is a firm and its premises."""
    file = models.CharField(_("文件"), max_length=255)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    """field → column of the file."""
    options = models.JSONField(default=dict)
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    office_id = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=LoadingState.choices, default="seen")
    rows = models.IntegerField(default=0)
    good = models.IntegerField(default=0)
    place = models.IntegerField(default=0)
    """The row of the file dealt with last."""
    added = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    same = models.IntegerField(default=0)
    aside = models.IntegerField(default=0)
    trouble = models.CharField(max_length=300, default="", blank=True)
    sealed = models.BinaryField(null=True)
    key_id = models.CharField(max_length=16, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("登记导入")
        indexes = [
            models.Index(fields=["account_id", "-id"], name="registers_loading_own"),
            models.Index(fields=["id"], name="registers_loading_running", condition=Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.place}/{self.rows}"
