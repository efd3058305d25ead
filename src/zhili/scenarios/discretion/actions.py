"""What the steps of a penalty case do up to the prior notice. What the Act asks for is asked for, with its article."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Clock, Step
from zhili.core.forms import FormErrors
from zhili.scenarios.discretion import benchmarks, earlier, kinds, law, provisions, registered, said
from zhili.scenarios.discretion.models import PenaltyDetail
from zhili.scenarios.discretion.provisions import Provision

OFFICERS: Final = ("take_up", "join")


def detail_of(change: Change) -> PenaltyDetail:
    """The columns as they were before this step."""
    found = PenaltyDetail.objects.filter(pk=change.case.pk).first()
    if found is None:
        raise Refused("no_detail", _("这件事项没有行政处罚的登记"), 409)
    return found


def provision_of(code: str) -> Provision:
    found = provisions.known().get(code)
    if found is None:
        raise Refused("no_provision", _("还没有写明违反哪一条款"), 422)
    return found


def fen(amount: Any) -> int:
    """Yuan as a form keeps them, in fen."""
    return int(Decimal(str(amount)) * 100)


def day(text: Any) -> date:
    return date.fromisoformat(str(text))


def local_day(change: Change) -> date:
    return timezone.localdate(change.at)


# --- filing -----------------------------------------------------------------------------------------------


def report(change: Change) -> None:
    """The clue's columns; the case is called by what was done, never by who."""
    values = change.values
    party(change)
    change.case.title = provision_of(values["provision"]).violation[:60]


def handed(change: Change) -> None:
    if code := change.values.get("provision"):
        change.case.title = provision_of(code).violation[:60]
        change.detail["provision"] = code
    firm = registered.of_code(change.values.pop("firm_code", "") or "")
    if firm is not None:
        kind = registered.party_kind(firm)
        change.detail.update(firm_id=firm.pk, party_kind=kind)
        if kind == law.ENTITY:
            change.detail["firm_code"] = firm.code


def party(change: Change) -> None:
    """Who it is about: of an entity its name and code are public, of a person nothing is but the kind."""
    values = change.values
    code = values.get("entity_code", "")
    firm = registered.of_code(code or values.pop("trader_code", None) or "")
    if firm is not None and registered.party_kind(firm) != values["party_kind"]:
        field = "entity_code" if code else "trader_code"
        raise FormErrors({field: [_("登记里这个代码不是这一类当事人，请核对。")]})
    change.detail.update(
        provision=values["provision"],
        party_kind=values["party_kind"],
        firm_code=code,
        firm_id=firm.pk if firm is not None else None,
    )
    if "act_ended" in values:
        change.detail.update(
            act_ended=day(values["act_ended"]),
            discovered_on=day(values["discovered_on"]),
            grave=values["grave"] != "no",
        )
    if not change.first:
        change.case.title = provision_of(values["provision"]).violation[:60]
        if detail_of(change).filed_on is not None:  # what was filed in time is not moved out of it afterwards
            in_time(change.detail["act_ended"], change.detail["discovered_on"], grave=change.detail["grave"])


def file(change: Change) -> None:
    """Filed only where there is a party and an act that may still be penalised, and once (29, 36, 54)."""
    detail = detail_of(change)
    if (
        not detail.party_kind
        or detail.act_ended is None
        or detail.discovered_on is None
        or not detail.provision
    ):
        raise Refused("no_party", _("还没有登记当事人和违法行为的时间，请经办人先补齐"), 409)
    last = in_time(detail.act_ended, detail.discovered_on, grave=detail.grave)
    same = earlier.same_act(change.case.pk, detail)
    if same and not change.values.get("another_act"):
        words = _(
            "第二十九条：对同一个违法行为不得给予两次以上罚款。同一当事人同日同条款已有%(number)s；"
            "核对后确实不是同一个行为的，请勾选再立案。"
        )
        raise FormErrors({"another_act": [words % {"number": same}]})
    change.detail["filed_on"] = local_day(change)
    change.why.append(said.IN_TIME(last=last.isoformat()))


def in_time(ended: date, discovered: date, *, grave: bool) -> date:
    """The last day on which such an act may be discovered; refused where it was later (36)."""
    last = law.last_day_to_discover(ended, grave=grave)
    if discovered > last:
        words = _(
            "行政处罚法第三十六条：违法行为%(ended)s终了，%(years)s年内（到%(last)s）未被发现，不再给予行政处罚。"
            "不能立案，请作“不予立案”。"
        )
        years = law.YEARS_GRAVE if grave else law.YEARS
        shown = {"ended": ended.isoformat(), "years": years, "last": last.isoformat()}
        raise Refused("time_barred", words % shown, 409)
    return last


# --- investigation ----------------------------------------------------------------------------------------


def other_certificate(change: Change) -> None:
    """Two officers are two persons: another account (the door sees to that) and another certificate (42)."""
    mine = change.values["certificate"].casefold()
    theirs = OFFICERS[1 - OFFICERS.index(change.action.name)]
    step = Step.objects.filter(case=change.case, action=theirs).order_by("-seq").first()
    if step is not None and str(step.data.get("certificate", "")).casefold() == mine:
        raise Refused(
            "same_officer", _("行政处罚法第四十二条：执法人员不得少于两人，两人的执法证号不会相同"), 422
        )


def preserve_ends(change: Change) -> None:
    """What was registered and kept has been decided on (56)."""
    if not Clock.objects.filter(case=change.case, name="preserved", running=True).exists():
        raise Refused("nothing_preserved", _("本案没有先行登记保存的物品"), 409)
    change.ended_clocks.add("preserved")


