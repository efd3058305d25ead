"""/desk/village: what the committee has written, what shows now, what is missing, and the three renderings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.cases import present
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.places.tree import Node
from zhili.portal.asked import text_in
from zhili.portal.lenses import Page
from zhili.scenarios.village_screens import checklist, content, television
from zhili.scenarios.village_screens.models import (
    DisclosureDetail,
    Display,
    MotionDetail,
    NoticeDetail,
    QuestionDetail,
)
from zhili.scenarios.village_screens.pages import who
from zhili.scenarios.village_screens.pages.board import board_context
from zhili.scenarios.village_screens.pages.public import framed

SHOWN = 40
KINDS = {
    "notice": ("village_screens.notice", "write"),
    "disclosure": ("village_screens.disclosure", "write"),
    "motion": ("village_screens.motion", "propose"),
    "question": ("village_screens.question", ""),
}


@dataclass(frozen=True)
class Line:
    """A case of the village in the list: what it is, how far, and whether it stands on the screens now."""

    number: str
    kind: str
    heading: str
    stage: str
    state: str
    now: bool
    since: datetime
    until: datetime | None
    due: datetime | None
    overdue: bool


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list, newest first; ``?kind=`` of one kind, ``?state=open`` what still waits."""
    division = who.village_of(request, actor)
    shown = content.of(division)
    loop = content.loop(division.id)
    lines = checklist.of(division.id, loop.monthly_finance)
    kind, state = text_in(request.GET, "kind"), text_in(request.GET, "state")
    context = {
        **common(request, actor, division),
        "lines": listed(division, kind, state, shown),
        "kind": kind,
        "state": state,
        "checklist": lines,
        "missing": checklist.missing(lines),
        "quarter": checklist.quarter(timezone.localdate()),
        "pages": television.pages(shown, loop),
        "shown": shown,
        "displays": Display.objects.filter(division_id=division.id, revoked_at=None).count(),
        "writes": _writes(actor, division),
    }
    return render(request, "village_screens/desk.html", context)


def preview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The three renderings side by side, of the one content."""
    division = who.village_of(request, actor)
    return render(request, "village_screens/preview.html", common(request, actor, division))


def screen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/desk/village/screen: the committee's big screen. Its part ``?part=now`` is fetched again and again."""
    division = who.village_of(request, actor)
    context = {
        **common(request, actor, division),
        **board_context(division),
        "preview": "preview" in request.GET,
    }
    part = text_in(request.GET, "part") == "now"
    name = "village_screens/parts/board.html" if part else "village_screens/board.html"
    return framed(render(request, name, context))


def common(request: HttpRequest, actor: Actor, division: Node) -> dict[str, Any]:
    """What every page of the desk needs: the village, and the others of a town's or a county's office."""
    mine = who.below(actor)
    return {
        "village": division,
        "villages": mine if 1 < len(mine) <= 60 else [],
        "many": len(mine) > 1,
        "q": f"?v={division.code}" if len(mine) > 1 else "",
        "keeps": who.keeps(actor),
        "actor": actor,
        "path": request.path,
    }


def listed(division: Node, kind: str, state: str, shown: content.Content) -> list[Line]:
    """The cases of the village, newest first. Two queries, and one for each kind of words."""
    wanted = [KINDS[kind][0]] if kind in KINDS else [one for one, _opening in KINDS.values()]
    found = Case.objects.filter(procedure__in=wanted, division_id=division.id, confidential=False)
    if state == "open":
        found = found.filter(closed_at=None)
    cases = list(found.order_by("-id")[:SHOWN])
    now = {one.number for one in (*shown.notices, *shown.disclosures, *shown.motions)}
    headings = _headings([one.pk for one in cases])
    until = dict(NoticeDetail.objects.filter(pk__in=[o.pk for o in cases]).values_list("pk", "ends_at"))
    names = {procedure: name for name, (procedure, _opening) in KINDS.items()}
    return [
        Line(
            one.number,
            names[one.procedure],
            headings.get(one.pk) or one.title,
            present.stage_title(one),
            "over" if one.overdue and one.closed_at is None else "open" if one.closed_at is None else "done",
            one.number in now or (one.procedure.endswith("question") and one.stage == "answered"),
            one.opened_at,
            until.get(one.pk),
            one.due_at,
            one.overdue and one.closed_at is None,
        )
        for one in cases
    ]


def _headings(ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for model in (NoticeDetail, DisclosureDetail, MotionDetail):
        found.update(model.objects.filter(pk__in=ids).values_list("pk", "heading"))
    found.update(QuestionDetail.objects.filter(pk__in=ids).values_list("pk", "question"))
    return found


def _writes(actor: Actor, division: Node) -> list[tuple[str, str]]:
    """What the committee itself may begin; offices above read and approve."""
    if not who.of_village(actor) or not actor.roles & {"handler", "leader"}:
        return []
    return [
        (gettext("写通知"), "/new/village_screens.notice/write"),
        (gettext("拟公开"), "/new/village_screens.disclosure/write"),
        (gettext("提议题"), "/new/village_screens.motion/propose"),
    ]


pages = (
    Page("desk/village", show, "village_desk", may=who.committee),
    Page("desk/village/preview", preview, "village_preview", may=who.committee),
    Page("desk/village/screen", screen, "village_screen", may=who.committee),
)
