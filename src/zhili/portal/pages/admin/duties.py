"""/desk/admin/duties: the duty list, who would get a matter, its faults, and changes dated from a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import duties as kernel
from zhili.core.cases import duty_effects, registry, routing
from zhili.core.cases.duties import Line
from zhili.core.cases.models import Category, Duty
from zhili.core.forms import Bool, Choice, Date, Form, Text
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.offices import tree as offices
from zhili.core.places import tree as places
from zhili.core.trail.models import Change
from zhili.portal.asked import text_in
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.frame import Task

SHOWN = 50
FAULTS = {
    "closed": "责任单位已停用，这一行不起作用",
    "gone": "区划已撤销，这一行不起作用",
    "inactive": "类别已停用，这一行不起作用",
    "same": "和上一级类别在同一地的安排相同，可以去掉",
    "under_direct": "上面有“直达”的一行，这一行不会先用到",
}


class LineForm(Form):
    scenario = Choice("场景", required=True)
    category = Text("类别代码", max_length=20, help="可在下面“谁来办”里按名称查；空为全部类别。")
    division = Text("区划代码", max_length=20, required=True, help="市、县、镇或村的区划代码。")
    office = Text("责任单位", max_length=100, required=True, help="单位全称或代码。")
    direct = Bool("直达", help="不先经网格和镇街，直接交这个单位。")
    source = Text("依据", max_length=120, help="如：三定方案、会议纪要的文号。")
    first = Date("从哪天起", required=True)
    reason = Text("原因", max_length=300, required=True)


class ChangedLine(Form):
    office = Text("责任单位", max_length=100, required=True, help="单位全称或代码。")
    direct = Bool("直达", help="不先经网格和镇街，直接交这个单位。")
    source = Text("依据", max_length=120)
    first = Date("从哪天起", required=True)
    reason = Text("原因", max_length=300, required=True)


class Ending(Form):
    first = Date("从哪天起不再有效", required=True)
    reason = Text("原因", max_length=300, required=True)


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    check_reads(actor)
    asked = {name: text_in(request.GET, name) for name in ("scenario", "category", "place", "office")}
    rows = [one for one in _rows(actor) if _wanted(one, asked)]
    shown, more = frame.page_of(rows, request, SHOWN)
    today = timezone.localdate()
    context = {
        "rows": [(line, line.valid_from > today) for line in shown],
        "total": len(rows),
        "more": more,
        "asked": asked,
        "filtered": any(asked.values()),
        "scenarios": scenario_choices(),
        "query": request.GET.urlencode(),
    }
    return frame.show(request, actor, "duties", context)


def way(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who would get category X at place Y, stop by stop, and by which line."""
    check_reads(actor)
    category, place = text_in(request.GET, "category"), text_in(request.GET, "place")
    scenario = text_in(request.GET, "scenario") or next((one for one, _t in scenario_choices()), "")
    trouble, stops = {}, []
    if category or place:
        code = _category(scenario, category)
        ground = division_of(place)
        if code is None:
            trouble["category"] = gettext("没有找到这个类别，请写名称或代码。")
        if ground is None:
            trouble["place"] = gettext("没有找到这个地方，请写区划名称或代码。")
        if code is not None and ground is not None:
            stops = duty_effects.way(scenario, code, ground, None)
    context = {
        "stops": stops,
        "trouble": trouble,
        "asked": {"category": category, "place": place, "scenario": scenario},
        "scenarios": scenario_choices(),
        "names": [name for (one, _c), name in routing.directory().names.items() if one == scenario],
    }
    return frame.show(request, actor, "way", context, 422 if trouble else 200)


