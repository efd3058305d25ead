"""/evidence/scenes: looking at a place in the browser, measuring in it, noting on it; the list without WebGL too."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_POST

from zhili.base.codes import parse_case_number
from zhili.core.cases import permission, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import FormErrors
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in, text_in
from zhili.portal.attachments import handed_out
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.evidence.pages import panels
from zhili.scenarios.evidence.pages.who import any_post
from zhili.scenarios.evidence.scenes import keeping, reading, showing
from zhili.scenarios.evidence.scenes.forms import FORMS, TURNS, XYZ, NewCloud, NewScene
from zhili.scenarios.evidence.scenes.models import Scene

SHOWN = 50
TITLES = {
    "note": gettext_noop("加标注"),
    "distance": gettext_noop("量距离"),
    "angle": gettext_noop("量夹角"),
    "ground": gettext_noop("量地面距离"),
    "scale": gettext_noop("用已知长度定比例"),
    "camera": gettext_noop("记下镜头离地高度"),
    "north": gettext_noop("定正北方向"),
}
HINTS = {
    "note": gettext_noop("点一处"),
    "distance": gettext_noop("点两处或更多"),
    "angle": gettext_noop("点两个方向"),
    "ground": gettext_noop("点落地的两处或更多"),
    "scale": gettext_noop("点两处"),
}
LEAST = {"note": 1, "distance": 2, "angle": 2, "ground": 2, "scale": 2}
MOST = {"note": 1, "distance": keeping.MOST_POINTS, "angle": 2, "ground": keeping.MOST_POINTS, "scale": 2}


def find(pk: int, actor: Actor) -> tuple[Scene, Case]:
    """A scene of a case the actor may see; else 404, as if there were none."""
    scene = Scene.objects.select_related("file").filter(pk=pk).first()
    case = Case.objects.filter(pk=scene.case_id).first() if scene is not None else None
    seen = permission.refuse_unless_seen(case, actor)
    assert scene is not None
    return scene, seen


def case_of(number: str, actor: Actor) -> Case:
    case = Case.objects.filter(number=parse_case_number(number)).first() if number else None
    return permission.refuse_unless_seen(case, actor)


def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The scenes of the cases one may see, newest first; ``?c=`` of one case."""
    case = case_of(number, actor) if (number := text_in(request.GET, "c")) else None
    before = number_in(request.GET, "before")
    found = (
        Scene.objects.filter(case_id__in=query.visible(actor).values("pk"))
        .select_related("file")
        .order_by("-pk")
    )
    found = found.filter(case_id=case.pk) if case else found
    found = found.filter(pk__lt=before) if before else found
    shown = list(found[: SHOWN + 1])
    numbers = dict(Case.objects.filter(pk__in={one.case_id for one in shown}).values_list("id", "number"))
    context = {
        "case": case,
        "home": showing.home_of(case) if case else "/evidence",
        "rows": [{"scene": one, "number": numbers.get(one.case_id, "")} for one in shown[:SHOWN]],
        "next": shown[SHOWN - 1].pk if len(shown) > SHOWN else None,
        "may": case is not None and keeping.may_write(actor, case),
    }
    return render(request, "evidence/scenes/index.html", context)


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A scene from a file of the case ``?c=``."""
    case = case_of(text_in(request.GET, "c"), actor)
    files = keeping.usable(case)
    choices = {"file": [(str(one.pk), one.name) for one in files]}
    form = NewCloud if any(one.mime == reading.PLY for one in files) else NewScene
    sent, errors = None, None
    if request.method == "POST":
        sent = Submission(request, form, actor)
        try:
            made = keeping.make(actor, case, form.validate(sent.data, choices).values)
            return HttpResponseRedirect(f"/evidence/scenes/{made.pk}")
        except FormErrors as error:
            errors = error.errors
    first = {"file": str(files[0].pk)} if len(files) == 1 else None
    context = {
        "case": case,
        "home": showing.home_of(case),
        "files": files,
        "may": keeping.may_write(actor, case),
        "bound": form.bind(sent.data if sent else first, errors, choices=choices),
    }
    return render(request, "evidence/scenes/new.html", context, status=422 if errors else 200)


def show(request: HttpRequest, actor: Actor, scene: int) -> HttpResponse:
    found, case = find(scene, actor)
    return _draw(request, actor, found, case)


@require_POST
def add(request: HttpRequest, actor: Actor, scene: int, kind: str) -> HttpResponse:
    """Keep a mark; the page again, with it or with what is wrong."""
    found, case = find(scene, actor)
    if kind not in keeping.OF_KIND[Scene.Kind(found.kind)]:
        raise Refused("no_mark", gettext("这种现场里没有这一项。"), 404)
    return _take(request, actor, found, case, kind, {})


@require_POST
def withdraw(request: HttpRequest, actor: Actor, scene: int, mark: int) -> HttpResponse:
    found, case = find(scene, actor)
    return _take(request, actor, found, case, "withdraw", {"refers": mark})


def _take(
    request: HttpRequest, actor: Actor, scene: Scene, case: Case, kind: str, more: dict[str, Any]
) -> HttpResponse:
    form = FORMS[kind]
    beside = {name: request.POST.get(name, "")[:2000] for name in ("reach", "told")}
    data = form.from_post(request.POST)
    for name in beside:
        data.pop(name, None)
    try:
        made = keeping.add(actor, case, scene, kind, {**form.validate(data).values, **more}, beside)
    except FormErrors as error:
        name = f"{kind}{more.get('refers', '')}"
        return _draw(request, actor, scene, case, tried=(name, {**data, **beside}, error.errors))
    about = made.refers if kind == "withdraw" else made.number
    return HttpResponseRedirect(f"/evidence/scenes/{scene.pk}?done={about}#mark-{about}")


def _draw(
    request: HttpRequest,
    actor: Actor,
    scene: Scene,
    case: Case,
    tried: tuple[str, dict[str, Any], dict[str, list[str]]] | None = None,
) -> HttpResponse:
    marks = list(scene.marks.order_by("number"))
    now = keeping.standing(scene, marks)
    may = keeping.may_write(actor, case)
    lines = showing.lines(scene, marks, now, actor)
    context = {
        "scene": scene,
        "case": case,
        "home": showing.home_of(case),
        "now": now,
        "lines": lines,
        "done": number_in(request.GET, "done"),
        "tools": _tools(scene, tried) if may else [],
        "withdrawing": {one.number: _withdrawing(one.number, tried) for one in lines if may and not one.gone},
        "how_scaled": showing.scale_words(scene, now),
        "size": showing.size_words(scene, now),
        "plan": showing.plan(scene, marks),
        "zone": timezone.get_current_timezone_name(),
        "zoomable": scene.kind == Scene.Kind.PANORAMA and scene.count > 2048,
    }
    return render(request, "evidence/scenes/show.html", context, status=422 if tried else 200)


def _tools(scene: Scene, tried: Any) -> list[dict[str, Any]]:
    """Each thing that may be said here, with its form; the one that was tried is open."""
    found = []
    for kind in keeping.OF_KIND[Scene.Kind(scene.kind)]:
        sent, errors = (tried[1], tried[2]) if tried and tried[0] == kind else (None, None)
        found.append(
            {
                "kind": kind,
                "title": gettext(TITLES[kind]),
                "hint": gettext(HINTS[kind]) if kind in HINTS else "",
                "least": LEAST.get(kind, 0),
                "most": MOST.get(kind, 0),
                "points": "points" in {one.name for one in FORMS[kind].fields()},
                "help": gettext(TURNS if scene.kind == Scene.Kind.PANORAMA else XYZ),
                "bound": FORMS[kind].bind(sent, errors, prefix=kind),
                "reach": (sent or {}).get("reach", ""),
                "open": errors is not None,
            }
        )
    return found


def _withdrawing(number: int, tried: Any) -> dict[str, Any]:
    mine = tried is not None and tried[0] == f"withdraw{number}"
    data, errors = (tried[1], tried[2]) if mine else (None, None)
    return {"open": mine, "bound": FORMS["withdraw"].bind(data, errors, prefix=f"withdraw{number}")}


@require_GET
def file(request: HttpRequest, actor: Actor, scene: int) -> HttpResponseBase:
    """A model or a cloud as it was taken in; of a panorama a cleaned and masked copy, ``?small`` a smaller one.

    ``?original``: a panorama as it was taken in, on the record where it says where or whose, as with any photo.
    """
    found, case = find(scene, actor)
    variant = "original"
    if found.kind == Scene.Kind.PANORAMA and "original" not in request.GET:
        variant = "public" if "small" in request.GET else "wide"
    return handed_out(found.file, case, actor, variant, request, own=True)


@require_GET
def paper(request: HttpRequest, actor: Actor, scene: int) -> HttpResponse:
    """The list for printing: a plan, and every mark in full."""
    found, case = find(scene, actor)
    marks = list(found.marks.order_by("number"))
    now = keeping.standing(found, marks)
    context = {
        "scene": found,
        "case": case,
        "lines": showing.lines(found, marks, now, actor),
        "how_scaled": showing.scale_words(found, now),
        "size": showing.size_words(found, now),
        "plan": showing.plan(found, marks),
        "at": timezone.now(),
    }
    return render(request, "evidence/scenes/paper.html", context)


def panel(asked: panels.Asked) -> dict[str, Any] | None:
    """On an item's page: its scenes, and the way to make one where a file would do."""
    rows = list(Scene.objects.filter(case_id=asked.case.pk).order_by("pk"))
    may = keeping.may_write(asked.actor, asked.case) and bool(keeping.usable(asked.case))
    return {"rows": rows, "may": may, "number": asked.case.number} if rows or may else None


panels.add_panel(panels.Panel("scenes", gettext_noop("现场模型和全景"), "evidence/scenes/panel.html", panel))
pages = (
    Page("evidence/scenes", index, "evidence_scenes", may=any_post),
    Page("evidence/scenes/new", new, "evidence_scene_new", may=any_post),
    Page("evidence/scenes/<int:scene>", show, "evidence_scene", may=any_post),
    Page("evidence/scenes/<int:scene>/file", file, "evidence_scene_file", may=any_post),
    Page("evidence/scenes/<int:scene>/list", paper, "evidence_scene_list", may=any_post),
    Page("evidence/scenes/<int:scene>/add/<str:kind>", add, "evidence_scene_add", may=any_post),
    Page(
        "evidence/scenes/<int:scene>/<int:mark>/withdraw", withdraw, "evidence_scene_withdraw", may=any_post
    ),
)
