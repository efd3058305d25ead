"""The forms of a penalty case up to the prior notice. A natural person's or sole trader's name is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, check_uscc
from zhili.core.forms import Bool, Choice, Cleaned, Date, Decimal, Files, Form, LongText, Personal, Text
from zhili.core.web import words
from zhili.scenarios.discretion import kinds, law, provisions

SEEN_BY = "办案单位的经办人和审批人"
NO_NAMES = "不写姓名；当事人写“当事人”。"
YUAN = "元"
EVERY = ("pictures", "documents", "recordings", "video")
MOST = 10_000_000_000
"""In yuan: no clause knows a higher fine."""


class Party(Form):
    """Who the case is about."""

    party_kind = Choice("当事人是", required=True, choices=law.PARTIES)
    entity_name = Text("单位名称", required=True, max_length=100, when=("party_kind", law.ENTITY))
    entity_code = Text("统一社会信用代码", required=True, max_length=24, when=("party_kind", law.ENTITY))
    shop_name = Personal(
        "字号", kind="name", seen_by=SEEN_BY, required=True, when=("party_kind", law.SOLE_TRADER)
    )
    trader_code = Text(
        "统一社会信用代码",
        max_length=24,
        when=("party_kind", law.SOLE_TRADER),
        help="用来在登记里找到它；不写进办理记录。",
    )
    party_name = Personal(
        "姓名", kind="name", seen_by=SEEN_BY, required=True, when=("party_kind", law.PERSONS)
    )
    party_id = Personal("公民身份号码", kind="citizen_id", seen_by=SEEN_BY, when=("party_kind", law.PERSONS))
    party_phone = Personal("联系电话", kind="phone", seen_by=SEEN_BY, when=("party_kind", law.PERSONS))
    party_address = Personal("住址", kind="address", seen_by=SEEN_BY, when=("party_kind", law.PERSONS))

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        faults: dict[str, list[str]] = {}
        values = cleaned.values
        for name in ("entity_code", "trader_code"):
            if values.get(name):
                try:
                    values[name] = check_uscc(values[name])
                except CodeError as error:
                    faults[name] = [words.fault_of(error)]
        found = provisions.known().get(values.get("provision", ""))
        if found is not None and not found.fits(values["party_kind"]):
            faults["provision"] = [_("这一条款不适用于这一类当事人，请另选条款。")]
        return faults


class Report(Party):
    """A clue of an act that may have to be penalised."""

    provision = Choice("涉嫌违反", required=True, choices=provisions.choices)
    source = Choice("线索来源", required=True, choices=kinds.SOURCES)
    where = Text("违法行为发生地", required=True, max_length=100)
    what = LongText("发现了什么", required=True, max_length=2000, help=NO_NAMES)
    act_ended = Date(
        "违法行为发生或者终了之日",
        required=True,
        not_after=timezone.localdate,
        help="连续或者继续的，填终了之日。",
    )
    discovered_on = Date("发现之日", required=True, not_after=timezone.localdate)
    grave = Choice("是否涉及生命健康安全、金融安全", required=True, choices=kinds.GRAVE, default="no")
    evidence = Files("证据", max=9, groups=EVERY, original=True)

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        faults = dict(super().check(cleaned))
        if cleaned.values["discovered_on"] < cleaned.values["act_ended"]:
            faults["discovered_on"] = [_("发现之日不会早于违法行为终了之日；还在继续的，两项填同一天。")]
        return faults


class Handed(Form):
    """What another matter hands over; the party is named here later."""

    what = LongText("发现了什么", required=True, max_length=2000, help=NO_NAMES)
    provision = Choice("涉嫌违反", choices=provisions.choices)
    firm_code = Text("统一社会信用代码", max_length=24, help="登记里有的，当事人就是它；不写进办理记录。")

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        """A code that is none is told here; whether the register knows it is asked by the step."""
        if not (given := cleaned.values.get("firm_code")):
            return {}
        try:
            cleaned.values["firm_code"] = check_uscc(given)
        except CodeError as error:
            return {"firm_code": [words.fault_of(error)]}
        return {}


class Name(Party):
    """The party, and what is missing to file a case that was handed over."""

    provision = Choice("涉嫌违反", required=True, choices=provisions.choices)
    act_ended = Date("违法行为发生或者终了之日", required=True, not_after=timezone.localdate)
    discovered_on = Date("发现之日", required=True, not_after=timezone.localdate)
    grave = Choice("是否涉及生命健康安全、金融安全", required=True, choices=kinds.GRAVE, default="no")


class Remark(Form):
    remark = LongText("意见", max_length=1000, help=NO_NAMES)


class File(Remark):
    """One act is fined once (29): where the same party has a case of the same clause and day, it is said that it is
    another act."""

    another_act = Bool("已核对：和同一当事人同日同条款的其他案件不是同一个违法行为")


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000, help=NO_NAMES)


class NotFiled(Form):
    ground = Choice("为什么不立案", required=True, choices=kinds.NOT_FILED)
    reason = LongText("理由", required=True, max_length=1000, help=NO_NAMES)


class Officer(Form):
    """An officer takes part, with the certificate that is shown to the party (42, 43, 55)."""

    certificate = Text("执法证号", required=True, max_length=24, min_length=4)
    impartial = Bool("与当事人没有直接利害关系，也没有其他可能影响公正执法的关系", required=True)


class Evidence(Form):
    what = LongText("证据和它证明什么", required=True, max_length=2000, help=NO_NAMES)
    evidence = Files("证据", max=9, groups=EVERY, original=True)


class Preserve(Form):
    """Evidence that may be lost is registered and kept (56)."""

    items = LongText("登记保存的物品", required=True, max_length=1000, help="名称、数量、特征；" + NO_NAMES)
    where = Text("存放在哪里", required=True, max_length=100)
    reason = LongText("为什么可能灭失或者以后难以取得", required=True, max_length=500)
    document = Text("通知书文号", max_length=60)


class PreservedDecision(Form):
    way = Choice("处理决定", required=True, choices=kinds.PRESERVED_WAYS)
    document = Text("决定的文号", max_length=60)
    note = LongText("说明", max_length=500, help=NO_NAMES)


class Propose(Form):
    """What is proposed, against the benchmark. ``facts`` is JSON: the answers the benchmark's columns ask for."""

    own_page: ClassVar[str] = "propose"

    facts = LongText("裁量情节", max_length=4000, default="{}")
    penalty = Choice("拟给予", required=True, choices=kinds.PENALTIES, default=kinds.FINE)
    fine = Decimal("罚款", required=True, min=0, max=MOST, unit=YUAN, when=("penalty", kinds.FINE))
    mitigation = Choice(
        "法定从轻或者减轻情形", required=True, choices=kinds.MITIGATION, default=kinds.MITIGATION_NONE
    )
    heavy = Choice("同时拟给予", required=True, choices=kinds.HEAVY, default=kinds.HEAVY_NONE)
    heavy_what = Text(
        "具体内容", required=True, max_length=200, when=("heavy", [k for k, _t in kinds.HEAVY[1:]])
    )
    review = Choice("法制审核", required=True, choices=kinds.REVIEW)
    grounds = LongText("事实、理由和依据", required=True, max_length=3000, help=NO_NAMES)


