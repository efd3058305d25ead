"""The wage ladder: who pays arrears first, as a draft for a person to decide, with the facts and articles it rests
on.

Articles are those of 《保障农民工工资支付条例》 (2019). A fact nobody has established is None: it is listed as to
be found out and nothing is built on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Who = Literal["developer", "contractor", "employer", "lender", "fund"]
How = Literal["pays", "advances"]
TITLES: Final[dict[Who, str]] = {
    "developer": "建设单位",
    "contractor": "施工总承包单位",
    "employer": "用人单位（分包单位）",
    "lender": "出借名义的施工单位",
    "fund": "应急周转金",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of arrears at one project; amounts in fen, 0 or more. None: not established.

    ``arrears``: owed to workers. ``employer_is_contractor``: the general contractor employed them itself.
    ``unlawful``: the project breaks planning or building law (37). ``let_to_unqualified``: by whom the work was let
    to an individual or an unqualified firm (36); "nobody" when it was found that it was not. ``name_lent``: a
    builder lent its name (36). ``passed_on``: the whole was passed on, 转包 (30). ``developer_withheld``: the
    developer did not pay as agreed, and the arrears come of it (29); ``unsettled``: what it still owes for the
    works. ``account``: what lies in the wage account; ``deposit``: deposit or guarantee (32). ``cannot_pay`` /
    ``fled``: the employer (63).
    """

    arrears: int
    employer_is_contractor: bool | None = None
    unlawful: bool | None = None
    let_to_unqualified: Literal["developer", "contractor", "nobody"] | None = None
    name_lent: bool | None = None
    passed_on: bool | None = None
    developer_withheld: bool | None = None
    unsettled: int | None = None
    account: int | None = None
    deposit: int | None = None
    cannot_pay: bool | None = None
    fled: bool | None = None

    def __post_init__(self) -> None:
        for amount in (self.arrears, self.unsettled or 0, self.account or 0, self.deposit or 0):
            if amount < 0:
                raise ValueError("金额以分为单位，不得为负")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder. ``amount``: what it is asked for in fen; ``most``: its limit in fen, None when it has
    none.

    ``how``: *pays* what it owes (清偿), or *advances* and may recover (先行垫付、先行清偿). ``recovers_from``: from
    whom. ``out_of``: money already set aside, that is used first. ``rests_on``: names of the facts.
    """

    who: Who
    how: How
    amount: int
    articles: tuple[str, ...]
    rests_on: tuple[str, ...]
    words: str
    most: int | None = None
    out_of: Literal["account", "deposit", ""] = ""
    recovers_from: Who | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in order; ``open``: facts to be established, most telling first."""

    arrears: int
    rungs: tuple[Rung, ...]
    open: tuple[str, ...]


QUESTIONS: Final = {
    "unlawful": "工程是否违反国土空间规划、工程建设等法律法规（第三十七条）",
    "let_to_unqualified": "是否发包、分包给个人或者不具备合法经营资格的单位，由谁发包（第三十六条）",
    "name_lent": "是否允许他人以施工单位的名义承揽（第三十六条）",
    "passed_on": "工程是否转包（第三十条）",
    "employer_is_contractor": "用人单位是总包单位还是分包单位（第三十条）",
    "developer_withheld": "建设单位是否未按约定及时拨付工程款，欠薪是否由此造成（第二十九条）",
    "unsettled": "建设单位未结清的工程款有多少（第二十九条以此为限）",
    "account": "工资专用账户余额（第二十六条、第三十一条）",
    "deposit": "工资保证金或保函余额（第三十二条）",
    "cannot_pay": "用人单位是否一时难以支付（第六十三条）",
    "fled": "用人单位是否逃匿（第六十三条）",
}


def ladder(facts: Facts) -> Ladder:
    """Who pays first. Every rung asks for what the rungs before it left; nothing is asked beyond the arrears.

    Who must pay is the first of: 37 the developer of an unlawful project; 36 whoever let the work to somebody
    unqualified; 36 the builder who lent its name; 30 the general contractor, first, for its subcontractor or where
    the whole was passed on; else 16 the employer. Where the developer withheld the money (29) it advances, up to
    what it has not settled, before the builder. Money set aside (26/31 the account, 32 the deposit) is used before
    the contractor's own. 63: the county may advance from its fund, which decides itself how much; it takes no debt
    away from anybody.
    """
    reckoning = _Reckoning(facts)
    payer = _payer(facts)
    if payer in ("contractor", "employer"):
        reckoning.developer_advances()
        reckoning.set_aside()
    reckoning.pays(payer)
    reckoning.fund(payer)
    return Ladder(facts.arrears, tuple(reckoning.rungs), tuple(_open(facts)))


