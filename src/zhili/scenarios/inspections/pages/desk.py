"""/desk/inspections: six classes and their scenarios; one scenario, from which an inspection is asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import doors, present, query
from zhili.core.cases.errors import Refused
from zhili.core.forms import Bool, Choice, Date, Form, Integer, LongText, MultiChoice, Text
from zhili.core.people.actors import Actor
from zhili.core.places import tree as places
from zhili.core.trail import changes
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.inspections import forms, saving
from zhili.scenarios.inspections.catalogue import choosing, keeping
from zhili.scenarios.inspections.catalogue.kinds import CLASSES
from zhili.scenarios.inspections.models import Entry, Scene
from zhili.scenarios.inspections.pages import filling, who, wording

HERE = "/desk/inspections"
APPROVAL, ORDER = "inspections.approval", "inspections.rectification"
FEW = 8


class Launch(Form):
    """The sheet without what the page knows: which scenario."""

    items = MultiChoice("检查事项", required=True, choices=choosing.items)
    why = Choice("为什么检查", required=True, choices=forms.WHY)
    ground = LongText("理由", required=True, max_length=1000, help="计划的文号、线索的编号；不写姓名。")
    first = Date("从哪天", required=True)
    last = Date("到哪天", required=True, help="最长三个月。")
    area = Choice("在哪里抽", choices=(), help="名单上是这里的对象。")
    share = Integer("抽查比例（%）", min=1, max=100, help="不填就用事项目录里的比例。")


class SceneForm(Form):
    title = Text("场景名称", required=True, max_length=40)
    group = Choice("类别", required=True, choices=list(CLASSES.items()))
    codes = Text("检查事项的编号", required=True, max_length=400, help="用空格隔开，例如：Z01 M02 X02。")
    active = Bool("使用中", default=True)


def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The classes and what waits: sheets to approve, things to be put right, drafts to confirm."""
    words = text_in(request.GET, "q")
    found = Scene.objects.order_by("code")
    if words:
        codes = Entry.objects.filter(state="in_force", title__icontains=words).values_list("code", flat=True)
        found = found.filter(Q(title__icontains=words) | Q(items__overlap=list(codes)))
    live = keeping.in_force()
    rows = [wording.scene(one, live) for one in found]
    context = {
        "classes": wording.classes(rows),
        "q": words,
        "scenes": len(rows),
        "live": len(live),
        "drafts": Entry.objects.filter(state="draft").count(),
        "sheets": _open(actor, APPROVAL),
        "orders": _open(actor, ORDER),
        "keeps": who.keeps(actor),
        "works": who.works(actor),
        "year": timezone.localdate().year,
        "saved": saving.saved(actor, timezone.localdate().year),
    }
    return render(request, "inspections/index.html", context)


def _open(actor: Actor, procedure: str) -> list[dict[str, Any]]:
    """What is open of a kind, due first, as far as the actor sees it."""
    cases = query.visible(actor).filter(procedure=procedure, closed_at=None).order_by("due_at", "-pk")
    return [
        {
            "case": one,
            "stage": present.stage_title(one),
            "office": present.office_name(one.office_id),
            "url": f"{HERE}/sheets/{one.number}" if procedure == APPROVAL else f"/desk/c/{one.number}",
        }
        for one in cases[:FEW]
    ]


def show(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One scenario: its items, the sheet that asks for an inspection, and, for those who may, its own form."""
    scene = Scene.objects.filter(code=code).first()
    if scene is None:
        raise Http404
    live = keeping.in_force(scene.items)
    asked = request.POST.get("_do", "")
    launch = filling.filled(
        request,
        actor,
        Launch,
        lambda sent: _launch(actor, code, sent),
        gettext("已申请，等负责人批准。"),
        here=asked == "launch",
        start=_start(scene, live, actor),
        choices={
            "items": [(one, f"{one} {live[one].title}") for one in scene.items if one in live],
            "area": _areas(actor),
        },
    )
    change = filling.filled(
        request,
        actor,
        SceneForm,
        lambda sent: _save(request, actor, code, sent),
        gettext("已保存。"),
        here=asked == "change",
        start={
            "title": scene.title,
            "group": scene.group,
            "codes": " ".join(scene.items),
            "active": scene.active,
        },
    )
    if done := launch.response or change.response:
        return done
    known = {one.code: one for one in Entry.objects.filter(code__in=scene.items).order_by("number")} | live
    context = {
        "scene": wording.scene(scene, live),
        "items": [wording.item(known[one]) for one in scene.items if one in known],
        "launch": launch,
        "change": change,
        "asked": asked,
        "defaults": _defaults(scene, live, actor),
        "keeps": who.keeps(actor),
        "works": who.works(actor) and bool(live) and scene.active,
        "seen": changes.latest(keeping.SCENE, code),
    }
    return render(request, "inspections/scene.html", context, status=max(launch.status, change.status))


def _start(scene: Scene, live: dict[str, Entry], actor: Actor) -> dict[str, Any]:
    """A month from tomorrow, with every item of the scenario that is in force, all over: one press is enough."""
    first = timezone.localdate() + timedelta(days=1)
    ready = [one for one in scene.items if one in live]
    year = gettext("%(year)d 年度双随机抽查计划：%(scene)s") % {"year": first.year, "scene": scene.title}
    return {
        "items": ready,
        "why": "random",
        "ground": year,
        "first": first.isoformat(),
        "last": (first + timedelta(days=30)).isoformat(),
        "area": str(actor.division_id or ""),
        "share": max((live[one].ratio for one in ready), default=None),
    }


def _defaults(scene: Scene, live: dict[str, Entry], actor: Actor) -> dict[str, Any]:
    """What one press asks for, in words."""
    start = _start(scene, live, actor)
    area = dict(_areas(actor)).get(start["area"], "")
    return {"n": len(start["items"]), "area": area} | {
        name: start[name] for name in ("first", "last", "share")
    }


def _areas(actor: Actor) -> list[tuple[str, str]]:
    """The actor's ground and the divisions just below it."""
    nodes = places.nodes()
    top = nodes.get(actor.division_id or 0)
    if top is None:
        return []
    below = [one for one in nodes.values() if one.parent_id == top.id and one.valid_to is None]
    return [(str(one.id), one.name) for one in [top, *sorted(below, key=lambda node: node.code)]]


def _launch(actor: Actor, scene: str, sent: Submission) -> str:
    if not who.works(actor):
        raise PermissionDenied(gettext("检查由经办人或负责人申请。"))
    made = doors.open_case(APPROVAL, "apply", actor, {**sent.data, "scene": scene}, key=sent.key)
    return f"{HERE}/sheets/{made.number}"


def _save(request: HttpRequest, actor: Actor, code: str, sent: Submission) -> str:
    if not who.keeps(actor):
        raise PermissionDenied(gettext("目录由县级以上单位的负责岗位或管理员维护。"))
    told = dict(SceneForm.validate(sent.data).values)
    told["items"] = str(told.pop("codes")).replace("，", " ").replace(",", " ").upper().split()
    seen = request.POST.get("_seen", "")
    try:
        keeping.save_scene(actor, code, told, seen=int(seen) if seen.isdigit() and len(seen) < 19 else None)
    except changes.Overtaken as overtaken:
        raise Refused("overtaken", overtaken.message, 409) from None
    return f"{HERE}/scenes/{code}"


pages = (
    Page("desk/inspections", index, "inspections", may=who.reads),
    Page("desk/inspections/scenes/<slug:code>", show, "inspection_scene", may=who.reads),
)
