"""The forms of a wearing and of an alarm. Each says who will see a name; words about health are sealed like a name."""

from __future__ import annotations

from zhili.core.forms import Bool, Choice, Files, Form, Integer, LongText, Personal, Place, Text
from zhili.scenarios.eldercare.kinds import CONSENT, ENDINGS, FENCES, FINDINGS, RELATIONS

ONLY_RESPONDER = "响应呼救的那一个人，只在呼救期间；登记的村社区。每次查看都有记录"
CONSENT_HELP = (
    "手环会上传呼救、跌倒、心率、位置和电量。平时没有人看位置和心率；呼救时只有接单的那一个人能看。"
    "数据加密保存三十天。随时可以一步撤回，撤回后手环解绑，数据删除。"
)


class Apply(Form):
    """What the wearer, or whoever may consent for them, fills in once."""

    consent_by = Choice("谁作出同意", required=True, choices=CONSENT, default="own")
    name = Personal("老人姓名", required=True, kind="name", seen_by=ONLY_RESPONDER)
    phone = Personal("老人电话", required=True, kind="phone", seen_by=ONLY_RESPONDER)
    home = Place(
        "家在哪里",
        required=True,
        point_required=True,
        help="在地图上点出家的位置。只用来分到村社区和网格，并作为您所选活动范围的中心；位置本身加密保存。",
    )
    address = Personal("门牌地址", required=True, kind="address", seen_by=ONLY_RESPONDER)
    notes = LongText(
        "救护要知道的",
        max_length=500,
        help="例如：心脏病、过敏、听不清、备用钥匙在谁家。加密保存，只给响应的人看。",
    )
    contact = Personal("紧急联系人", kind="name", seen_by=ONLY_RESPONDER)
    contact_phone = Personal("紧急联系人电话", kind="phone", seen_by=ONLY_RESPONDER)
    guardian = Personal(
        "监护人姓名", required=True, kind="name", seen_by="登记的村社区", when=("consent_by", "guardian")
    )
    guardian_phone = Personal(
        "监护人电话", required=True, kind="phone", seen_by="登记的村社区", when=("consent_by", "guardian")
    )
    guardian_reason = LongText(
        "为什么由监护人同意",
        required=True,
        max_length=500,
        when=("consent_by", "guardian"),
        help="只在老人行为能力受限时。不写姓名。",
    )
    guardian_document = Text(
        "监护的凭据",
        required=True,
        max_length=100,
        when=("consent_by", "guardian"),
        help="协议监护书、判决书或村社区证明的文号。",
    )
    fence = Choice("离家多远要提醒", choices=FENCES, default="0", help="由老人自己选，可以不选，随时可改。")
    agreed = Bool("已经看懂并同意", required=True, help=CONSENT_HELP)


class Register(Apply):
    """Filled in by the village office with the wearer beside it."""

    paper = Files("同意书的照片", max=4, help="有签名的同意书或监护凭据。")


class Bind(Form):
    device = Text("手环编号", required=True, max_length=40, help="手环背面的号码，可以扫码。")


class Exchange(Bind):
    reason = Text("为什么换", required=True, max_length=100)


class Choose(Form):
    fence = Choice("离家多远要提醒", choices=FENCES, default="0", help="由老人自己选，可以不选，随时可改。")


class NameFamily(Form):
    relation = Choice("和老人是什么关系", required=True, choices=RELATIONS)
    who = Personal("家人姓名", required=True, kind="name", seen_by="老人本人和登记的村社区")
    location = Bool("可以看位置", default=False, help="每次都要写明为什么看，老人看得到。")
    health = Bool("可以看近三十天的心率和步数", default=False)


class TakeBack(Form):
    serial = Text("哪一个链接", required=True, max_length=4)


class End(Form):
    why = Choice("为什么结束", required=True, choices=ENDINGS)
    note = Text("说明", max_length=200)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=500)


class Raise(Form):
    """What a rule says of what it found: ids only."""

    own_page = "/care"

    warning = Integer("预警", min=1)
    source = Integer("手环", min=1)
    subject = Integer("佩戴", required=True, min=1)
    kind = Text("什么情况", max_length=12)


class Again(Form):
    kind = Text("什么情况", required=True, max_length=12)


class TakeOver(Form):
    reason = Text("为什么换人", required=True, max_length=200, help="例如：我离得更近。")


class Called(Form):
    note = Text("120 怎么说", max_length=200, help="例如：救护车十分钟到。不写姓名。")


class Close(Form):
    """What was found. It tunes the rule: a finding of 误报 counts against it."""

    finding = Choice("现场情况", required=True, choices=FINDINGS)
    words = LongText(
        "怎么回事，怎么处理的", required=True, max_length=1000, help="不写姓名、电话和病情细节。"
    )
    hospital = Bool("已送医或 120 已接走", default=False)
    family_told = Bool("已告诉家人", default=False)
