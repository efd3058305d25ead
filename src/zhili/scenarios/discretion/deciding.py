"""What the steps of a penalty case do from the prior notice to the last payment. Articles are those of 行政处罚法."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Step
from zhili.core.forms import FormErrors
from zhili.scenarios.discretion import benchmarks, kinds, law, said
from zhili.scenarios.discretion import party as letting
from zhili.scenarios.discretion.actions import day, detail_of, fen, local_day, party, provision_of
from zhili.scenarios.discretion.law import Span, late_fee
from zhili.scenarios.discretion.models import PenaltyDetail
from zhili.scenarios.discretion.provisions import Provision

# --- the notice and what the party says -------------------------------------------------------------------


def notify(change: Change) -> None:
    """The window for a hearing runs from the day of service, which may lie before today (44, 64)."""
    detail, served = detail_of(change), day(change.values["served_on"])
    if (earliest := _ready_on(change, detail)) is not None and served < earliest:
        words = _("告知不会早于处罚建议经过审核、批准之日（%(day)s）。")
        raise FormErrors({"served_on": [words % {"day": earliest.isoformat()}]})
    if detail.hearing_due and not change.values.get("told_hearing"):
        words = _("第六十三条：拟作出的处罚属于应当告知听证权利的，请告知后勾选。")
        raise FormErrors({"told_hearing": [words]})
    change.detail["noticed_on"] = served
    letting.let_in(change)
    change.stage_limit = left("discretion.ask_hearing", served, change)


def _ready_on(change: Change, detail: PenaltyDetail) -> date | None:
    """The day from which the notice could be served: its content was settled by the step before."""
    last = Step.objects.filter(case=change.case, to_stage="noticing").order_by("-seq").first()
    return timezone.localdate(last.at) if last is not None else detail.filed_on


def left(param: str, since: date, change: Change) -> Duration:
    """What is left of a limit that runs since a day already gone."""
    whole, _value = params.duration(param)
    today = local_day(change)
    if whole.unit == "wd":
        return Duration(law.working_days_left(since, today, whole.amount, params.calendar()), "wd")
    return Duration(law.days_left(since, today, whole.amount), "d")


def state(change: Change) -> None:
    detail = detail_of(change)
    change.detail.update(statements=detail.statements + 1, told=detail.proposed)


def waive(change: Change) -> None:
    """Nothing more is waited for; what was said already is still to be answered (62)."""


def ask_hearing(change: Change) -> None:
    if not detail_of(change).hearing_due:
        words = _("第六十三条：本案拟作出的处罚不属于应当组织听证的情形；可以陈述和申辩。")
        raise Refused("no_hearing", words, 409)
    change.detail["told"] = detail_of(change).proposed


def arrange(change: Change) -> None:
    """Seven whole working days between the notice and the hearing (64)."""
    notified, on = day(change.values["notified_on"]), day(change.values["day"])
    asked = Step.objects.filter(case=change.case, action="ask_hearing").order_by("-seq").first()
    if asked is not None and notified < timezone.localdate(asked.at):
        raise FormErrors({"notified_on": [_("听证通知不会早于当事人要求听证之日。")]})
    first = law.hearing_from(notified, params.calendar())
    if on < first:
        words = _(
            "第六十四条、第八十五条：应在举行听证的七个工作日以前通知。通知%(notified)s送达的，最早在%(first)s举行。"
        )
        raise FormErrors({"day": [words % {"notified": notified.isoformat(), "first": first.isoformat()}]})
    change.detail["hearing_on"] = on
    change.stage_limit = Duration(max(0, (on - local_day(change)).days), "d")
    change.why.append(said.HEARING(days=law.HEARING_AHEAD))


def heard(change: Change) -> None:
    """It is held on its day or later; whoever stays away without reason gives it up (64)."""
    detail = detail_of(change)
    if detail.hearing_on is not None and local_day(change) < detail.hearing_on:
        raise Refused("too_early", _("听证定在%(day)s") % {"day": detail.hearing_on.isoformat()}, 409)
    if change.values["held"] == "held":
        change.detail.update(heard=True, statements=detail.statements + 1)


# --- the decision -----------------------------------------------------------------------------------------


def decide(change: Change) -> None:
    """Never beyond the statute, never more than was told, never outside the range without another's approval."""
    detail, values = detail_of(change), change.values
    if detail.noticed_on is None or detail.proposed is None:
        raise Refused("not_told", _("第六十二条：没有告知当事人，不得作出行政处罚决定"), 409)
    _may_be_decided_yet(change, detail)
    fine = fen(values["fine"]) if values["penalty"] == kinds.FINE else 0
    _not_heavier(detail, fine)
    provision = provision_of(detail.provision)
    if fine or provision.low:
        benchmarks.refuse_beyond(provision.statute, fine, detail.mitigation)
    _within(detail, fine)
    _still(change, detail, provision, fine)
    if detail.statements and not values.get("heard_out"):
        raise FormErrors(
            {"heard_out": [_("第四十五条：当事人提出过陈述申辩，应当复核，请写明是否采纳、为什么。")]}
        )
    change.detail.update(decided_on=local_day(change), fine=fine, outcome=values["penalty"])
    change.detail["document"] = values["document"]