def _payer(facts: Facts) -> Who:
    if facts.unlawful:
        return "developer"
    if facts.let_to_unqualified == "developer":
        return "developer"
    if facts.let_to_unqualified == "contractor":
        return "contractor"
    if facts.name_lent:
        return "lender"
    if facts.passed_on or facts.employer_is_contractor is not None:
        return "contractor"
    return "employer"


class _Reckoning:
    def __init__(self, facts: Facts) -> None:
        self.facts, self.left, self.rungs = facts, facts.arrears, list[Rung]()

    def add(
        self,
        who: Who,
        how: How,
        articles: tuple[str, ...],
        rests_on: tuple[str, ...],
        words: str,
        most: int | None = None,
        out_of: Literal["account", "deposit", ""] = "",
        recovers_from: Who | None = None,
    ) -> None:
        amount = self.left if most is None else min(self.left, most)
        if amount:
            self.left -= amount
            self.rungs.append(Rung(who, how, amount, articles, rests_on, words, most, out_of, recovers_from))

    def developer_advances(self) -> None:
        if self.facts.developer_withheld and self.facts.unsettled is not None:
            words = "未按合同约定及时拨付工程款导致拖欠，以未结清的工程款为限先行垫付"
            rests_on = ("developer_withheld", "unsettled")
            self.add("developer", "advances", ("第二十九条",), rests_on, words, self.facts.unsettled)

    def set_aside(self) -> None:
        facts = self.facts
        if facts.account is not None:
            words = "工资专用账户内的资金专项用于本项目工资，先从账户支付"
            articles = ("第二十六条", "第三十一条")
            self.add("contractor", "pays", articles, ("account",), words, facts.account, "account")
        if facts.deposit is not None:
            words = "工资保证金或保函专项用于支付被拖欠的工资"
            self.add("contractor", "pays", ("第三十二条",), ("deposit",), words, facts.deposit, "deposit")

    def pays(self, payer: Who) -> None:
        facts = self.facts
        if facts.unlawful:
            words = "工程违反国土空间规划、工程建设等法律法规导致拖欠，由建设单位清偿"
            self.add(payer, "pays", ("第三十七条",), ("unlawful",), words)
        elif facts.let_to_unqualified in ("developer", "contractor"):
            words = "发包或分包给个人、不具备合法经营资格的单位导致拖欠，由发包的单位清偿"
            self.add(payer, "pays", ("第三十六条",), ("let_to_unqualified",), words)
        elif facts.name_lent:
            words = "允许他人以本单位名义承揽工程导致拖欠，由该施工单位清偿"
            self.add(payer, "pays", ("第三十六条",), ("name_lent",), words)
        elif facts.passed_on:
            words = "工程转包，拖欠工资由施工总承包单位先行清偿，再依法追偿"
            self.add(payer, "advances", ("第三十条",), ("passed_on",), words, recovers_from="employer")
        elif facts.employer_is_contractor:
            words = "施工总承包单位拖欠自己所招用农民工的工资，由其清偿"
            self.add(payer, "pays", ("第十六条",), ("employer_is_contractor",), words)
        elif facts.employer_is_contractor is False:
            words = "分包单位负直接责任；其拖欠的，由施工总承包单位先行清偿，再依法追偿"
            rests_on = ("employer_is_contractor",)
            self.add(payer, "advances", ("第三十条",), rests_on, words, recovers_from="employer")
        else:
            self.add(payer, "pays", ("第十六条",), (), "用人单位拖欠工资的，应当依法清偿")

    def fund(self, payer: Who) -> None:
        facts = self.facts
        why = tuple(name for name in ("cannot_pay", "fled") if getattr(facts, name))
        if not why:
            return
        debtor: Who = "employer" if payer in ("contractor", "employer") else payer
        words = (
            "用人单位一时难以支付或者逃匿的，县级以上政府可以动用应急周转金，"
            "先行垫付部分工资或者基本生活费，再依法追偿；垫付多少由政府决定"
        )
        self.rungs.append(Rung("fund", "advances", 0, ("第六十三条",), why, words, recovers_from=debtor))


def _open(facts: Facts) -> Iterable[str]:
    settled = bool(facts.unlawful) or facts.let_to_unqualified in ("developer", "contractor")
    for name in QUESTIONS:
        if getattr(facts, name) is not None:
            continue
        if settled and name in ("unlawful", "let_to_unqualified", "name_lent", "passed_on"):
            continue
        if name == "unsettled" and facts.developer_withheld is False:
            continue
        yield name