def faults(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Categories without a line, lines without effect."""
    check_reads(actor)
    ground = None if kernel.keeps_all(actor) else offices().nodes[actor.office_id or 0].division_id
    found = duty_effects.clashes(_rows(actor))
    lacking, more = frame.page_of(duty_effects.gaps(within=ground), request, SHOWN)
    context = {
        "gaps": lacking,
        "more": more,
        "clashes": [(one.duty, gettext(FAULTS[one.fault])) for one in found],
    }
    return frame.show(request, actor, "duty_faults", context)


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    check_reads(actor)
    task = Task(
        gettext("职责清单：新增一行"),
        "/desk/admin/duties",
        gettext("登记"),
        form=LineForm,
        choices={"scenario": scenario_choices()},
        initial={
            "first": timezone.localdate().isoformat(),
            "scenario": next((one for one, _t in scenario_choices()), ""),
            "category": text_in(request.GET, "category"),
        },
        consequences=[gettext("只影响那天起新报的事；已在办的事留在现在的单位。")],
        preview=lambda values: _said(_line(values), _former(_line(values)), actor),
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        line = _line(values)
        if _former(line) is not None:
            raise AdminRefused("category", gettext("清单上已有这一类别、这一区划的一行，请在那一行上修改。"))
        kernel.put(line, date.fromisoformat(values["first"]), actor, None, values["reason"])
        return gettext("已登记，到期自动生效。")

    return frame.run(request, actor, task, do)


def change(request: HttpRequest, actor: Actor, duty: int) -> HttpResponse:
    found = _duty(duty, actor)
    before = kernel.line_of(found)
    node = offices().nodes.get(found.office_id)
    task = Task(
        gettext("职责清单：修改一行"),
        "/desk/admin/duties",
        gettext("登记修改"),
        kernel.DUTY,
        before.key,
        ChangedLine,
        lead=kernel.name_of(before),
        initial={
            "office": node.name if node else "",
            "direct": found.direct,
            "source": found.source,
            "first": timezone.localdate().isoformat(),
        },
        consequences=[gettext("只影响那天起新报的事；已在办的事留在现在的单位。")],
        preview=lambda values: _said(_changed(before, values), before, actor),
        more={"history": frame.history(kernel.DUTY, before.key, actor), "duty": found},
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.put(
            _changed(before, values), date.fromisoformat(values["first"]), actor, seen, values["reason"]
        )
        return gettext("修改已登记，到期自动生效；可以在变更记录里恢复原来的安排。")

    return frame.run(request, actor, task, do)


def end(request: HttpRequest, actor: Actor, duty: int) -> HttpResponse:
    found = _duty(duty, actor)
    before = kernel.line_of(found)
    task = Task(
        gettext("职责清单：结束一行"),
        "/desk/admin/duties",
        gettext("结束这一行"),
        kernel.DUTY,
        before.key,
        Ending,
        lead=kernel.name_of(before),
        initial={"first": timezone.localdate().isoformat()},
        consequences=_said(None, before, actor),
        danger=True,
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.end(duty, date.fromisoformat(values["first"]), actor, seen, values["reason"])
        return gettext("这一行已登记结束。")

    return frame.run(request, actor, task, do)


def withdraw(request: HttpRequest, actor: Actor, duty: int) -> HttpResponse:
    found = _duty(duty, actor)
    line = kernel.line_of(found)
    said = [gettext("这一行还没有生效；撤回后仍按原来的安排。")]
    task = Task(
        gettext("撤回未生效的变更"),
        "/desk/admin/duties",
        gettext("撤回"),
        kernel.DUTY,
        line.key,
        lead=kernel.name_of(line),
        consequences=said,
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.withdraw(duty, actor, seen)
        return gettext("已撤回。")

    return frame.run(request, actor, task, do)


def undo(request: HttpRequest, actor: Actor, change: int) -> HttpResponse:
    """The line as it was before a change, from today on: a change of its own."""
    found = Change.objects.filter(pk=change, subject=kernel.DUTY, done__in=("changed", "ended")).first()
    if found is None:
        raise Http404
    scenario, category, division = found.key.split("/")
    was = found.before
    line = Line(scenario, category, int(division), was["office"], was["direct"], was["source"])
    if not kernel.may_change(actor, line):
        raise PermissionDenied(gettext("这一行不归您修改。"))
    task = Task(
        gettext("恢复原来的安排"),
        "/desk/admin/duties",
        gettext("从今天起恢复"),
        kernel.DUTY,
        found.key,
        lead=found.name,
        facts=[(gettext("责任单位"), was["office_name"]), (gettext("依据"), was["source"] or "–")],
        consequences=[
            gettext("这是一项新的变更，从今天起；原来的变更仍在记录里。"),
            *_said(line, _former(line), actor),
        ],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        kernel.put(line, timezone.localdate(), actor, seen, gettext("恢复变更前的安排"))
        return gettext("已恢复原来的安排。")

    return frame.run(request, actor, task, do)


def check_reads(actor: Actor) -> None:
    """Raises PermissionDenied, in words."""
    if not kernel.may_read(actor):
        raise PermissionDenied(gettext("职责清单由单位管理员和裁定单位使用。"))


def scenario_choices() -> list[tuple[str, str]]:
    """Scenarios that have categories."""
    having = {scenario for scenario, _code in routing.directory().names}
    return [(name, gettext(one.title)) for name, one in registry.scenarios().items() if name in having]


def division_of(text: str) -> int | None:
    """A place by its code, its name or the end of its full name; None when there is none, or several."""
    live = [one for one in places.nodes().values() if one.valid_to is None]
    exact = [one.id for one in live if text and text in (one.code, one.name)]
    full = [one.id for one in live if text and places.full_name(one.id).endswith(text)]
    return exact[0] if len(exact) == 1 else full[0] if len(full) == 1 else None


def office_of(text: str) -> int | None:
    """An office by its code or name; None when there is none, or several."""
    known = offices()
    if text in known.by_code:
        return known.by_code[text].id
    found = [one.id for one in known.nodes.values() if one.name == text and one.in_force]
    return found[0] if len(found) == 1 else None


def _rows(actor: Actor) -> list[Any]:
    rows = list(kernel.standing(actor).order_by("scenario", "category", "division__code", "valid_from"))
    names = {(one.scenario, one.code): one.name for one in Category.objects.all()}
    for one in rows:
        node = offices().nodes.get(one.office_id)
        one.category_name = names.get((one.scenario, one.category), one.category) or gettext("全部类别")
        one.place_name = places.full_name(one.division_id, "county")
        one.office_name = node.name if node else ""
    return rows


def _wanted(row: Any, asked: dict[str, str]) -> bool:
    return (
        asked["scenario"] in ("", row.scenario)
        and (asked["category"] in row.category_name or row.category.startswith(asked["category"]))
        and asked["place"] in places.full_name(row.division_id)
        and asked["office"] in row.office_name
    )


def _duty(duty: int, actor: Actor) -> Duty:
    found = Duty.objects.filter(pk=duty).first()
    if found is None:
        raise Http404
    if not kernel.may_change(actor, kernel.line_of(found)):
        raise PermissionDenied(gettext("这一行不归您修改。"))
    return found


def _category(scenario: str, text: str) -> str | None:
    names = routing.directory().names
    if (scenario, text) in names:
        return text
    found = [code for (one, code), name in names.items() if one == scenario and name == text]
    return found[0] if found else None


def _line(values: dict[str, Any]) -> Line:
    """The line a form asks for. Raises AdminRefused at the field."""
    division, office = division_of(values["division"]), office_of(values["office"])
    category = values.get("category", "")
    code = _category(values["scenario"], category) if category else ""
    if code is None:
        raise AdminRefused("category", gettext("没有找到这个类别，请写名称或代码。"))
    if division is None:
        raise AdminRefused("division", gettext("没有找到这个地方，请写区划名称或代码。"))
    if office is None:
        raise AdminRefused("office", gettext("没有找到这个单位，请写全称或代码。"))
    return Line(
        values["scenario"], code, division, office, bool(values.get("direct")), values.get("source", "")
    )


def _changed(line: Line, values: dict[str, Any]) -> Line:
    office = office_of(values["office"])
    if office is None:
        raise AdminRefused("office", gettext("没有找到这个单位，请写全称或代码。"))
    return Line(
        line.scenario,
        line.category,
        line.division_id,
        office,
        bool(values.get("direct")),
        values.get("source", ""),
    )


def _former(line: Line) -> Line | None:
    row = routing.in_force(timezone.localdate()).filter(
        scenario=line.scenario, category=line.category, division=line.division_id
    )
    found = row.first()
    return kernel.line_of(found) if found else None


def _said(line: Line | None, former: Line | None, actor: Actor) -> list[str]:
    """What a change does, in words and figures."""
    if line is not None and not kernel.may_change(actor, line):
        raise PermissionDenied(gettext("这一行不归您修改。"))
    found = duty_effects.effect(line, former)
    said = [
        gettext("眼下这一类、这一地在办%(open)d件，其中%(held)d件在原单位：都不动。")
        % {"open": found.open_now, "held": found.with_former},
        gettext(
            "按最近12个月，这一类每月约%(all)s件；其中约%(moved)s件会一开始就换单位，其余仍先到网格或属地。"
        )
        % {"all": _rounded(found.per_month), "moved": _rounded(found.moved_per_month)},
    ]
    if line is None:
        said.append(gettext("这一行结束后，按上一级类别、上一级区划的安排；都没有的，由属地综合单位负责。"))
    return said


def _rounded(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