def _may_be_decided_yet(change: Change, detail: PenaltyDetail) -> None:
    if detail.heard and not detail.reviewed:
        raise Refused("not_reviewed", _("第五十八条：经过听证程序的，未经法制审核不得作出决定"), 409)


def _not_heavier(detail: PenaltyDetail, fine: int) -> None:
    told = detail.proposed or 0
    if fine <= told:
        return
    shown = {"fine": law.yuan(fine), "told": law.yuan(told)}
    if detail.statements:
        words = _(
            "第四十五条：不得因当事人陈述、申辩而给予更重的处罚。告知的是%(told)s元，不能决定%(fine)s元。"
        )
        raise Refused("heavier", words % shown)
    words = _("第四十四条：决定%(fine)s元比告知的%(told)s元重，须退回重新提出并重新告知。")
    raise Refused("not_told", words % shown)


def _within(detail: PenaltyDetail, fine: int) -> None:
    """What another person approved reaches from the range to the fine proposed, and no further."""
    if detail.low is None or detail.high is None:
        return
    low, high = detail.low, detail.high
    if detail.deviates and detail.approved and detail.proposed is not None:
        low, high = min(low, detail.proposed), max(high, detail.proposed)
    if not low <= fine <= high:
        words = _(
            "罚款%(fine)s元不在裁量范围%(low)s–%(high)s元内，没有经过批准。请退回，由经办人写明理由重新提出。"
        )
        shown = {"fine": law.yuan(fine), "low": law.yuan(low), "high": law.yuan(high)}
        raise Refused("outside_range", words % shown)


def _still(change: Change, detail: PenaltyDetail, provision: Provision, fine: int) -> None:
    """The rules of the day of the decision: where they became lighter since the proposal, these hold (37)."""
    again = _("请退回，由经办人按现行基准重新提出。")
    try:
        found = benchmarks.judge(
            provision, detail.facts, detail.act_ended or local_day(change), local_day(change)
        )
    except FormErrors as error:
        why = _("第三十七条：裁量基准在提出以后变了，要问别的情节：%(why)s")
        told = {"why": "；".join(one for many in error.errors.values() for one in many)}
        raise Refused("table_changed", why % told + again) from error
    if (found.table, found.number) == (detail.table, detail.table_number) or fine <= found.high:
        return
    if detail.deviates and detail.approved and (detail.high is None or detail.high <= found.high):
        return  # another person approved what lies outside, and the range did not become lighter
    why = _(
        "第三十七条：提出以后裁量基准变轻了，现在是%(range)s（%(table)s第%(number)s版），罚款%(fine)s元超出了。"
    )
    shown = {"range": found.words, "table": found.table, "number": found.number, "fine": law.yuan(fine)}
    raise Refused("table_changed", why % shown + again)


def exempt(change: Change) -> None:
    change.detail.update(decided_on=local_day(change), fine=0)


def only_exempt(change: Change) -> None:
    """A proposal of no penalty is decided as such; another proposal is not."""
    if detail_of(change).outcome in (kinds.FINE, kinds.WARNING):
        raise Refused("not_proposed", _("经办人提出的是处罚，不是不予处罚；要改，请退回重新提出"), 409)
    exempt(change)


def anew(change: Change) -> None:
    """Sent back: what was proposed and told counts no longer."""
    change.detail.update(
        proposed=None, noticed_on=None, deviates=False, approved=False, reviewed=False, outcome=""
    )


# --- service and payment ----------------------------------------------------------------------------------


def serve(change: Change) -> None:
    """Fifteen days to pay, from the day it was received (67); a warning asks for nothing more."""
    detail, received = detail_of(change), day(change.values["received_on"])
    if detail.decided_on is not None and received < detail.decided_on:
        raise FormErrors({"received_on": [_("当事人收到决定书不会早于作出决定。")]})
    _to_pay(change, detail.fine or 0, received)


