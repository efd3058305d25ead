"""/desk/admin/parameters: the city's dated parameters; one person proposes a value, another agrees."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core import params
from zhili.core.administration import parameters as kernel
from zhili.core.administration.models import Proposal, ProposalState
from zhili.core.forms import Bool, Date, Form, Text
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.core.web import words
from zhili.portal.asked import text_in
from zhili.portal.pages.admin import frame, telling
from zhili.portal.pages.admin.frame import Task


class NewValue(Form):
    value = Text(
        "新取值",
        max_length=200,
        required=True,
        help="时限写 15d（日）、5wd（工作日）、4wh（工作小时）、2h（小时）、30min（分钟）。",
    )
    first = Date("从哪天起", required=True, help="最早明天。")
    source = Text("依据", max_length=200, help="文件名称和文号；不填沿用原来的。")
    reason = Text("原因", max_length=300, required=True)


class Decision(Form):
    agreed = Bool("我已核对取值、日期和依据，同意修改", help="不勾选就是不同意。")
    word = Text("意见", max_length=300, help="不同意必须写明原因。")


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    frame.check_leads(actor)
    wanted = text_in(request.GET, "q")
    rows = [
        one
        for one in kernel.listing()
        if wanted.lower()
        in f"{one.param.key} {one.param.title} {gettext(one.param.title)} {one.source}".lower()
    ]
    context = {
        "rows": [(one, telling.value_in_words(one.value)) for one in rows],
        "waiting": [one for one in rows if one.waiting],
        "wanted": wanted,
    }
    return frame.show(request, actor, "parameters", context)


def show(request: HttpRequest, actor: Actor, param: str) -> HttpResponse:
    """One parameter with all its values; the city's administrator proposes another."""
    frame.check_leads(actor)
    key = param
    found = kernel.standing(key)
    if found is None:
        raise Http404
    may = kernel.may_propose(actor, key) and not found.legal and found.waiting is None
    if request.method == "POST" and not may:
        kernel.check_proposes(actor, key)
        if found.legal:
            raise PermissionDenied(gettext("这个数来自法律法规条文，单位不能改；条文修改后随版本更新。"))
    own, others = _of_offices(actor, found)
    task = Task(
        _title(found),
        f"/desk/admin/parameters/{key}",
        gettext("提议修改"),
        kernel.PARAMETER,
        key,
        NewValue,
        initial={
            "value": found.coming.value if found.coming else found.value,
            "first": (timezone.localdate() + timedelta(days=1)).isoformat(),
        },
        preview=lambda values: _said(key, found.value, values),
        template="parameter",
        more={
            "found": found,
            "value": telling.value_in_words(found.value),
            "versions": _versions(key),
            "running": [(row, many) for row, many in kernel.running_under(key)],
            "may": may,
            "history": frame.history(kernel.PARAMETER, key, actor),
            "own": own,
            "others": others,
        },
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        first = date.fromisoformat(values["first"])
        kernel.propose(key, values["value"], first, values.get("source", ""), values["reason"], actor, seen)
        return gettext("提议已登记，等另一位负责人复核后生效。")

    return frame.run(request, actor, task, do)


def decide(request: HttpRequest, actor: Actor, proposal: int) -> HttpResponse:
    found = _proposal(proposal)
    kernel.check_decides(actor, found.key)
    standing = kernel.standing(found.key)
    title = _title(standing) if standing else found.key
    own = actor.account_id == found.proposed_by
    task = Task(
        gettext("复核：%(title)s") % {"title": title},
        f"/desk/admin/parameters/{found.key}",
        gettext("提交复核"),
        kernel.PARAMETER,
        found.key,
        Decision,
        facts=[
            (gettext("原取值"), telling.value_in_words(found.former)),
            (gettext("新取值"), telling.value_in_words(found.value)),
            (gettext("从哪天起"), words.day(found.valid_from)),  # type: ignore[arg-type]
            (gettext("依据"), found.source or gettext("沿用原来的")),
            (gettext("原因"), found.reason),
            (gettext("提议"), f"{found.proposed_label} {words.moment(found.proposed_at)}"),
            (gettext("状态"), str(ProposalState(found.state).label)),
        ],
        consequences=_said(
            found.key, found.former, {"value": found.value, "first": found.valid_from.isoformat()}
        ),
        template="proposal",
        more={"found": found, "own": own, "waiting": found.state == ProposalState.WAITING},
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.decide(proposal, bool(values.get("agreed")), values.get("word", ""), actor, seen)
        return gettext("已同意，到期自动生效。") if values.get("agreed") else gettext("已记下不同意和原因。")

    return frame.run(request, actor, task, do)


def withdraw(request: HttpRequest, actor: Actor, proposal: int) -> HttpResponse:
    found = _proposal(proposal)
    kernel.check_proposes(actor, found.key)
    task = Task(
        gettext("撤回提议"),
        f"/desk/admin/parameters/{found.key}",
        gettext("撤回"),
        kernel.PARAMETER,
        found.key,
        consequences=[gettext("撤回后仍按原来的取值；提议留在变更记录里。")],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.withdraw(proposal, actor, seen)
        return gettext("提议已撤回。")

    return frame.run(request, actor, task, do)


def _title(found: kernel.Standing) -> str:
    title = gettext(found.param.title)
    node = tree().nodes.get(found.office_id or 0)
    return gettext("%(title)s（%(office)s另定）") % {"title": title, "office": node.name} if node else title


def _of_offices(actor: Actor, found: kernel.Standing) -> tuple[str, list[tuple[str, str, str, date]]]:
    """Where the actor's office sets a value of its own (empty: nowhere); which offices did: key, name, value, since."""
    if not found.param.by_office or found.office_id is not None:
        return "", []
    nodes = tree().nodes
    others = [
        (params.office_key(found.param.key, office), nodes[office].name, telling.value_in_words(value), since)
        for office, value, since in kernel.of_offices(found.param.key)
        if office in nodes
    ]
    mine = actor.office_id or 0
    apart = managing.may_administer(actor, mine) and not managing.city_wide(actor)
    return params.office_key(found.param.key, mine) if apart else "", others


def _proposal(proposal: int) -> Proposal:
    found = Proposal.objects.filter(pk=proposal).first()
    if found is None:
        raise Http404
    return found


def _versions(key: str) -> list[tuple[Any, str, str]]:
    """(row, its value in words, the value before it in words): two at a time are compared."""
    rows = kernel.versions(key)
    former = [*(telling.value_in_words(one.value) for one in rows[1:]), ""]
    return [(row, telling.value_in_words(row.value), was) for row, was in zip(rows, former, strict=False)]


def _said(key: str, former: str, values: dict[str, Any]) -> list[str]:
    """What a new value does to what runs."""
    running = sum(many for _row, many in kernel.running_under(key))
    day = words.day(date.fromisoformat(values["first"]))  # type: ignore[arg-type]
    said = [
        gettext("从%(day)s起，由“%(former)s”改为“%(value)s”。")
        % {
            "day": day,
            "former": telling.value_in_words(former),
            "value": telling.value_in_words(values["value"]),
        }
    ]
    if running:
        said.append(
            gettext("眼下有%(count)d个时限正按原值计时：不变，各按开始时的值走完；那天起新开始的才按新值。")
            % {"count": running}
        )
    else:
        said.append(gettext("眼下没有按它计时的时限。"))
    if params.split_key(key)[1] is None:
        said.append(gettext("全市都按它办，要另一位负责人复核后才生效。"))
    else:
        said.append(gettext("只在这个单位和它的下级单位生效，要另一位负责人复核。"))
    return said
