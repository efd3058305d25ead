"""PDFs: labels for items and slots, the chain of custody, the list of what was returned to its owner."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from zhili.base.codes import show_case_number
from zhili.core.cases import present, query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.documents import aside, printing
from zhili.core.people.actors import Actor
from zhili.portal.lenses import Page
from zhili.scenarios.evidence import chain, sheets
from zhili.scenarios.evidence.kinds import GROUNDS, title_of
from zhili.scenarios.evidence.models import HandIn, ItemDetail, Slot, Store
from zhili.scenarios.evidence.pages.who import PROCEDURE, any_post, custodian, find

MOST = 200
"""Labels or lines on one paper."""


def labels(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Of the items named (``?n=``), or of all handed in on one list (``?list=``)."""
    wanted = query.visible(actor).filter(procedure=PROCEDURE)
    if listed := request.GET.get("list", ""):
        hand_in = HandIn.objects.filter(pk=int(listed) if listed.isdecimal() else 0).first()
        wanted = wanted.filter(pk__in=ItemDetail.objects.filter(hand_in=hand_in).values("case_id"))
    else:
        wanted = wanted.filter(number__in=request.GET.getlist("n")[:MOST])
    cases = list(wanted.order_by("id")[:MOST])
    if not cases:
        raise Http404
    details = ItemDetail.objects.in_bulk([case.pk for case in cases])
    shown = [
        {
            "code": sheets.code(request.build_absolute_uri(f"/evidence/i/{case.number}")),
            "title": case.title,
            "number": show_case_number(case.number),
            "lines": [
                details[case.pk].matter,
                gettext(title_of(GROUNDS, details[case.pk].ground)),
                present.office_name(case.office_id),
            ],
        }
        for case in cases
    ]
    return _paper(lambda: sheets.pdf("labels", {"labels": shown}), "labels.pdf")


def slots(request: HttpRequest, actor: Actor, store: int) -> HttpResponse:
    """Labels to stick on the slots of a store."""
    found = Store.objects.filter(pk=store, office_id=actor.office_id or 0).first()
    if found is None:
        raise Http404
    shown = [
        {"code": sheets.code(one.code), "title": one.code, "number": "", "lines": [found.name]}
        for one in Slot.objects.filter(rack__room__store=found).order_by("code")[:MOST]
    ]
    return _paper(lambda: sheets.pdf("labels", {"labels": shown}), "slots.pdf")


def custody(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The chain on paper, with the hashes of its leaves."""
    case, detail = find(number, actor)
    context = {
        "case": case,
        "detail": detail,
        "stage": present.stage_title(case),
        "keeper": present.office_name(case.office_id),
        "events": chain.of(case, actor),
        "code": sheets.code(request.build_absolute_uri(f"/evidence/i/{case.number}")),
    }
    return _paper(lambda: sheets.pdf("custody", context), f"custody-{case.number}.pdf")


def returned(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """发还清单: this item, and those of the same matter that its owner took with it on the same day."""
    case, detail = find(number, actor)
    step = _handed_out(case)
    if step is None or case.office_id != actor.office_id:
        raise Http404
    items = []
    for one in _with_it(case, detail, actor):
        out = _handed_out(one)
        if out is not None and out.at.date() == step.at.date():
            items.append({"case": one, "detail": ItemDetail.objects.get(pk=one.pk), "at": out.at})
    images = {
        name: body
        for name, field in (("owner", "signature"), ("custodian", "custodian_signature"))
        if (body := sheets.picture(step.data.get(field, []))) is not None
    }
    context = {"office": present.office_name(case.office_id), "items": items, **dict.fromkeys(images, True)}
    return _paper(lambda: sheets.pdf("returned", context, images), f"returned-{case.number}.pdf")


def _with_it(case: Case, detail: ItemDetail, actor: Actor) -> list[Case]:
    same = ItemDetail.objects.filter(matter=detail.matter).values("case_id")
    found = query.visible(actor).filter(pk__in=same, stage="returned", office_id=case.office_id)
    return list(found.order_by("id")[:MOST])


def _handed_out(case: Case) -> Step | None:
    return Step.objects.filter(case=case, action="hand_out").order_by("-seq").first()


def _paper(made: Callable[[], bytes], name: str) -> HttpResponse:
    try:
        body = made()
    except printing.Busy as error:
        raise Refused("busy", gettext("打印的人多，请过一会儿再试"), 503) from error
    except (aside.Lacking, aside.Failed) as error:
        raise Refused("no_press", gettext("这台服务器现在不能制版，请联系管理员"), 503) from error
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


pages = (
    Page("evidence/labels.pdf", labels, "evidence_labels", may=custodian),
    Page("evidence/stores/<int:store>/labels.pdf", slots, "evidence_slot_labels", may=custodian),
    Page("evidence/i/<str:number>/custody.pdf", custody, "evidence_custody", may=any_post),
    Page("evidence/i/<str:number>/returned.pdf", returned, "evidence_returned", may=any_post),
)