def _to_pay(change: Change, fine: int, received: date) -> None:
    change.detail["received_on"] = received
    if not fine:
        change.target = change.procedure.stages["closed"]
        return
    whole, _value = params.duration("discretion.pay")
    change.detail["due_on"] = received + timedelta(days=whole.amount)
    change.stage_limit = left("discretion.pay", received, change)


def pay(change: Change) -> None:
    """A payment; with the last one the case ends, and what is owed for being late is told."""
    detail, on = detail_of(change), day(change.values["on"])
    if detail.received_on is not None and on < detail.received_on:
        raise FormErrors({"on": [_("缴款不会早于收到决定书。")]})
    amount, fine = fen(change.values["amount"]), detail.fine or 0
    before = sum(detail.paid.values())
    if before + amount > fine:
        words = _("罚款还欠%(left)s元，不能收%(paid)s元；加处的罚款另行登记。")
        raise FormErrors({"amount": [words % {"left": law.yuan(fine - before), "paid": law.yuan(amount)}]})
    key = on.isoformat()
    detail.paid = {**detail.paid, key: detail.paid.get(key, 0) + amount}
    change.detail["paid"] = detail.paid
    owed = owed_on(detail, on)
    change.detail["late_fee"] = owed.fee
    if owed.days:
        change.why.append(said.LATE(fee=law.yuan(owed.fee), days=owed.days, stopped=owed.stopped))
        change.values["late_fee"] = law.yuan(owed.fee)
    if before + amount < fine:
        change.target = None


def owed_on(detail: PenaltyDetail, on: date) -> law.Late:
    """The late fee at the end of a day (72, 73)."""
    if detail.due_on is None or not detail.fine:
        return law.Late(0, 0, 0, 0)
    return late_fee(
        detail.fine,
        detail.due_on,
        on,
        stopped=[Span(day(since), day(until) if until else None) for since, until in detail.stopped],
        paid={day(when): sum_ for when, sum_ in detail.paid.items()},
    )


def postpone(change: Change) -> None:
    """To a day to come (66). The late fee then runs from that day; what ran up before stays owed."""
    until, today = day(change.values["until"]), local_day(change)
    days = (until - today).days
    if days <= 0:
        raise FormErrors({"until": [_("请填以后的日期。")]})
    detail = detail_of(change)
    if detail.due_on is not None and detail.due_on < today:
        change.detail["stopped"] = [[today.isoformat(), until.isoformat()], *detail.stopped]
    else:
        change.detail["due_on"] = until
    change.stage_limit = Duration(days, "d")


def unpublished(change: Change, detail: PenaltyDetail, why: str) -> None:
    """A decision changed or set aside is withdrawn from the public with the very step that says so (48)."""
    if detail.published_on is not None and detail.withdrawn_on is None:
        change.detail.update(withdrawn_on=local_day(change), withdrawn_for=why)


def revoke(change: Change) -> None:
    unpublished(change, detail_of(change), kinds.REVOKED)


def challenge(change: Change) -> None:
    """From its first day no late fee is counted (73)."""
    detail = detail_of(change)
    if any(until is None for _since, until in detail.stopped):
        raise Refused("already", _("已经登记了正在进行的复议或者诉讼"), 409)
    since = day(change.values["since"])
    if detail.received_on is not None and since < detail.received_on:
        raise FormErrors({"since": [_("受理不会早于收到决定书。")]})
    change.detail["stopped"] = [*detail.stopped, [since.isoformat(), None]]


def challenge_ends(change: Change) -> None:
    detail, on = detail_of(change), day(change.values["on"])
    if not detail.stopped or detail.stopped[-1][1] is not None:
        raise Refused("none", _("没有正在进行的复议或者诉讼"), 409)
    since = day(detail.stopped[-1][0])
    if on < since:
        raise FormErrors({"on": [_("结束不会早于受理。")]})
    change.detail["stopped"] = [*detail.stopped[:-1], [since.isoformat(), on.isoformat()]]
    if change.values["result"] == "revoked":
        change.detail["fine"] = 0
        unpublished(change, detail, kinds.REVOKED)
        change.target = change.procedure.stages["revoked"]
    elif change.values["result"] == "altered":
        _altered(change, detail)


def _altered(change: Change, detail: PenaltyDetail) -> None:
    fine = fen(change.values["fine"])
    if fine > (detail.fine or 0):
        words = _("行政复议法第六十三条：不得作出对申请人更为不利的变更，原来是%(fine)s元。")
        raise FormErrors({"fine": [words % {"fine": law.yuan(detail.fine or 0)}]})
    unpublished(change, detail, kinds.ALTERED)
    paid = sum(detail.paid.values())
    if change.from_stage == "closed":
        change.detail["fine"] = fine
        if paid > fine:
            change.why.append(said.BACK(fen=law.yuan(paid - fine)))
        return
    if fine < paid:
        raise FormErrors({"fine": [_("比已经缴纳的少；多缴的应当退还，请先办理退还再登记。")]})
    change.detail["fine"] = fine
    if fine == paid:
        change.target = change.procedure.stages["closed"]