class ProposeOutside(Propose):
    """The same, outside the benchmark's range: another person must approve it."""

    deviation = LongText("为什么在裁量范围以外", required=True, min_length=10, max_length=2000, help=NO_NAMES)


class ProposeExempt(Form):
    """No penalty: what the law asks for, checked inside this case only (30, 31, 33)."""

    ground = Choice("依据", required=True, choices=kinds.EXEMPTIONS)
    slight = Bool("违法行为轻微", when=("ground", (kinds.EXEMPT_MINOR,)))
    first = Bool("经查是初次违法", when=("ground", (kinds.EXEMPT_FIRST,)))
    corrected = Bool("已经及时改正", when=("ground", (kinds.EXEMPT_MINOR, kinds.EXEMPT_FIRST)))
    harm = Choice(
        "危害后果",
        required=True,
        choices=kinds.HARM,
        when=("ground", (kinds.EXEMPT_MINOR, kinds.EXEMPT_FIRST)),
    )
    grounds = LongText("事实、证据和理由", required=True, max_length=3000, help=NO_NAMES)
    education = LongText(
        "怎样教育当事人", required=True, max_length=500, help="第三十三条第三款。" + NO_NAMES
    )

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        values = cleaned.values
        ground, faults = values["ground"], {}
        if ground == kinds.EXEMPT_MINOR and not values.get("slight"):
            faults["slight"] = [_("第三十三条：违法行为轻微的才不予处罚。")]
        if ground == kinds.EXEMPT_FIRST and not values.get("first"):
            faults["first"] = [_("第三十三条：初次违法的才可以不予处罚。")]
        if "corrected" in values and not values["corrected"]:
            faults["corrected"] = [_("第三十三条：须已经及时改正。")]
        allowed = {
            kinds.EXEMPT_MINOR: (kinds.HARM_NONE,),
            kinds.EXEMPT_FIRST: (kinds.HARM_NONE, kinds.HARM_SLIGHT),
        }
        if ground in allowed and values["harm"] not in allowed[ground]:
            faults["harm"] = [_("第三十三条：这样的危害后果不能不予处罚。")]
        return faults
