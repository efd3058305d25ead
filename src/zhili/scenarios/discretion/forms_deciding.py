"""The forms of a penalty case from the prior notice on, and of the one made on the spot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.forms import Bool, Choice, Cleaned, Date, Decimal, Files, Form, LongText, Text
from zhili.scenarios.discretion import kinds, provisions
from zhili.scenarios.discretion.forms import EVERY, MOST, NO_NAMES, YUAN, Party

now = timezone.localdate


class Notify(Form):
    """What is intended is told beforehand, with what the party may do (44)."""

    served_on = Date("告知书送达之日", required=True, not_after=now)
    way = Choice("怎样送达", required=True, choices=kinds.SERVICE)
    consent = Bool("当事人已签订确认书", when=("way", kinds.ELECTRONIC), required=True)
    document = Text("告知书文号", max_length=60)
    told_content = Bool("已告知拟处罚的内容及事实、理由、依据", required=True)
    told_statement = Bool("已告知有权陈述和申辩", required=True)
    told_hearing = Bool("已告知有权要求听证")


class Statement(Form):
    """What the party says in its defence (45)."""

    what = LongText("陈述和申辩", required=True, max_length=4000)
    evidence = Files("事实、理由和证据", max=9, groups=EVERY)


class Waive(Form):
    proof = LongText(
        "怎样明确放弃的", required=True, max_length=500, help="例如：在告知书回执上写明放弃。" + NO_NAMES
    )
    evidence = Files("证明", max=3, groups=EVERY)


class AskHearing(Form):
    reason = LongText("理由", max_length=1000)


class Arrange(Form):
    """Time and place, told seven working days ahead (64)."""

    notified_on = Date("听证通知送达之日", required=True, not_after=now)
    day = Date("听证日期", required=True)
    time = Text("几点", required=True, max_length=5, help="例如 09:30")
    place = Text("地点", required=True, max_length=100)
    closed = Bool("依法不公开（国家秘密、商业秘密或者个人隐私）")


class Heard(Form):
    held = Choice(
        "听证",
        required=True,
        choices=[
            ("held", "已举行，笔录经当事人或者代理人核对"),
            ("absent", "当事人无正当理由拒不出席或者中途退出，视为放弃，终止听证"),
        ],
    )
    record = LongText("笔录要点", required=True, max_length=4000, help=NO_NAMES)
    evidence = Files("听证笔录", max=9, groups=EVERY, original=True)


class Decide(Form):
    """A penalty, decided by who is responsible for the office (57)."""

    penalty = Choice("决定给予", required=True, choices=kinds.PENALTIES, default=kinds.FINE)
    fine = Decimal("罚款", required=True, min=0, max=MOST, unit=YUAN, when=("penalty", kinds.FINE))
    heard_out = LongText(
        "对陈述申辩、听证意见的复核",
        max_length=2000,
        help="当事人提出过意见的必填：是否采纳、为什么。" + NO_NAMES,
    )
    complex = Bool("情节复杂或者重大违法行为")
    collective = Bool("已经负责人集体讨论决定", when=("complex", True), required=True)
    document = Text("决定书文号", required=True, max_length=60)


class DecideExempt(Form):
    document = Text("不予处罚决定书文号", required=True, max_length=60)
    remark = LongText("意见", max_length=1000, help=NO_NAMES)


class Handover(Form):
    to = Text("移送给", required=True, max_length=60)
    document = Text("移送书文号", required=True, max_length=60)
    reason = LongText("理由", required=True, max_length=1000, help=NO_NAMES)


class Serve(Form):
    """The written decision reaches the party (61)."""

    way = Choice("怎样送达", required=True, choices=kinds.SERVICE)
    consent = Bool("当事人已同意并签订确认书（第六十一条）", when=("way", kinds.ELECTRONIC), required=True)
    received_on = Date("当事人收到之日", required=True, not_after=now)
    receipt = Files("送达回证", max=3, groups=EVERY)


class Pay(Form):
    amount = Decimal(
        "缴纳", required=True, min="0.01", max=MOST, unit=YUAN, help="罚款本金，加处的罚款另计。"
    )
    on = Date("缴款日期", required=True, not_after=now)
    receipt = Text("缴款凭证号", required=True, max_length=60)


class Postpone(Form):
    """Hardship: later, or in parts (66)."""

    until = Date("延到哪天", required=True)
    reason = LongText("经济困难的情况", required=True, max_length=1000, help=NO_NAMES)


class Challenge(Form):
    kind = Choice("当事人申请", required=True, choices=kinds.CHALLENGES)
    since = Date("受理之日", required=True, not_after=now)
    document = Text("受理文书号", max_length=60)


class ChallengeEnds(Form):
    on = Date("结束之日", required=True, not_after=now)
    result = Choice("结果", required=True, choices=kinds.RESULTS)
    fine = Decimal("变更后的罚款", required=True, min=0, max=MOST, unit=YUAN, when=("result", "altered"))
    document = Text("文书号", required=True, max_length=60)


class Enforce(Form):
    court = Text("申请哪个法院强制执行", required=True, max_length=60)
    pressed_on = Date("催告书送达之日", required=True, not_after=now)
    document = Text("申请书文号", required=True, max_length=60)


class Publish(Form):
    """Only what is of some social influence is published (48); the party never by the name of a person."""

    ground = Choice("为什么有一定社会影响", required=True, choices=kinds.PUBLIC_GROUNDS)
    checked = Bool("已核对：公开的内容里没有个人信息、商业秘密和国家秘密", required=True)


class Unpublish(Form):
    why = Choice("为什么撤回", required=True, choices=kinds.WITHDRAWN)
    reason = LongText("说明", max_length=500, help=NO_NAMES)


class Revoke(Form):
    reason = LongText("为什么撤销", required=True, max_length=1000, help=NO_NAMES)
    document = Text("撤销决定文号", required=True, max_length=60)


class OnTheSpot(Party):
    """Facts beyond doubt, a small fine or a warning: decided there, by two officers (42, 51, 52)."""

    provision = Choice("违反", required=True, choices=provisions.choices)
    where = Text("地点", required=True, max_length=100)
    what = LongText("违法事实", required=True, max_length=1000, help=NO_NAMES)
    penalty = Choice("当场给予", required=True, choices=kinds.PENALTIES, default=kinds.FINE)
    fine = Decimal("罚款", required=True, min=0, max=MOST, unit=YUAN, when=("penalty", kinds.FINE))
    facts = LongText(
        "裁量情节",
        max_length=4000,
        help="有裁量基准的必填，一行一项，例如：危害后果：轻微。没有基准的不用填。",
    )
    certificate = Text("执法证号", required=True, max_length=24, min_length=4)
    second_certificate = Text("第二名执法人员的执法证号", required=True, max_length=24, min_length=4)
    told = Bool("已出示执法证件，告知事实、理由、依据，听取陈述申辩", required=True)
    document = Text("当场处罚决定书编号", required=True, max_length=60)
    signed = Choice(
        "决定书",
        required=True,
        choices=[("yes", "已当场交付，当事人签收"), ("refused", "已当场交付，当事人拒绝签收，已注明")],
    )
    collect = Choice("当场收缴", required=True, choices=kinds.ON_SITE, default=kinds.ON_SITE_NONE)
    ticket = Text(
        "财政专用票据号", required=True, max_length=60, when=("collect", [k for k, _t in kinds.ON_SITE[1:]])
    )
    evidence = Files("现场照片", max=9, groups=EVERY, original=True)

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        faults = dict(super().check(cleaned))
        values = cleaned.values
        if values["certificate"].casefold() == values["second_certificate"].casefold():
            faults["second_certificate"] = [_("第四十二条：执法人员不得少于两人，请填另一人的证号。")]
        if values["penalty"] == kinds.WARNING and values["collect"] != kinds.ON_SITE_NONE:
            faults["collect"] = [_("只给予警告，没有可收缴的罚款。")]
        return faults


class HandIn(Form):
    on = Date("交至本机关之日", required=True, not_after=now)
    receipt = Text("缴付银行的凭证号", max_length=60)