# --- on the spot ------------------------------------------------------------------------------------------


def on_the_spot(change: Change) -> None:
    """Only small fines and warnings, by two officers, inside the clause (42, 51); collected as 68 and 69 allow."""
    party(change)
    values, today = change.values, local_day(change)
    provision = provision_of(values["provision"])
    fine = fen(values["fine"]) if values["penalty"] == kinds.FINE else 0
    most = law.spot_limit(values["party_kind"])
    if fine > most:
        words = _(
            "第五十一条：当场处罚对公民（含个体工商户）不超过%(person)s元、对单位不超过%(entity)s元，不能当场罚款%(fine)s元。"
        )
        shown = {
            "person": law.yuan(law.SPOT_PERSON),
            "entity": law.yuan(law.SPOT_ENTITY),
            "fine": law.yuan(fine),
        }
        raise FormErrors({"fine": [words % shown]})
    if fine or provision.low:
        benchmarks.refuse_beyond(provision.statute, fine, kinds.MITIGATION_NONE)
    found = _spot_range(change, provision, fine)
    if values["collect"] == "small" and fine > law.COLLECT_AT_ONCE:
        words = _("第六十八条：依法给予%(most)s元以下罚款的才可以据此当场收缴。")
        raise FormErrors({"collect": [words % {"most": law.yuan(law.COLLECT_AT_ONCE)}]})
    change.case.title = provision.violation[:60]
    collected = values["collect"] != kinds.ON_SITE_NONE
    change.detail.update(
        spot=True,
        act_ended=today,
        discovered_on=today,
        filed_on=today,
        outcome=values["penalty"],
        proposed=fine,
        fine=fine,
        decided_on=today,
        received_on=today,
        document=values["document"],
        facts=benchmarks.kept(found.facts),
        table=found.table,
        table_number=found.number,
        rows=list(found.rows),
        low=found.low,
        high=found.high,
        paid={today.isoformat(): fine} if collected else {},
    )


def _spot_range(change: Change, provision: Provision, fine: int) -> benchmarks.Range:
    """The benchmark holds on the spot too; what lies outside goes the ordinary way, where another approves."""
    today, values = local_day(change), change.values
    version = benchmarks.in_force(provision, today)
    text = str(values.get("facts") or "")
    if version is not None and not text.strip() and (asked := benchmarks.asks(version)):
        words = _("这一条款有裁量基准，请写明情节，一行一项：%(asks)s")
        raise FormErrors({"facts": [words % {"asks": asked}]})
    facts = benchmarks.read_facts(text, version) if version is not None else {}
    found = benchmarks.judge(provision, facts, today, today)
    if not found.holds(fine):
        words = _("罚款%(fine)s元不在裁量范围%(range)s内：当场处罚不能偏离基准，要偏离请按普通程序办理。")
        raise FormErrors({"fine": [words % {"fine": law.yuan(fine), "range": found.words}]})
    if found.table:
        rows = "、".join(map(str, found.rows))
        change.why.append(said.RANGED(range=found.words, rows=rows, table=found.table, number=found.number))
        values["facts"] = found.told
    return found


def collected(change: Change) -> bool:
    """Whether money was taken there, which must reach the office in two working days (71)."""
    return bool(change.values.get("collect", kinds.ON_SITE_NONE) != kinds.ON_SITE_NONE)


def record_spot(change: Change) -> None:
    """Put on record (52); what is still to be paid is due fifteen days after the decision was handed over (67)."""
    detail = detail_of(change)
    if detail.paid:
        raise Refused("collected", _("罚款已当场收缴，请在交至本机关时登记“收缴的罚款交至机关”"), 409)
    assert detail.received_on is not None  # it was handed over there
    _to_pay(change, detail.fine or 0, detail.received_on)


def hand_in(change: Change) -> None:
    """What was collected on the spot is with the office (71)."""
    detail = detail_of(change)
    if not detail.paid:
        raise Refused("nothing", _("本案没有当场收缴罚款，请登记“备案”"), 409)
    if detail.received_on is not None and day(change.values["on"]) < detail.received_on:
        raise FormErrors({"on": [_("交至机关不会早于收缴之日。")]})
