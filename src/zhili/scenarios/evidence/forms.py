"""The forms of an item. Names of people are sealed fields; the rest never holds one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from zhili.core.forms import (
    Choice,
    Cleaned,
    Date,
    Files,
    Form,
    Integer,
    LongText,
    Office,
    Personal,
    Text,
)
from zhili.scenarios.evidence.kinds import CONDITIONS, DISPOSALS, GROUNDS, MATTERS

KEEPERS = "保管单位和审批人"
SHELF = "货位"
SHELF_HELP = "货位标签上的编号，可以扫码，也可以在库房图上点选。"
PHOTOS = "照片"
SIGNED = "image/png,image/jpeg,application/pdf"
EVERY = ("pictures", "documents", "recordings", "video", "archives", "models")
"""Kinds of files that may be evidence."""


class TakeIn(Form):
    """A thing handed in at the door."""

    matter_kind = Choice(
        "哪一类案件", required=True, choices=MATTERS, help="刑事案件的物证只有本单位和经手单位看得到。"
    )
    matter = Text("案号或事由", required=True, max_length=80, help="不写姓名。")
    what = Text("物品名称", required=True, max_length=60, help="例如：蓝色电动自行车")
    quantity = Text("数量", required=True, max_length=30, help="带单位，例如：1 辆")
    features = LongText("特征", max_length=1000, help="品牌、型号、编号、新旧、破损；不写姓名。")
    ground = Choice("保管依据", required=True, choices=GROUNDS)
    document = Text("文书号", max_length=60, help="扣押清单、先行登记保存通知书等的文号。")
    where = Text("在哪里取得", max_length=100)
    taken_on = Date("取得日期")
    holder = Personal("持有人姓名", kind="name", seen_by=KEEPERS)
    holder_phone = Personal("持有人电话", kind="phone", seen_by=KEEPERS)
    photos = Files(PHOTOS, max=9, original=True)


class TakeInListed(TakeIn):
    """One line of a list handed in together; the list's own page fills it in."""

    own_page = "/evidence/intake"

    hand_in = Integer("入库清单", required=True, min=1)


class TakeInFile(Form):
    """A digital file, handed in with the hash its maker computed."""

    matter_kind = Choice(
        "哪一类案件", required=True, choices=MATTERS, help="刑事案件的物证只有本单位和经手单位看得到。"
    )
    matter = Text("案号或事由", required=True, max_length=80, help="不写姓名。")
    what = Text("文件说明", required=True, max_length=60, help="例如：路口监控录像 10:00–10:05")
    file = Files("文件", required=True, max=1, groups=EVERY, original=True, help="原样保存，不作任何改动。")
    sha256 = Text(
        "制作时算出的 SHA-256",
        required=True,
        max_length=64,
        min_length=64,
        help="64 位十六进制，由取证设备或制作人算出。与收到的文件不符就不收。",
    )
    ground = Choice("保管依据", required=True, choices=GROUNDS)
    document = Text("文书号", max_length=60)
    device = Text("取证设备或来源", max_length=100)
    taken_on = Date("取得日期")
    holder = Personal("提供人姓名", kind="name", seen_by=KEEPERS)


class Shelve(Form):
    slot = Text(SHELF, required=True, max_length=24, help=SHELF_HELP)
    note = Text("说明", max_length=200)


class Move(Form):
    slot = Text("移到哪个货位", required=True, max_length=24, help=SHELF_HELP)
    why = Text("为什么移", required=True, max_length=200)


class Seal(Form):
    seal_number = Text("封条号", required=True, max_length=40)
    photos = Files("封好后的照片", required=True, max=9, original=True)
    note = Text("说明", max_length=200)


class Unseal(Form):
    reason = LongText("为什么启封", required=True, max_length=500)
    intact = Choice("启封前封条", required=True, choices=[("yes", "完好"), ("no", "已破损，见说明")])
    second = Personal("在场的另一人", required=True, kind="name", seen_by=KEEPERS)
    photos = Files("启封前后的照片", required=True, max=9, original=True)
    note = Text("说明", max_length=200)


