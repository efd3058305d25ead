"""The forms of joint inspections: the approval sheet, the order to rectify, the report of an unscanned visit."""

from __future__ import annotations

from collections.abc import Mapping

from zhili.base.codes import CodeError, check_uscc
from zhili.core.forms import (
    Choice,
    Cleaned,
    Date,
    Files,
    Form,
    Integer,
    LongText,
    MultiChoice,
    Office,
    Personal,
    Place,
    Rating,
    Text,
)
from zhili.scenarios.inspections.catalogue import choosing
from zhili.scenarios.inspections.catalogue.kinds import BODIES

CONTACT_SEEN_BY = "受理反映的单位的经办人；被反映的部门看不到"
WHY = (
    ("plan", "年度检查计划"),
    ("random", "双随机抽查"),
    ("complaint", "投诉举报"),
    ("transfer", "上级交办、部门转办"),
    ("signals", "数据监测发现"),
)


class Apply(Form):
    """The approval sheet (审批表): what is to be inspected, why, when."""

    own_page = "/desk/inspections"

    scene = Choice("检查场景", required=True, choices=choosing.scenes, public=True)
    items = MultiChoice("检查事项", required=True, choices=choosing.items, public=True)
    why = Choice("为什么检查", required=True, choices=WHY, public=True)
    ground = LongText("理由", required=True, max_length=1000, help="计划的文号、线索的编号；不写姓名。")
    first = Date("从哪天", required=True)
    last = Date("到哪天", required=True, help="最长三个月。")
    objects = Integer("检查对象数", min=1, max=1_000_000, help="不知道可以不填。")
    plan = Integer("检查计划", min=1)
    share = Integer("抽查比例（%）", min=1, max=100, help="不填就用事项目录里的比例。", public=True)
    area = Integer("范围", min=1)


class Notice(Form):
    """What goes out before a visit; the rest is read from the visit."""

    visit = Integer("检查编号", min=1, required=True)


class Penalise(Form):
    """What a penalty case is told; its party is named there."""

    what = LongText(
        "移送什么问题", required=True, max_length=2000, help="写事实，不写姓名；当事人写“当事人”。"
    )
    reason = LongText("为什么转处罚", required=True, max_length=1000)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000)


class Remark(Form):
    remark = LongText("意见", max_length=1000)


class Notified(Form):
    how = Choice(
        "怎样告知经营者",
        required=True,
        choices=[
            ("paper", "检查通知书送达"),
            ("code", "凭检查码查看"),
            ("onsite", "依法不提前告知，到场出示"),
        ],
    )
    reason = LongText("不提前告知的理由", required=True, max_length=500, when=("how", "onsite"))


class Done(Form):
    visited = Integer("实际检查对象数", required=True, min=0, max=1_000_000, public=True)
    found = Integer("发现问题的对象数", required=True, min=0, max=1_000_000, public=True)
    words = LongText("说明", max_length=2000)


class Order(Form):
    """责令改正: what is wrong, under which item, until when."""

    own_page = "/desk/inspections/order"

    name = Text(
        "经营场所", required=True, max_length=100, public=True, help="店招或登记名称；不写经营者姓名。"
    )
    firm = Text("统一社会信用代码", max_length=18, help="18 位。没有营业执照的可以不填。")
    premises = Integer("场所编号", min=1)
    place = Place("在哪里")
    item = Choice("检查事项", required=True, choices=choosing.items, public=True)
    what = LongText(
        "存在什么问题", required=True, max_length=1000, public=True, help="写看到的事实，不写姓名。"
    )
    demand = LongText("怎样算改正", required=True, max_length=1000, public=True)
    until = Date("改正期限", required=True, public=True)
    photos = Files("照片", max=9, public=True)
    visit = Integer("检查编号", min=1)
    finding = Integer("发现的编号", min=1)

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, list[str]]:
        if not (code := str(cleaned.values.get("firm") or "").strip()):
            return {}
        try:
            cleaned.values["firm"] = check_uscc(code)
        except CodeError as error:
            return {"firm": [str(error)]}
        return {}


class Served(Form):
    how = Choice(
        "怎样送达",
        required=True,
        choices=[
            ("onsite", "当场交付"),
            ("left", "留置送达，有见证"),
            ("electronic", "经书面同意的电子送达"),
        ],
    )
    note = LongText("说明", max_length=500)


class Proof(Form):
    done = LongText("改了什么", required=True, max_length=2000, public=True)
    photos = Files("改正后的照片", required=True, max=9, public=True)


class Words(Form):
    words = LongText("想说明的情况", required=True, max_length=2000, public=True)
    photos = Files("照片", max=9, public=True)


class Until(Form):
    until = Date("改正期限改到", required=True, public=True)
    reason = LongText("理由", required=True, max_length=1000, public=True)


class Rechecked(Form):
    words = LongText("复查看到的情况", required=True, max_length=2000, public=True)
    photos = Files("复查照片", max=9, public=True)


class NotRight(Form):
    words = LongText("还差什么", required=True, max_length=2000, public=True)
    until = Date("改正期限", required=True, public=True)
    photos = Files("复查照片", max=9, public=True)


class Rate(Form):
    rating = Rating("您是否满意", required=True, public=True, help="评价不影响处理结果，也不影响以后检查。")
    comment = LongText("想说的话", max_length=1000)


class Unscanned(Form):
    """未扫码检查反映: by the business or anyone."""

    found_at = "/inspections"

    name = Text("经营场所", required=True, max_length=100, public=True, help="店招或单位名称；不写个人姓名。")
    place = Place("在哪里", required=True, help="在地图上点选，或写明地址。")
    visited_on = Date("哪天来检查的", required=True, public=True)
    body = Choice(
        "哪个部门来的",
        required=True,
        choices=[*BODIES.items(), ("unknown", "不清楚")],
        public=True,
    )
    scanned = Choice(
        "有没有扫检查码",
        required=True,
        choices=[
            ("no", "没有出示检查码，也没有扫码"),
            ("failed", "出示了，但扫不出来"),
            ("unlike", "扫了，与实际不一样"),
        ],
        public=True,
    )
    what = LongText(
        "检查了什么、说了什么",
        required=True,
        max_length=2000,
        help="不必写检查人员的姓名；有证件编号可以写。",
    )
    photos = Files("照片", max=9)
    phone = Personal("联系电话", kind="phone", seen_by=CONTACT_SEEN_BY, help="可以不填；只用于核实。")


class HandOver(Form):
    office = Office("交给哪个单位核查", required=True, help="不能是被反映的部门。")
    reason = LongText("理由", required=True, max_length=1000)


class Answer(Form):
    finding = Choice(
        "核查结果",
        required=True,
        choices=[("improper", "确属未扫码检查"), ("proper", "已扫码或依法可不扫码"), ("unknown", "查不清楚")],
        public=True,
    )
    answer = LongText(
        "答复", required=True, max_length=4000, public=True, help="查了什么，结果如何，怎样纠正。"
    )


class Supplement(Form):
    what = LongText("补充说明", required=True, max_length=2000)
    photos = Files("照片", max=9)
