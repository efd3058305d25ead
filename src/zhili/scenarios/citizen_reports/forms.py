"""The forms of a report. What a resident fills in comes first; every personal field says who will see it."""

from zhili.core.cases.categories import choices
from zhili.core.forms import Bool, Choice, Files, Form, Integer, LongText, Office, Personal, Place, Rating

CONTACT_SEEN_BY = "镇街及以上承办单位的经办人；网格员和村社区看不到"


def categories() -> tuple[tuple[str, str], ...]:
    """The categories in use, for the list on the form."""
    return choices("citizen_reports")


class ReportForm(Form):
    photos = Files("照片", max=9, help="公开前会去掉拍摄信息。", public=True)
    what = LongText(
        "发生了什么",
        required=True,
        max_length=2000,
        help="写清楚看到的情况即可，不必写姓名和电话。",
        public=True,
    )
    place = Place("在哪里", help="在地图上点选，或写明地址。")
    category = Choice("属于哪一类", choices=categories, help="不清楚可以不选，由工作人员判断。", public=True)
    anonymous = Bool("匿名上报", default=True, help="匿名上报凭查询码查看进展。")
    name = Personal("姓名", kind="name", when=("anonymous", False), seen_by=CONTACT_SEEN_BY)
    phone = Personal(
        "联系电话",
        kind="phone",
        when=("anonymous", False),
        required=True,
        seen_by=CONTACT_SEEN_BY,
        help="只用于核实情况和回访。",
    )
    email = Personal(
        "电子邮箱", kind="email", when=("anonymous", False), seen_by="只用于发送进展通知，不对任何人显示"
    )


class OnBehalfForm(Form):
    """A hotline seat writes down what a caller says."""

    what = LongText("来电内容", required=True, max_length=2000, public=True)
    place = Place("在哪里")
    category = Choice("属于哪一类", choices=categories, public=True)
    anonymous = Bool("来电人不愿留名", default=False)
    name = Personal("来电人姓名", kind="name", when=("anonymous", False), seen_by=CONTACT_SEEN_BY)
    phone = Personal(
        "来电号码", kind="phone", when=("anonymous", False), required=True, seen_by=CONTACT_SEEN_BY
    )


class FindForm(Form):
    """A grid worker's own find."""

    what = LongText("发现什么", required=True, max_length=500, public=True)
    place = Place("在哪里", help="不填则记为您的网格。")
    photos = Files("照片", max=9, public=True)
    category = Choice("属于哪一类", choices=categories, public=True)


class FixedForm(Form):
    """Found and fixed on the spot: two taps, so nothing is required but what it was."""

    category = Choice("处理了什么", choices=categories, required=True, public=True)
    what = LongText("说明", max_length=500, public=True)
    place = Place("在哪里", help="不填则记为您的网格。")
    photos = Files("照片", max=9, public=True)


class Accept(Form):
    category = Choice("核定分类", choices=categories, help="原分类有误或未填时选择。", public=True)
    place = Place("核定位置", help="原位置有误或未标时填写。")
    note = LongText("备注", max_length=500)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000, public=True)


class ToCatering(Form):
    """What another scenario is asked to look at: its form has fields of these names."""

    what = LongText("看到什么", required=True, max_length=1000, help="不写人的姓名和电话。")
    office = Office("交给哪个单位", required=True, help="管餐饮店的单位，一般是综合行政执法局。")


class HandOver(Form):
    office = Office("交给哪个单位", required=True)
    place = Place("核定位置", help="原位置有误或未标时填写。")
    reason = LongText("理由", required=True, max_length=1000)


class Progress(Form):
    note = LongText("办理情况", required=True, max_length=2000, public=True)
    photos = Files("照片", max=9, public=True)


class Answer(Form):
    answer = LongText(
        "答复",
        required=True,
        max_length=4000,
        public=True,
        help="写给上报人看：做了什么，结果如何，没做到的原因。",
    )
    photos = Files("处理后的照片", max=9, public=True)


class Supplement(Form):
    what = LongText("补充说明", required=True, max_length=2000)
    photos = Files("照片", max=9)


class CallBackForm(Form):
    result = Choice(
        "回访结果",
        required=True,
        choices=[("satisfied", "满意"), ("dissatisfied", "不满意"), ("unreached", "未联系上")],
    )
    note = LongText("来访人意见", max_length=1000)


class Rate(Form):
    rating = Rating(
        "您是否满意",
        required=True,
        public=True,
        help="评价以后这件事就办结了。还没解决的，先不要评价，请用“仍未解决，请重办”。",
    )
    comment = LongText("想说的话", max_length=1000)


class Picked(Form):
    """Written when a draw picks a matter; nobody fills it in."""

    draw = Integer("抽签编号", required=True, min=1)


class Reinspected(Form):
    """How a re-inspection begins: who looks, whose work it was, which draw picked it."""

    office = Office("重查单位", required=True)
    handled_by = Integer("原承办单位", min=1)
    draw = Integer("抽签编号", required=True, min=1)


class OtherInspector(Form):
    office = Office("交给哪个单位重查", required=True, help="不能是办过这件事的单位。")
    reason = LongText("理由", required=True, max_length=1000)


class Inspection(Form):
    """What was seen on the spot, by an office that had no part in it."""

    result = Choice(
        "现场看到的",
        required=True,
        public=True,
        choices=[
            ("fixed", "确已解决"),
            ("partly", "部分解决"),
            ("not_fixed", "没有解决"),
            ("unseen", "无法查看"),
        ],
        help="只看事情本身，不评价任何人。",
    )
    photos = Files("现场照片", max=9, public=True, help="除“无法查看”外，至少一张。")
    words = LongText(
        "说明", required=True, max_length=2000, public=True, help="写看到的情况；无法查看的写原因。"
    )
