"""What is asked when a firm or premises is registered or changed by hand."""

from __future__ import annotations

from zhili.core.forms import Choice, Date, Form, LongText, Place, Text
from zhili.core.registers.models import FirmKind, FirmStatus, PremisesKind

WHERE = "镇街、村社区的名称或代码，如：新兴街道，或 330402001000。"


class NewFirm(Form):
    """A firm; of a sole trader who runs it."""

    code = Text(
        "统一社会信用代码", max_length=30, required=True, help="18位，最后一位是校验码，写错一位会被发现。"
    )
    name = Text("名称", max_length=200, min_length=2, required=True)
    kind = Choice("种类", list(FirmKind.choices), required=True)
    status = Choice("状态", list(FirmStatus.choices), required=True)
    industry = Text("行业代码", max_length=8, help="GB/T 4754，可不填。")
    division = Text("所在地", max_length=80, help=WHERE)
    operator = Text("经营者", max_length=60, help="个体工商户填写；加密保存，平时只显示一部分。")
    identity = Text("经营者证件号码", max_length=30)
    phone = Text("联系电话", max_length=30)


class ChangedFirm(NewFirm):
    code = None  # type: ignore[assignment]
    operator = Text("经营者", max_length=60, help="不改就留空；填了会代替原来的，原来的随即销毁。")
    identity = Text("经营者证件号码", max_length=30, help="不改就留空。")
    phone = Text("联系电话", max_length=30, help="不改就留空。")
    reason = LongText("改动原因", max_length=200, required=True)


class NewPremises(Form):
    """Premises of a firm that is registered."""

    firm = Text("统一社会信用代码", max_length=30, required=True, help="市场主体要先登记。")
    name = Text("场所名称", max_length=200, min_length=2, required=True)
    kind = Choice("场所种类", list(PremisesKind.choices), required=True)
    place = Place("位置", help="在地图上点一下，网格和所在地随之确定。")
    division = Text("所在地", max_length=80, help="点了位置就不用填；没有点，就写镇街、村社区的名称或代码。")
    code = Text("场所编号", max_length=40, help="不填就用许可证号；没有许可证的用信用代码。")
    licence_number = Text("许可证号", max_length=40)
    licence_until = Date("许可证最后一天", help="长期有效就不填。")


class ChangedPremises(NewPremises):
    firm = None  # type: ignore[assignment]
    code = None  # type: ignore[assignment]
    reason = LongText("改动原因", max_length=200, required=True)


class Closed(Form):
    reason = LongText("原因", max_length=200, required=True)
