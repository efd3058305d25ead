"""A firm or premises registered, changed or closed by hand, and a change taken back by another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from zhili.core.forms import FormErrors
from zhili.core.forms.bound import from_post
from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers import alike, firms, rights, telling, undoing
from zhili.core.registers import premises as kernel
from zhili.core.registers.firms import Refused
from zhili.core.registers.given import GivenFirm, GivenPremises, Wrong, check_firm, check_premises
from zhili.core.registers.loading.judging import Reach
from zhili.core.registers.models import Firm, Premises
from zhili.core.trail import changes
from zhili.core.trail.changes import Overtaken
from zhili.core.trail.models import Change
from zhili.portal.asked import text_in
from zhili.portal.pages.admin.frame import Task, seen_in
from zhili.portal.pages.registers import forms, history
from zhili.portal.pages.registers.listing import check

Alike = list[tuple[Any, str]]
FIELDS = {"firm_code": "firm", "division_id": "division", "lon": "place", "lat": "place", "address": "place"}
"""Of a refusal: the question on the page."""


def new_firm(request: HttpRequest, actor: Actor) -> HttpResponse:
    _may(actor)
    task = Task(
        gettext("登记市场主体"), "/desk/registers/firms", gettext("登记"), form=forms.NewFirm,
        initial={"kind": "firm", "status": "active", "division": _own(actor)},
    )  # fmt: skip

    def read(values: dict[str, Any]) -> GivenFirm:
        return _firm(values, actor)

    def near(values: dict[str, Any]) -> Alike:
        given = check_firm(read(values))[0]
        if (there := Firm.objects.filter(code=given.code).first()) is not None:
            return [(there, gettext("这个信用代码已经登记"))] if rights.firms(actor).contains(there) else []
        return list(alike.firms(given, actor))

    def do(values: dict[str, Any], seen: int | None) -> str:
        given = read(values)
        if Firm.objects.filter(code=check_firm(given)[0].code).exists():
            raise Refused([Wrong("code", gettext("这个信用代码已经登记，请在它的页面上改"))])
        return f"/desk/registers/firms/{firms.save(given, actor).code}"

    return _run(request, task, do, near)


def change_firm(request: HttpRequest, actor: Actor, firm: str) -> HttpResponse:
    check(actor)
    one = get_object_or_404(rights.firms(actor), code=firm.upper())
    rights.check_write(actor, one.division_id)
    initial = {"name": one.name, "kind": one.kind, "status": one.status, "industry": one.industry}
    back = f"/desk/registers/firms/{one.code}"
    task = Task(
        gettext("修改市场主体"), back, gettext("保存"), telling.FIRM, one.pk, forms.ChangedFirm, lead=one.name,
        initial=initial | {"division": _name(one.division_id)},
    )  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        given = replace(_firm({"code": one.code, **values}, actor), code=one.code)
        firms.save(given, actor, seen=seen, reason=values["reason"])
        return back

    return _run(request, task, do)


def new_premises(request: HttpRequest, actor: Actor) -> HttpResponse:
    _may(actor)
    firm = text_in(request.GET, "firm")
    task = Task(
        gettext("登记场所"), f"/desk/registers/firms/{firm}" if firm else "/desk/registers/premises",
        gettext("登记"), form=forms.NewPremises, initial={"firm": firm},
    )  # fmt: skip

    def near(values: dict[str, Any]) -> Alike:
        return list(alike.premises(check_premises(_premises(values, actor))[0], actor))

    def do(values: dict[str, Any], seen: int | None) -> str:
        given = _premises(values, actor)
        if Premises.objects.filter(code=check_premises(given)[0].code).exists():
            raise Refused([Wrong("code", gettext("这个场所编号已经登记；同一市场主体的另一处请另写编号"))])
        return f"/desk/registers/premises/{kernel.save(given, actor).pk}"

    return _run(request, task, do, near)


def change_premises(request: HttpRequest, actor: Actor, premises: int) -> HttpResponse:
    one = _writable(actor, premises)
    back = f"/desk/registers/premises/{one.pk}"
    place = {"place_lon": one.lon, "place_lat": one.lat, "place_address": one.address}
    said = {"kind": one.kind, "name": one.name, "licence_number": one.licence_number}
    until = one.licence_until.isoformat() if one.licence_until else ""
    task = Task(
        gettext("修改场所"), back, gettext("保存"), telling.PREMISES, one.pk, forms.ChangedPremises, lead=one.name,
        initial=said | place | {"licence_until": until, "division": _name(one.division_id)},
    )  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        given = replace(_premises({"firm": one.firm.code, **values}, actor), code=one.code, active=one.active)
        kernel.save(given, actor, seen=seen, reason=values["reason"])
        return back

    return _run(request, task, do)


def close_premises(request: HttpRequest, actor: Actor, premises: int) -> HttpResponse:
    """Taken out of use, or into it again: what was checked there stays."""
    one = _writable(actor, premises)
    back = f"/desk/registers/premises/{one.pk}"
    consequence = (
        gettext("停用后不再列入抽查和检查计划；以前的检查和记录都留着，需要时可以恢复。")
        if one.active
        else gettext("恢复后重新列入抽查和检查计划。")
    )
    task = Task(
        gettext("停用场所") if one.active else gettext("恢复场所"), back,
        gettext("停用") if one.active else gettext("恢复"), telling.PREMISES, one.pk, forms.Closed,
        lead=one.name, consequences=[consequence], danger=one.active,
    )  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        given = replace(undoing.given_premises(one), active=not one.active)
        kernel.save(given, actor, seen=seen, reason=values["reason"])
        return back

    return _run(request, task, do)


def undo_of_firm(request: HttpRequest, actor: Actor, firm: str, change: int) -> HttpResponse:
    check(actor)
    one = get_object_or_404(rights.firms(actor), code=firm.upper())
    rights.check_write(actor, one.division_id)
    return _undo(request, actor, telling.FIRM, one, change, f"/desk/registers/firms/{one.code}")


def undo_of_premises(request: HttpRequest, actor: Actor, premises: int, change: int) -> HttpResponse:
    one = _writable(actor, premises)
    return _undo(request, actor, telling.PREMISES, one, change, f"/desk/registers/premises/{one.pk}")


def _undo(
    request: HttpRequest, actor: Actor, subject: str, one: Firm | Premises, change: int, back: str
) -> HttpResponse:
    made = get_object_or_404(Change, pk=change, subject=subject, key=str(one.pk))
    former = undoing.former(made)
    if not former:
        raise Http404
    task = Task(
        gettext("撤回这次变更"), f"{back}?tab=history#more", gettext("撤回"), subject, one.pk, forms.Closed,
        lead=one.name, facts=[(title, f"{now or '—'} → {was or '—'}") for title, was, now in history.differences(made)],
        consequences=[gettext("改成变更以前的内容。撤回本身也是一次变更，原来的变更记录不会消失。")],
    )  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        undoing.undo(made, actor, values["reason"], seen)
        return f"{back}?tab=history#more"

    return _run(request, task, do)


def _run(
    request: HttpRequest,
    task: Task,
    do: Callable[[dict[str, Any], int | None], str],
    near: Callable[[dict[str, Any]], Alike] | None = None,
) -> HttpResponse:
    """Show the form, or do it: refusals stand beside their fields; what may be the same is shown once before."""
    assert task.form is not None
    if request.method != "POST":
        return _draw(request, task)
    data = from_post(task.form, request.POST)
    try:
        values = task.form.validate(data).values
        same = near(values) if near is not None and not request.POST.get("_sure") else []
        if same:
            return _draw(request, task, data, same=same)
        where = do(values, seen_in(request) if task.subject else None)
    except FormErrors as error:
        return _draw(request, task, data, error.errors, status=422)
    except Refused as error:
        found: dict[str, list[str]] = {}
        for one in error.wrong:
            found.setdefault(FIELDS.get(one.field, one.field), []).append(one.words)
        return _draw(request, task, data, found, status=422)
    except Overtaken as error:
        return _draw(request, task, data, overtaken=error, status=409)
    messages.success(request, gettext("已保存。"))
    return redirect(where)


def _draw(
    request: HttpRequest,
    task: Task,
    data: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
    *,
    same: Alike | None = None,
    overtaken: Overtaken | None = None,
    status: int = 200,
) -> HttpResponse:
    assert task.form is not None
    known = set(task.form.known())
    context = {
        "task": task,
        "bound": task.form.bind(data if data is not None else task.initial, errors),
        "loose": [m for name, found in (errors or {}).items() if name not in known for m in found],
        "seen": changes.latest(task.subject, task.key) if task.subject else 0,
        "same": same or [],
        "overtaken": overtaken,
        "newer": [history.told(one) for one in overtaken.changes] if overtaken else [],
    }
    return render(request, "portal/registers/task.html", context, status=status)


def _firm(values: dict[str, Any], actor: Actor) -> GivenFirm:
    names = ("code", "name", "kind", "status", "industry", "operator", "identity", "phone")
    said = {name: values[name] for name in names if values.get(name)}
    return GivenFirm(**said, division_id=_division(values.get("division", ""), actor))


def _premises(values: dict[str, Any], actor: Actor) -> GivenPremises:
    place = values.get("place") or {}
    until = values.get("licence_until")
    return GivenPremises(
        values["firm"], values["kind"], values["name"], values.get("code", ""), place.get("address", ""),
        place.get("lon"), place.get("lat"), _division(values.get("division", ""), actor),
        values.get("licence_number", ""), date.fromisoformat(until) if until else None,
    )  # fmt: skip


def _division(text: str, actor: Actor) -> int | None:
    """Raises Refused for a name that is none, or that several bear."""
    try:
        return Reach(actor).find(text.strip())
    except ValueError as error:
        raise Refused([Wrong("division_id", str(error))]) from None


def _name(division: int | None) -> str:
    return tree.node(division).code if division is not None else ""


def _own(actor: Actor) -> str:
    return _name(actor.division_id)


def _may(actor: Actor) -> None:
    if not rights.may_write(actor):
        raise PermissionDenied(gettext("登记由所在地的办事机构改。"))


def _writable(actor: Actor, premises: int) -> Premises:
    check(actor)
    one = get_object_or_404(rights.premises(actor).select_related("firm"), pk=premises)
    rights.check_write(actor, one.division_id)
    return one