class Lend(Form):
    office = Office("借给哪个单位", required=True)
    post = Text("经手岗位", required=True, max_length=40, help="例如：检验员。写岗位，不写姓名。")
    purpose = LongText("用途", required=True, max_length=500, help="例如：送检、出庭出示、辨认。")
    until = Date("借到哪天", required=True)
    photos = Files("借出时的照片", max=9, original=True)


class Renew(Form):
    until = Date("续借到哪天", required=True)
    reason = LongText("理由", required=True, max_length=500)


class GiveBack(Form):
    condition = Choice("与借出时相比", required=True, choices=CONDITIONS)
    difference = LongText(
        "有什么不同", max_length=1000, when=("condition", ("changed", "damaged")), required=True
    )
    seal = Choice(
        "封条",
        required=True,
        choices=[
            ("none", "借出时就没有封条"),
            ("intact", "完好，还是原来的封条号"),
            ("broken", "已启封或破损，没有再封"),
            ("new", "换了新封条"),
        ],
        default="none",
        help="借出时是封存的，要写明封条现在怎样。",
    )
    seal_number = Text("新封条号", required=True, max_length=40, when=("seal", "new"))
    reason = LongText(
        "封条为什么启封、破损或更换", required=True, max_length=500, when=("seal", ("broken", "new"))
    )
    slot = Text("放回哪个货位", max_length=24, help="不填则放回原货位。" + SHELF_HELP)
    photos = Files("归还时的照片", max=9, original=True)


class Ground(Form):
    ground = Choice("变更后的保管依据", required=True, choices=GROUNDS)
    document = Text("处理决定的文号", required=True, max_length=60)
    reason = LongText("理由", required=True, max_length=500)


class Propose(Form):
    disposal = Choice("拟怎样处置", required=True, choices=DISPOSALS)
    document = Text("依据的决定或裁判文号", max_length=60)
    reason = LongText("理由", required=True, max_length=1000)


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000)


class Remark(Form):
    remark = LongText("意见", max_length=1000)


class HandOut(Form):
    """The owner gets it back, and signs: on the glass of the phone, or on the printed list."""

    owner = Personal("领取人姓名", required=True, kind="name", seen_by=KEEPERS)
    owner_id = Personal("领取人证件号码", kind="citizen_id", seen_by=KEEPERS)
    owner_phone = Personal("领取人电话", kind="phone", seen_by=KEEPERS)
    right = Choice(
        "凭什么领取",
        required=True,
        choices=[("owner", "所有人本人"), ("agent", "受委托人，委托书已存"), ("kin", "近亲属，关系证明已存")],
    )
    way = Choice(
        "怎样签收",
        required=True,
        choices=[("glass", "在屏幕上签名"), ("paper", "在发还清单上签名，扫描存入")],
    )
    signature = Files("领取人签名", required=True, max=1, accept=SIGNED, glass=True)
    custodian_signature = Files("经手人签名", required=True, max=1, accept=SIGNED, glass=True)
    note = Text("说明", max_length=200)


class Dispose(Form):
    result = LongText("怎样处置的", required=True, max_length=1000)
    document = Text("凭证号", max_length=60, help="缴款书、销毁记录、拍卖成交确认等。")
    second = Personal("在场的另一人", required=True, kind="name", seen_by=KEEPERS)
    photos = Files("处置现场照片", max=9, original=True)


class HandOver(Form):
    receiver = Text("移送给哪个单位", required=True, max_length=60)
    document = Text("移送文书号", required=True, max_length=60)
    photos = Files("交接单照片", max=9, original=True)


class Entrust(Form):
    office = Office("交给哪个单位保管", required=True)
    reason = LongText("理由", required=True, max_length=500)


class Counted(Form):
    """What a stock-taking found of an item."""

    result = Choice(
        "盘点结果",
        required=True,
        choices=[("found", "在货位上"), ("elsewhere", "在别的货位"), ("missing", "没有找到")],
    )
    slot = Text("实际在", max_length=24, when=("result", "elsewhere"))
    stocktake = Text("盘点单号", max_length=24)

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        lacks = cleaned.values.get("result") == "elsewhere" and not cleaned.values.get("slot")
        return {"slot": [_("请填写实际在哪个货位。")]} if lacks else {}
