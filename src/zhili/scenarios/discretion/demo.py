"""Penalties' share of the demo city: benchmarks in force, cases on every point of their way, many decided."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from zhili.base.decisions import Column, Interval, Is, OneOf, Row, Table
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, Post
from zhili.core.registers.models import Firm, FirmKind
from zhili.core.tables import keeping, naming
from zhili.core.tables.models import TableVersion
from zhili.scenarios.discretion.models import PenaltyDetail

PENALTY: Final = "discretion.penalty"
FUME, MUCK, SORTING = "fume.14", "muck.20.renovation.entity", "sorting.26"
DECIDED: Final = 60
SEED: Final = 20261123
OUT: Final = (Column("low", "罚款下限", "money"), Column("high", "罚款上限", "money"))
HARM: Final = Column("harm", "危害后果", "choice", ("轻微", "一般", "严重"))
AGAIN: Final = Column("again", "经责令仍不改正", "boolean")


@dataclass(frozen=True)
class Office:
    """``first`` and ``second`` look into it, ``lawyer`` reviews, ``leader`` decides, ``deputy`` is another."""

    first: Actor
    second: Actor
    lawyer: Actor
    leader: Actor
    deputy: Actor


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    office = _office()
    if office is not None:
        if not TableVersion.objects.filter(name__startswith=naming.PREFIX).exists():
            _benchmarks(office)
        if not Case.objects.filter(procedure=PENALTY).exists():
            _decided(office, _firms())
            _under_way(office, _firms())
    return {
        "benchmarks": TableVersion.objects.filter(name__startswith=naming.PREFIX).count(),
        "penalty cases": PenaltyDetail.objects.count(),
    }


def _office() -> Office | None:
    accounts = [Account.objects.filter(username=name).first() for name in ("handler", "leader")]
    if None in accounts:
        return None
    first, leader = (of_account(one) for one in accounts if one is not None)
    if first is None or leader is None or first.office_id is None:
        return None
    second, lawyer = (_post(first, title, "handler") for title in ("执法二队", "法制审核"))
    return Office(first, second, lawyer, leader, _post(first, "副局长", "leader"))


def _post(like: Actor, title: str, role: str) -> Actor:
    post, _new = Post.objects.get_or_create(
        office_id=like.office_id or 0, title=title, defaults={"roles": [role]}
    )
    name = like.label.split(" ")[0]
    return replace(like, id=post.pk, account_id=None, roles=frozenset({role}), label=f"{name} {title}")


def _firms() -> list[Firm]:
    """Organisations of the register with a number of their own."""
    return list(Firm.objects.filter(kind=FirmKind.FIRM).order_by("code")[:40])


def _benchmarks(office: Office) -> None:
    """Two in force for each of two articles, the newer lighter, one of a third; a draft that waits. Made up but for
    the articles and their ranges."""
    since = date(timezone.localdate().year, 1, 1)
    for rows, first in (
        (((5_000, 15_000), (15_000, 30_000), (30_000, 50_000)), since),
        (((5_000, 10_000), (10_000, 20_000), (20_000, 50_000)), None),
    ):
        _keep(office, _fume(rows), first)
    _keep(office, _muck(), since)
    _keep(office, _sorting(), since)


def _keep(office: Office, table: Table, first: date | None) -> None:
    made = keeping.draft(table, "南湖区综合行政执法局裁量基准（示范）", office.leader)
    if first is not None:
        keeping.confirm(made.pk, first, office.deputy, None, backdated=True)


def _fume(ranges: tuple[tuple[int, int], ...]) -> Table:
    stoves = Column("stoves", "基准灶头数", "number", unit="个", least=1, whole=True)
    whens: tuple[dict[str, Any], ...] = (
        {"harm": OneOf("轻微")},
        {"stoves": Interval(None, 6), "harm": OneOf("一般", "严重"), "again": Is(False)},
        {},
    )
    law, article = "嘉兴市餐饮业油烟管理办法", "第十四条"
    rows = tuple(
        Row(n, when, {"low": low * 100, "high": high * 100}, f"{law}{article}；裁量基准（示范）")
        for n, (when, (low, high)) in enumerate(zip(whens, ranges, strict=True), start=1)
    )
    name = naming.of_article(law, article)
    return Table(name, "未经油烟净化设施排放油烟（示范基准）", (stoves, HARM, AGAIN), OUT, "first", rows)


def _muck() -> Table:
    """Four clauses in one article, told apart by a column."""
    law, article = "嘉兴市建筑垃圾管理条例", "第二十条"
    clauses = (
        ("倾倒建设工程垃圾的单位", 100_000, 1_000_000),
        ("倾倒建设工程垃圾的个人", 5_000, 50_000),
        ("倾倒装修垃圾的单位", 20_000, 200_000),
        ("倾倒装修垃圾的个人", 1_000, 10_000),
    )
    column = Column(naming.CLAUSE, "违法情形", "choice", tuple(one[0] for one in clauses))
    rows: list[Row] = []
    for words, low, high in clauses:
        ends = [low, low + (high - low) * 3 // 10, low + (high - low) * 7 // 10, high]
        for n, harm in enumerate(HARM.choices):
            when = {naming.CLAUSE: OneOf(words), "harm": OneOf(harm)}
            then = {"low": ends[n] * 100, "high": ends[n + 1] * 100}
            rows.append(Row(len(rows) + 1, when, then, f"{law}{article}；裁量基准（示范）"))
    name = naming.of_article(law, article)
    return Table(name, "随意倾倒建筑垃圾（示范基准）", (column, HARM), OUT, "unique", tuple(rows))


def _sorting() -> Table:
    law, article = "嘉兴市生活垃圾分类管理条例", "第二十六条"
    cited = f"{law}{article}；裁量基准（示范）"
    rows = (
        Row(1, {"again": Is(False)}, {"low": 500_00, "high": 2_000_00}, cited),
        Row(2, {"again": Is(True)}, {"low": 2_000_00, "high": 5_000_00}, cited),
    )
    name = naming.of_article(law, article)
    return Table(name, "生活垃圾分类管理人未履行职责（示范基准）", (AGAIN,), OUT, "unique", rows)


def _decided(office: Office, firms: list[Firm]) -> None:
    """Fines that were decided, scattered inside their ranges."""
    chance = random.Random(SEED)  # noqa: S311 - made-up figures
    for n in range(DECIDED):
        harm = chance.choice(("轻微", "一般", "一般", "严重"))
        facts = {"stoves": chance.randint(2, 9), "harm": harm, "again": harm == "严重"}
        low, high = {"轻微": (5, 15), "一般": (15, 30), "严重": (30, 50)}[harm]
        if harm == "一般" and int(str(facts["stoves"])) >= 6:
            low, high = 30, 50
        case = _proposed(
            office, firms[n % len(firms)] if firms else None, FUME, chance.randint(low, high) * 1_000, facts
        )
        _to_decision(office, case)


def _under_way(office: Office, firms: list[Firm]) -> None:
    """One at each point where somebody owes the next step, the paid and published ones last."""
    one = firms[-1] if firms else None
    _report(office, one, MUCK)
    filed = _report(office, one, SORTING)
    _do(filed, "file", office.leader)
    outside = _investigated(office, one, FUME, "2")
    data = _proposal(40_000, {"stoves": 4, "harm": "一般", "again": False})
    _do(
        outside, "propose_outside", office.first, **data, deviation="三次检查都直排，曾阻挠取样，影响周边居民"
    )
    _proposed(office, one, MUCK, 60_000, {"harm": "轻微"}, another=True)
    noticing = _proposed(office, one, SORTING, 1_000, {"again": False}, another=True)
    _do(noticing, "pass_review", office.lawyer)
    noticed = _told(office, one, 80_000, MUCK, {"harm": "一般"})
    heard = _told(office, one, 90_000, MUCK, {"harm": "一般"})
    _do(heard, "ask_hearing", office.first, reason="认为数额过高")
    deciding = _told(office, one, 1_500, SORTING, {"again": False})
    _do(deciding, "state", office.second, what="分类桶已经补齐，申请从轻。")
    _do(deciding, "waive", office.first, proof="在回执上写明不再陈述")
    exempt = _investigated(office, one, SORTING, "3")
    _do(
        exempt, "propose_exempt", office.first, ground="minor", slight=True, corrected=True, harm="none",
        grounds="当场改正，没有后果", education="讲明分类管理人的职责",
    )  # fmt: skip
    _do(exempt, "decide_exempt", office.leader, document="嘉综执不罚〔2026〕1号")
    for n, (fine, paid) in enumerate(((9_000, None), (20_000, "8000"), (45_000, "45000"))):
        facts = {
            "stoves": 8 if fine > 30_000 else 3,
            "harm": "轻微" if fine < 15_000 else "一般",
            "again": fine > 30_000,
        }
        case = _proposed(office, firms[n] if firms else None, FUME, fine, facts, another=True)
        _to_decision(office, case)
        _do(case, "serve", office.first, way="there", received_on=_day())
        if paid:
            _do(case, "pay", office.first, amount=paid, on=_day(), receipt=f"示范票据{n}")
        if fine >= 20_000:
            _do(case, "publish", office.leader, ground="safety", checked=True)
    assert noticed.stage  # it waits for its party


def _told(office: Office, firm: Firm | None, fine: int, provision: str, facts: dict[str, Any]) -> Case:
    case = _proposed(office, firm, provision, fine, facts, another=True)
    _do(case, "pass_review", office.lawyer)
    _notify(office, case)
    return case


def _report(office: Office, firm: Firm | None, provision: str) -> Case:
    party = {
        "party_kind": "entity",
        "entity_name": firm.name if firm else "示例餐饮有限公司",
        "entity_code": firm.code if firm else "91330402MA2B0A1B21",
    }
    data = {
        **party, "provision": provision, "source": "inspection", "where": "建设路12号",
        "what": "检查时发现，现场已拍照。", "act_ended": _day(), "discovered_on": _day(), "grave": "no",
    }  # fmt: skip
    return Case.objects.get(pk=doors.open_case(PENALTY, "report", office.first, data).case_id)


def _investigated(office: Office, firm: Firm | None, provision: str, _mark: str = "") -> Case:
    case = _report(office, firm, provision)
    _do(case, "file", office.leader, another_act=True)
    _do(case, "take_up", office.first, certificate="ZJ330402001", impartial=True)
    _do(case, "join", office.second, certificate="ZJ330402002", impartial=True)
    return case


def _proposed(
    office: Office,
    firm: Firm | None,
    provision: str,
    fine: int,
    facts: dict[str, Any],
    *,
    another: bool = False,
) -> Case:
    case = _investigated(office, firm, provision)
    review = "law" if another and provision != FUME else "none"
    _do(case, "propose", office.first, **_proposal(fine, facts, review))
    return case


def _proposal(fine: int, facts: dict[str, Any], review: str = "law") -> dict[str, Any]:
    return {
        "facts": json.dumps(facts, ensure_ascii=False), "penalty": "fine", "fine": str(fine), "mitigation": "none",
        "heavy": "none", "review": review, "grounds": "现场检查笔录、照片、询问笔录。",
    }  # fmt: skip


def _to_decision(office: Office, case: Case) -> None:
    detail = PenaltyDetail.objects.get(pk=case.pk)
    _notify(office, case)
    _do(case, "waive", office.first, proof="在回执上写明放弃")
    fine = (detail.proposed or 0) // 100
    _do(
        case,
        "decide",
        office.leader,
        penalty="fine",
        fine=str(fine),
        document=f"嘉综执罚〔2026〕{case.pk % 10_000}号",
    )


def _notify(office: Office, case: Case) -> None:
    due = PenaltyDetail.objects.get(pk=case.pk).hearing_due
    _do(
        case, "notify", office.first, served_on=_day(), way="direct", told_content=True, told_statement=True,
        told_hearing=due,
    )  # fmt: skip


def _do(case: Case, action: str, by: Actor, **data: Any) -> None:
    doors.act(case.pk, action, by, data)


def _day(after: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=after)).isoformat()
