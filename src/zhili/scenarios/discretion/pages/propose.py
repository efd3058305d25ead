"""The proposal of a penalty: the circumstances the benchmark asks for, the range they give, what is proposed in it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import parse_case_number
from zhili.core.cases import doors, permission, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import Choice, Form, LongText, Text
from zhili.core.people.actors import Actor
from zhili.core.tables import naming
from zhili.core.tables.reading import InForce
from zhili.portal.errors import attempt
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.discretion import benchmarks, forms, law
from zhili.scenarios.discretion.actions import fen, provision_of
from zhili.scenarios.discretion.benchmarks import Range
from zhili.scenarios.discretion.fitting import own_clause
from zhili.scenarios.discretion.models import PenaltyDetail
from zhili.scenarios.discretion.provisions import Provision

LOOK, INSIDE, OUTSIDE = "look", "propose", "propose_outside"
FACT = "fact_"


class Drawn(forms.ProposeOutside):
    """As it is asked on the page: the facts have a form of their own, the reason is only for outside the range."""

    facts = None  # type: ignore[assignment]
    deviation = LongText(
        "为什么在裁量范围以外",
        max_length=2000,
        help="只在提出范围以外的建议时填，至少十个字。" + forms.NO_NAMES,
    )


def may_open(actor: Actor) -> bool:
    """Whether they may propose in this very case is asked with it."""
    return actor.kind == "post"


def show(request: HttpRequest, actor: Actor, number: str) -> HttpResponseBase:
    """GET the page, POST to look at the range (``_do=look``) or to propose."""
    case = _find(number, actor)
    detail = PenaltyDetail.objects.get(pk=case.pk)
    provision, today = provision_of(detail.provision), timezone.localdate()
    version = benchmarks.in_force(provision, detail.act_ended or today) or benchmarks.in_force(
        provision, today
    )
    asks = _asks(version, provision)
    sent, trouble, found, given, key = None, None, None, {}, new_key()
    if request.method == "POST":
        sent = Submission(request, Drawn, actor)
        sent.data = {name: told for name, told in sent.data.items() if not name.startswith(FACT)}
        key = sent.key
        given = {one.name: request.POST.get(one.name, "")[:200] for one in asks.fields()} if asks else {}
        facts = {name.removeprefix(FACT): told for name, told in given.items() if told}
        found, trouble = attempt(lambda: benchmarks.judge(provision, facts, detail.act_ended or today, today))
        do = request.POST.get("_do", LOOK)
        if found is not None and do in (INSIDE, OUTSIDE):
            made, trouble = attempt(lambda: _propose(case, actor, do, sent, facts))
            if made is not None:
                messages.success(request, _("已提出，等另一人办理。"))
                return HttpResponseRedirect(f"/desk/c/{case.number}")
    errors = trouble.errors if trouble else None
    first = {one.name: one.default for one in Drawn.fields() if one.default is not None}
    context = {
        "case": case,
        "detail": detail,
        "provision": provision,
        "statute": f"{law.yuan(provision.low)}–{law.yuan(provision.high)}",
        "version": version,
        "asks": asks.bind(given, errors) if asks else None,
        "bound": Drawn.bind(sent.data if sent else first, errors),
        "facts_wrong": (errors or {}).get("facts", []),
        "found": found,
        "verdict": _verdict(found, sent),
        "trouble": trouble,
        "key": key,
    }
    return render(request, "discretion/propose.html", context, status=trouble.status if trouble else 200)


def _find(number: str, actor: Actor) -> Case:
    case = Case.objects.filter(number=parse_case_number(number), procedure="discretion.penalty").first()
    seen = permission.refuse_unless_seen(case, actor)
    if not {INSIDE, OUTSIDE} & {one.name for one in present.actions_for(seen, actor)}:
        raise Refused("forbidden", _("现在不能在这里提出处罚建议：要由办案单位在调查取证阶段提出"), 403)
    return seen


def _propose(case: Case, actor: Actor, do: str, sent: Submission, facts: dict[str, Any]) -> doors.Acted:
    sent.raise_faults()
    data = {**sent.data, "facts": json.dumps(facts, ensure_ascii=False)}
    if do == INSIDE:
        data.pop("deviation", None)
    return doors.act(case.pk, do, actor, data, key=sent.key)


def _verdict(found: Range | None, sent: Submission | None) -> str:
    """Whether what is typed lies in the range: ``inside``, ``outside``, or nothing to say."""
    if found is None or sent is None or sent.data.get("penalty") != "fine":
        return ""
    try:
        fine = fen(sent.data.get("fine") or "")
    except ArithmeticError:
        return ""
    return "inside" if found.holds(fine) else "outside"


def _asks(version: InForce | None, provision: Provision) -> type[Form] | None:
    """A form of what the table asks for; which clause of its article it is, the case knows."""
    if version is None or not version.table.inputs:
        return None
    fields: dict[str, Any] = {}
    own = own_clause(provision, version.table)
    for column in version.table.inputs:
        if own and column.name == naming.CLAUSE:
            continue
        unit = column.unit or ("元" if column.kind == "money" else "")
        title = f"{column.title}（{unit}）" if unit else column.title
        if column.kind == "choice":
            fields[FACT + column.name] = Choice(title, choices=list(column.choices))
        elif column.kind == "boolean":
            fields[FACT + column.name] = Choice(title, choices=["是", "否"])
        else:
            fields[FACT + column.name] = Text(title, max_length=40)
    return type("Facts", (Form,), fields) if fields else None
