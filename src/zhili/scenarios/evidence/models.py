"""What evidence keeps: shelves of a store, columns of an item, lists, refusals at the door, stock-takings."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhili.core.cases.models import CaseDetail
from zhili.scenarios.evidence.scenes.models import Scene as Scene
from zhili.scenarios.evidence.scenes.models import SceneMark as SceneMark


class Store(models.Model):
    """A building or part of one where an office keeps things."""

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    code = models.CharField(_("代码"), max_length=6)
    name = models.CharField(_("名称"), max_length=60)
    address = models.CharField(_("地址"), max_length=120, blank=True, default="")
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("库房")
        constraints = [models.UniqueConstraint(fields=["office", "code"], name="evidence_store_once")]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a store, in metres."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="rooms")
    code = models.CharField(_("代码"), max_length=6)
    name = models.CharField(_("名称"), max_length=60)
    width = models.FloatField(_("宽（米）"))
    depth = models.FloatField(_("深（米）"))

    class Meta:
        verbose_name = _("房间")
        constraints = [models.UniqueConstraint(fields=["store", "code"], name="evidence_room_once")]

    def __str__(self) -> str:
        return self.name


class Rack(models.Model):
    """A rack standing in a room: its foot print in metres from the room's upper left, its slots as a grid."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="racks")
    code = models.CharField(_("代码"), max_length=4)
    x = models.FloatField()
    y = models.FloatField()
    width = models.FloatField(_("长（米）"))
    depth = models.FloatField(_("深（米）"))
    rows = models.SmallIntegerField(_("层数"))
    columns = models.SmallIntegerField(_("每层格数"))

    class Meta:
        verbose_name = _("货架")
        constraints = [
            models.UniqueConstraint(fields=["room", "code"], name="evidence_rack_once"),
            models.CheckConstraint(
                condition=Q(rows__gte=1, rows__lte=9, columns__gte=1, columns__lte=20),
                name="evidence_rack_size",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Slot(models.Model):
    """One place on a rack. ``code`` is printed on it and unique in an office."""

    rack = models.ForeignKey(Rack, models.CASCADE, related_name="slots")
    office_id = models.BigIntegerField()
    code = models.CharField(_("货位"), max_length=24)
    row = models.SmallIntegerField()
    column = models.SmallIntegerField()
    capacity = models.SmallIntegerField(_("能放几件"), default=4)

    class Meta:
        verbose_name = _("货位")
        constraints = [
            models.UniqueConstraint(fields=["office_id", "code"], name="evidence_slot_code"),
            models.UniqueConstraint(fields=["rack", "row", "column"], name="evidence_slot_once"),
        ]

    def __str__(self) -> str:
        return self.code


class HandIn(models.Model):
    """Several items of one matter, handed in together on one list (清单). Only ever added."""

    office_id = models.BigIntegerField()
    at = models.DateTimeField()
    matter = models.CharField(max_length=80)
    items = models.IntegerField()
    post_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=64, null=True, unique=True)
    """Of the sending it came with, so that the same list sent again is the same list."""

    class Meta:
        verbose_name = _("入库清单")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"QD{self.at:%Y%m%d}{self.pk:05d}"


class ItemDetail(CaseDetail):
    """What is filtered, joined or counted of an item."""

    digital = models.BooleanField(default=False)
    matter_kind = models.CharField(max_length=16)
    matter = models.CharField(_("案号或事由"), max_length=80)
    quantity = models.CharField(_("数量"), max_length=30, default="")
    ground = models.CharField(_("保管依据"), max_length=16)
    hand_in = models.ForeignKey(HandIn, models.PROTECT, null=True, related_name="+", db_index=False)
    slot = models.ForeignKey(Slot, models.PROTECT, null=True, related_name="items")
    sealed = models.BooleanField(default=False)
    seal_number = models.CharField(_("封条号"), max_length=40, default="")
    borrower_id = models.BigIntegerField(null=True)
    """The office that has it on loan."""
    lent_at = models.DateTimeField(null=True)
    until = models.DateField(_("借到"), null=True)
    disposal = models.CharField(max_length=16, default="")
    """How it is proposed to leave, or left."""
    missing = models.BooleanField(default=False)
    """The last stock-taking did not find it."""
    sha256 = models.CharField(max_length=64, default="")
    file_id = models.UUIDField(null=True)
    size = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("物证")
        indexes = [
            models.Index(fields=["matter"], name="evidence_item_matter"),
            models.Index(fields=["hand_in"], name="evidence_item_list", condition=Q(hand_in__isnull=False)),
            models.Index(
                fields=["borrower_id", "until"],
                name="evidence_item_lent",
                condition=Q(borrower_id__isnull=False),
            ),
        ]


class DoorRefusal(models.Model):
    """A file that was not what its maker had made: both hashes, kept. Only ever added; each is a leaf too."""

    at = models.DateTimeField()
    office_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    matter = models.CharField(max_length=80)
    what = models.CharField(max_length=120)
    claimed = models.CharField(max_length=64)
    """The hash that came with it."""
    found = models.CharField(max_length=64)
    """The hash of what arrived."""
    size = models.BigIntegerField()
    zone = models.CharField(max_length=12)
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("门口拒收")
        indexes = [models.Index(F("office_id"), F("id").desc(), name="evidence_refusal_office")]

    def __str__(self) -> str:
        return f"{self.claimed[:8]} ≠ {self.found[:8]}"


class Stocktake(models.Model):
    """One going through the shelves of a store."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="stocktakes")
    started_at = models.DateTimeField()
    post_id = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    found = models.IntegerField(default=0)
    elsewhere = models.IntegerField(default=0)
    missing = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("盘点")
        constraints = [
            models.UniqueConstraint(
                fields=["store"], name="evidence_stocktake_one", condition=Q(finished_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"PD{self.started_at:%Y%m%d}{self.pk:05d}"


class Seen(models.Model):
    """An item somebody scanned at a slot while stock was taken. Only ever added; the last one counts."""

    stocktake = models.ForeignKey(Stocktake, models.PROTECT, related_name="seen")
    case_id = models.BigIntegerField()
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    post_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("盘点所见")
        indexes = [models.Index(fields=["stocktake", "case_id", "-id"], name="evidence_seen_last")]

    def __str__(self) -> str:
        return f"{self.stocktake_id} {self.case_id}"


from zhili.scenarios.evidence.sharing.models import Share, Turned, Viewing  # noqa: E402

__all__ = ["Share", "Turned", "Viewing"]