def two_officers(change: Change) -> None:
    """Nobody proposes what fewer than two officers looked into (42)."""
    taken = set(Step.objects.filter(case=change.case, action__in=OFFICERS).values_list("action", flat=True))
    if taken != set(OFFICERS):
        words = _("行政处罚法第四十二条：执法人员不得少于两人。请主办和协办两名执法人员各自登记后再提出。")
        raise Refused("two_officers", words, 409)


# --- the proposal -----------------------------------------------------------------------------------------


def propose(change: Change) -> None:
    """Inside the range: on to review or to the notice. Outside it is refused here, and has its own action."""
    _proposed(change)
    if heavier(change):
        words = _(
            "第四十五条：不得因当事人陈述、申辩而给予更重的处罚。告知的是%(told)s元。另查明了新的事实要加重的，"
            "请用“提出范围以外的建议”，写明新查明了什么，由另一人批准。"
        )
        raise Refused("heavier", words % {"told": law.yuan(detail_of(change).told or 0)}, 422)
    if change.detail["deviates"]:
        shown = {"fine": law.yuan(change.detail["proposed"]), "range": change.values["range"]}
        words = _(
            "罚款%(fine)s元不在裁量范围%(range)s内。要这样处罚，请用“提出范围以外的建议”，写明理由，由另一人批准。"
        )
        raise Refused("outside_range", words % shown, 422)
    if change.values["review"] == kinds.REVIEW_NONE:
        change.target = change.procedure.stages["noticing"]


def propose_outside(change: Change) -> None:
    _proposed(change)
    if heavier(change):
        change.detail["deviates"] = True
    if not change.detail["deviates"]:
        raise Refused("inside_range", _("罚款就在裁量范围内，请用“提出处罚建议”，不必说明偏离"), 422)


def heavier(change: Change) -> bool:
    """Whether more is proposed than the party was told before it spoke, though the case was sent back since (45)."""
    told = detail_of(change).told
    return told is not None and bool(change.detail["proposed"] > told)


def _proposed(change: Change) -> None:
    """The range is worked out here, by the server, from the facts; what the step keeps is what was worked out."""
    two_officers(change)
    detail, values = detail_of(change), change.values
    provision = provision_of(detail.provision)
    facts = benchmarks.read_facts(str(values.get("facts", "")))
    assert detail.act_ended is not None  # it was filed
    found = benchmarks.judge(provision, facts, detail.act_ended, local_day(change))
    fine = fen(values["fine"]) if values["penalty"] == kinds.FINE else 0
    if values["penalty"] == kinds.FINE or provision.low:
        benchmarks.refuse_beyond(provision.statute, fine, values["mitigation"])
    values.update(
        asked=benchmarks.kept(found.facts),
        facts=found.told,
        range=found.words,
        rows=list(found.rows),
        table=found.table,
    )
    values.update(table_number=found.number, statute=found.statute.where)
    change.why.append(
        said.RANGED(
            range=found.words, rows="、".join(map(str, found.rows)), table=found.table, number=found.number
        )
        if found.table
        else said.UNRANGED(range=found.words, where=found.statute.where)
    )
    change.detail.update(
        facts=benchmarks.kept(found.facts),
        table=found.table,
        table_number=found.number,
        rows=list(found.rows),
        low=found.low,
        high=found.high,
        proposed=fine,
        outcome=values["penalty"],
        mitigation=values["mitigation"],
        deviates=not found.holds(fine),
        approved=False,
        reviewed=False,
        noticed_on=None,
        heard=False,
        hearing_due=hearing_due(detail.party_kind, fine, values["heavy"]),
    )


def hearing_due(party_kind: str, fine: int, heavy: str) -> bool:
    """Whether the party must be told of its right to a hearing (63). What is a large fine the city sets."""
    key = "discretion.large_fine_entity" if party_kind == law.ENTITY else "discretion.large_fine_person"
    return heavy != kinds.HEAVY_NONE or fine >= fen(params.get(key).text)


def propose_exempt(change: Change) -> None:
    """No penalty (30, 31, 33). Whether it is the first offence is looked up in this case alone, and by nobody else."""
    two_officers(change)
    detail = detail_of(change)
    first = change.values["ground"] == kinds.EXEMPT_FIRST
    if first and not earlier.may_be_asked(change.case.pk, detail):
        words = _(
            "第三十三条：还没有登记当事人的证件号码或者代码，查不了是不是初次违法，请先在“登记当事人”里补上。"
        )
        raise Refused("nobody_to_ask", words, 422)
    if first and (numbers := earlier.penalties(change.case.pk, detail)):
        words = _(
            "行政处罚法第三十三条：初次违法才可以不予处罚。同一当事人已有%(n)s件处罚决定，最近一件是%(number)s。"
        )
        raise Refused("not_first", words % {"n": len(numbers), "number": numbers[0]}, 422)
    change.detail.update(
        outcome=change.values["ground"], proposed=0, low=None, high=None, deviates=False, approved=False
    )


def approve_deviation(change: Change) -> None:
    change.detail["approved"] = True
    step = Step.objects.filter(case=change.case, action="propose_outside").order_by("-seq").first()
    if step is not None and step.data.get("review") == kinds.REVIEW_NONE:
        change.target = change.procedure.stages["noticing"]


def reviewed(change: Change) -> None:
    change.detail["reviewed"] = True
