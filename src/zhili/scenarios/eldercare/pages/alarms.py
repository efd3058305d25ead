"""/care: who calls for help in my village, with one large button; and one alarm for the person who goes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhili.base.geo import distance_m
from zhili.core.cases import present, registry
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.models import Post
from zhili.core.streams.live import position
from zhili.portal.acting import take
from zhili.portal.errors import Trouble
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.eldercare import devices, looking
from zhili.scenarios.eldercare.answering import ALARM
from zhili.scenarios.eldercare.kinds import KINDS
from zhili.scenarios.eldercare.models import AlarmDetail
from zhili.scenarios.eldercare.pages import who

PLAIN = ("accept", "go", "arrive")
"""Steps of one press."""
WAITING = ("raised", "raised_town", "unanswered")


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Cell and kind, nothing of whoever calls. Stays current by ``/live``; whole without scripts."""
    last = position()  # before anything is read
    cases = who.visible(actor, ALARM)
    details = {one.pk: one for one in AlarmDetail.objects.filter(pk__in=[case.pk for case in cases])}
    lines = [line(case, details[case.pk], actor) for case in cases if case.pk in details]
    context = {
        "waiting": [one for one in lines if one["waits"]],
        "going": [one for one in lines if not one["waits"]],
        "last": last,
        "keeps": who.keeps(actor),
        "actor": actor,
    }
    return render(request, "eldercare/alarms.html", context)


def line(case: Case, detail: AlarmDetail, actor: Actor) -> dict[str, Any]:
    kind = KINDS[detail.kind]
    return {
        "case": case,
        "number": case.number,
        "kind": _(kind.title),
        "icon": kind.icon,
        "first": _(kind.first),
        "place": case.cell.name if case.cell else (case.division.name if case.division else ""),
        "stage": present.stage_title(case),
        "waits": case.stage in WAITING,
        "call_120": case.stage == "unanswered",
        "repeats": detail.repeats,
        "mine": looking.is_responder(case, detail, actor),
        "responder": responder_of(detail),
        "key": new_key(),
    }


def responder_of(detail: AlarmDetail) -> str:
    """The office and the post that went, never a name."""
    post = Post.objects.select_related("office").filter(pk=detail.post_id or 0).first()
    return f"{post.office.name} {post.title}" if post is not None else ""


def show(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    case, detail = who.alarm(number, actor)
    return _draw(request, actor, case, detail)


@require_POST
def step(request: HttpRequest, actor: Actor, number: str, action: str) -> HttpResponse:
    """A press of the responder. What is refused is said on the same page, with what was typed."""
    case, detail = who.alarm(number, actor)
    sent, trouble = take(request, case, action, actor)
    case, detail = who.alarm(number, actor)
    if trouble is not None:
        return _draw(request, actor, case, detail, tried=(action, sent, trouble))
    if case.closed_at is not None:
        messages.success(request, _("已结案。姓名、电话、住址和位置从现在起看不到了。"))
        return HttpResponseRedirect("/care")
    return HttpResponseRedirect(f"/care/a/{case.number}")


@require_POST
def where(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The wristband's last position: opened by a press, recorded, shown to the wearer."""
    case, detail = who.alarm(number, actor)
    found = looking.where(case, detail, actor)
    return _draw(request, actor, case, detail, place=found, asked=True)


@require_POST
def for_120(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Everything a call to 120 needs, for the office that must make it because nobody went."""
    case, detail = who.alarm(number, actor)
    person = looking.person(case, detail, actor, f"拨打120，呼救{case.number}")
    return _draw(request, actor, case, detail, person=person)


def _draw(
    request: HttpRequest,
    actor: Actor,
    case: Case,
    detail: AlarmDetail,
    *,
    tried: tuple[str, Submission, Trouble] | None = None,
    person: looking.Person | None = None,
    place: devices.Position | None = None,
    asked: bool = False,
) -> HttpResponse:
    mine = looking.is_responder(case, detail, actor)
    if mine:
        person = looking.person(case, detail, actor)
    offers = [one for one in present.actions_for(case, actor) if not one.standing]
    forms = [_form(case, one, tried) for one in offers if one.form is not None]
    shown = ("called", "close") if mine else ("take_over", "called")
    context = {
        "one": line(case, detail, actor),
        "case": case,
        "detail": detail,
        "mine": mine,
        "person": person,
        "place": place,
        "from_home": _from_home(person, place),
        "asked": asked,
        "must_call": looking.must_call(case, actor),
        "presses": [one for one in offers if one.name in PLAIN and (mine or one.name == "accept")],
        "forms": [one for one in forms if one["name"] in shown],
        "entries": present.timeline(case, actor),
        "trouble": tried[2] if tried else None,
        "key": new_key(),
        "last": position(),
        "over": case.closed_at is not None,
    }
    status = tried[2].status if tried else 200
    answer = render(request, "eldercare/alarm.html", context, status=status)
    if person is not None or place is not None:
        answer["Cache-Control"] = "no-store"
    return answer


def _from_home(person: looking.Person | None, place: devices.Position | None) -> int | None:
    """Metres from home to the wristband, to the ten: numbers of a map say nothing to whoever runs."""
    if person is None or person.point is None or place is None:
        return None
    return 10 * round(distance_m(person.point, (place.lon, place.lat)) / 10)


def _form(case: Case, offer: Any, tried: tuple[str, Submission, Trouble] | None) -> dict[str, Any]:
    mine = tried if tried and tried[0] == offer.name else None
    form = registry.procedures()[case.procedure].actions[offer.name].form
    bound = form.bind(mine[1].data if mine else None, mine[2].errors if mine else None, prefix=offer.name)
    key = mine[1].key if mine else new_key()
    return {
        "name": offer.name,
        "title": offer.title,
        "hint": offer.hint,
        "bound": bound,
        "key": key,
        "open": mine,
    }
