"""/desk/wages/jobs: what one's firm or office posted, and posting or editing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhili.core.cases import doors, present, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Participation
from zhili.core.people.actors import Actor
from zhili.core.registers.models import Firm
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.wages import asked, who
from zhili.scenarios.wages.jobs import forms, honesty, reading
from zhili.scenarios.wages.models import Course, Project, Vacancy

KINDS: dict[str, tuple[type[Any], type[Any]]] = {
    "vacancy": (forms.Edit, Vacancy),
    "course": (forms.EditCourse, Course),
}
ROLES = ("poster", "organiser")
MOST = 100


def index(request: HttpRequest) -> HttpResponse:
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    cases = _mine(actor).order_by("-pk")[:MOST]
    counts = reading.counts([case.pk for case in cases])
    courses = Course.objects.select_related("case").filter(pk__in=[case.pk for case in cases], firm=None)
    held = {one.pk for one in courses if one.case.office_id == actor.office_id}
    rows = [_row(case, counts.get(case.pk, {})) | {"own": case.pk in held} for case in cases]
    context = {"rows": rows, "seats": seats(actor), "office": actor.kind == "post", "lists": _lists(rows)}
    return render(request, "wages/jobs/desk.html", context)


def _lists(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    now = [row for row in rows if row["case"].closed_at is None]
    return [(_("现在的"), now), (_("结束了的"), [row for row in rows if row["case"].closed_at is not None])]


def _mine(actor: Actor) -> Any:
    rows = Case.objects.filter(procedure__in=("wages.vacancy", "wages.course"))
    if actor.kind == "post":
        return query.visible(actor) & rows
    parts = Participation.objects.filter(account_id=actor.account_id, role__in=ROLES)
    return rows.filter(Q(pk__in=parts.values("case_id")))


def _row(case: Case, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "case": case,
        "stage": present.stage_title(case),
        "waiting": counts.get("sent", 0) + counts.get("invited", 0),
        "taken": sum(counts.get(stage, 0) for stage in ("accepted", "enrolled", "attended", "absent")),
        "queue": counts.get("waiting", 0),
        "url": f"/desk/wages/jobs/{case.number}",
    }


def seats(actor: Actor) -> list[tuple[Project, Firm]]:
    """The projects under way an account speaks for a firm on, and that firm."""
    if actor.kind != "account":
        return []
    found = []
    for project in who.projects(actor).filter(case__stage="running").order_by("-pk")[:MOST]:
        firms = Firm.objects.filter(pk__in=who.hands(actor, project).firms).order_by("name")
        found += [(project, firm) for firm in firms]
    return found


def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A posting of a firm on one of its projects, or a course of an office."""
    actor = asked.signed_in(request)
    if isinstance(actor, HttpResponse):
        return actor
    if kind not in KINDS:
        raise Http404
    mine = seats(actor)
    office = actor.kind == "post"
    if office and (kind == "vacancy" or not actor.roles & {"handler", "leader"}):
        raise Refused("forbidden", _("招聘由项目上的单位发布；单位的承办人员可以发布培训。"), 403)
    if not office and not mine:
        raise Refused("no_seat", _("只有施工中项目的劳资专管员、分包单位劳资员可以发布。"), 403)
    form = KINDS[kind][0]
    sent, trouble = None, None
    chosen = text_in(request.POST, "_for") if request.method == "POST" else text_in(request.GET, "for")
    if request.method == "POST":
        sent = Submission(request, form, actor)
        data = {**sent.data, **_for(chosen, mine)}
        opened, trouble = attempt(lambda: _post(kind, actor, data, sent.key))
        if opened is not None:
            messages.success(request, _after(opened.case_id))
            return redirect(f"/desk/wages/jobs/{opened.number}")
    context = {
        "kind": kind,
        "seats": [(f"{project.case.number}.{firm.pk}", project, firm) for project, firm in mine],
        "chosen": chosen,
        "bound": form.bind(sent.data if sent else None, trouble.errors if trouble else None),
        "key": sent.key if sent and trouble and trouble.errors else new_key(),
        "trouble": trouble,
        "action": f"/desk/wages/jobs/new/{kind}",
        "back": "/desk/wages/jobs",
    }
    return render(request, "wages/jobs/form.html", context, status=trouble.status if trouble else 200)


def _for(chosen: str, mine: list[tuple[Project, Firm]]) -> dict[str, Any]:
    """The project and firm chosen; the only one when there is one; nothing of others'."""
    for project, firm in mine:
        if len(mine) == 1 or chosen == f"{project.case.number}.{firm.pk}":
            return {"project": project.case.number, "firm": firm.pk}
    return {}


def _post(kind: str, actor: Actor, data: dict[str, Any], key: str) -> Any:
    if actor.kind != "post" and "project" not in data:
        raise Refused("no_project", _("请选择是哪个项目、哪个单位"), 422)
    procedure, opening = ("wages.vacancy", "post") if kind == "vacancy" else ("wages.course", "announce")
    if actor.kind != "post" and held(kind, data):
        opening += "_look"
    return doors.open_case(procedure, opening, actor, data, key=key)


def held(kind: str, data: dict[str, Any]) -> bool:
    """Whether it goes before an office first: it has words that need a look, and its writer asked for one."""
    texts = [str(data.get(name) or "") for name in ("subject", "work", "contact")]
    return data.get("look") in (True, "true", "on", "1") and bool(
        honesty.told(texts, course=kind == "course")
    )


def _after(case_id: int) -> str:
    stage = Case.objects.values_list("stage", flat=True).get(pk=case_id)
    return _("已送劳动保障部门看，看过就发布") if stage == "checking" else _("已发布")


pages = (
    Page("desk/wages/jobs", index, "wages_desk_jobs"),
    Page("desk/wages/jobs/new/<str:kind>", new, "wages_desk_jobs_new"),
)
