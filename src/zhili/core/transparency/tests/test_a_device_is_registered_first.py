"""A camera or sensor says what it is for, by what right and until when; what identifies people is not registered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.managing import AdminRefused
from zhili.core.registers import devices
from zhili.core.registers.devices import Asked
from zhili.core.trail.models import Change, Leaf

pytestmark = pytest.mark.django_db


def camera(**other: object) -> Asked:
    today = timezone.localdate()
    said = Asked(
        "camera", "广场摄像头", "广场公共安全", "图像", True, "视频建设方案", "广场东口", 30, today,
        today + timedelta(days=300), sign=True,
    )  # fmt: skip
    return replace(said, **other)  # type: ignore[arg-type]


def test_it_stands_in_the_register_at_once_and_each_change_is_a_leaf(small_city: SmallCity) -> None:
    admin = small_city.actor("city", "admin")
    leaves = Leaf.objects.count()
    one = devices.register(camera(lon=120.75, lat=30.75), small_city.department.pk, admin)
    assert "广场摄像头" in Client().get("/register/camera").content.decode()
    later = camera(valid_to=timezone.localdate() + timedelta(days=600))
    devices.change(one.pk, later, admin, None, "续期")
    devices.end(one.pk, admin, None, "拆除")
    assert [c.done for c in Change.objects.filter(subject="device").order_by("id")] == [
        "added",
        "changed",
        "ended",
    ]
    assert Leaf.objects.count() == leaves + 3
    page = Client().get("/register/camera").content.decode()
    assert "广场摄像头" in page, "what ended stays in the register"


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"purpose": "人脸识别门禁"}, "purpose"),
        ({"records": "步态和身份识别结果"}, "purpose"),
        ({"sign": False}, "sign"),
        ({"keeps_days": 3000}, "keeps_days"),
        ({"valid_to": timezone.localdate() - timedelta(days=1)}, "valid_to"),
        ({"valid_to": timezone.localdate() + timedelta(days=5000)}, "valid_to"),
    ],
)
def test_what_may_not_be_is_refused_beside_its_field(
    small_city: SmallCity, other: dict[str, object], field: str
) -> None:
    with pytest.raises(AdminRefused) as refused:
        devices.register(camera(**other), small_city.department.pk, small_city.actor("city", "admin"))
    assert refused.value.field == field


def test_only_who_administers_the_office_may(small_city: SmallCity) -> None:
    with pytest.raises(PermissionDenied):
        devices.register(camera(), small_city.department.pk, small_city.actor("A.zhzf", "leader"))
