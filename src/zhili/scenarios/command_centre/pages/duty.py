"""/screen/duty: who is on duty today, the register its leaders keep, and the log of the duty room."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases.query import SUBTREE_KINDS
from zhili.core.forms import Choice, Date, Form, FormErrors, LongText, Text
from zhili.core.people.actors import Actor
from zhili.core.people.models import Post
from zhili.core.people.offices import tree
from zhili.portal.asked import number_in
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.command_centre import duty
from zhili.scenarios.command_centre.duty import DutyRefused
from zhili.scenarios.command_centre.models import DutyTurn
from zhili.scenarios.command_centre.pages.who import LEVELS


class TurnForm(Form):
    post = Choice("哪个岗位值班", help="只登记岗位，不登记姓名。")
    first = Date("从哪天起", required=True)
    last = Date("到哪天止", required=True)
    shift = Choice("班次", required=True, choices=DutyTurn.Shift.choices, default="all")
    phone = Text("值班电话", required=True, max_length=32, help="值班室的电话，不填个人手机号。")
    note = Text("说明", max_length=100)


class EntryForm(Form):
    text = LongText(
        "发生了什么，怎么处置",
        required=True,
        max_length=1000,
        help="不写姓名和电话。记下后不能改，写错了另记一条更正。",
    )


def keeps_watch(actor: Actor) -> bool:
    """Posts of offices with a duty room: those over a town or more."""
    seat = tree().nodes.get(actor.office_id or 0) if actor.kind == "post" else None
    return seat is not None and seat.kind == SUBTREE_KINDS[0] and seat.level in LEVELS


def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Today's board; under it the register of one office (``?office=``) for those who keep it."""
    asked = number_in(request.GET, "office")
    office = asked if asked is not None and duty.may_manage(actor, asked) else actor.office_id or 0
    posts = list(Post.objects.filter(office_id=office).order_by("id"))
    choices = {"post": [(str(post.pk), post.title) for post in posts]}
    sent, errors = None, None
    if request.method == "POST":
        duty.check_manager(actor, office)
        sent = Submission(request, TurnForm, actor)
        errors = _name(sent.data, choices, actor, office)
        if errors is None:
            messages.success(request, gettext("已登记。值班安排的每次改动都记在存证里。"))
            return redirect(request.get_full_path())
    node = tree().nodes.get(office)
    today, children = duty.today(actor, limit=400), tree().children.get(actor.office_id or 0, ())
    start = {"first": timezone.localdate().isoformat(), "shift": "all", "phone": node.phone if node else ""}
    context = {
        "near": [one for one in today if one.office_id == actor.office_id or one.office_id in children],
        "further": [
            one for one in today if one.office_id != actor.office_id and one.office_id not in children
        ],
        "office": node.name if node else "",
        "chosen": office,
        "below": duty.managed(actor)[:200],
        "may": duty.may_manage(actor, office),
        "turns": duty.turns_of(office),
        "bound": TurnForm.bind(sent.data if sent else start, errors, choices=choices),
    }
    return render(request, "command_centre/duty.html", context, status=422 if errors else 200)


def _name(
    data: dict[str, Any], choices: dict[str, Any], actor: Actor, office: int
) -> dict[str, list[str]] | None:
    """None when done, else each field's reasons."""
    try:
        values = TurnForm.validate(data, choices).values
        post = values.get("post")
        duty.name(
            actor,
            office,
            int(post) if post else None,
            date.fromisoformat(values["first"]),
            date.fromisoformat(values["last"]),
            values["shift"],
            values["phone"],
            values.get("note", ""),
        )
    except FormErrors as error:
        return error.errors
    except DutyRefused as error:
        return {error.field: [error.message]}
    return None


@require_POST
def end(request: HttpRequest, actor: Actor, turn: int) -> HttpResponse:
    if duty.end(actor, turn):
        messages.success(request, gettext("已撤下。"))
    else:
        messages.info(request, gettext("这一班已经不在了。"))
    return redirect("screen_duty")


def log(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The log, and its next line."""
    sent, errors = None, None
    if request.method == "POST":
        sent = Submission(request, EntryForm, actor)
        try:
            duty.write(actor, EntryForm.validate(sent.data).values["text"])
        except FormErrors as error:
            errors = error.errors
        except DutyRefused as error:
            errors = {error.field: [error.message]}
        if errors is None:
            messages.success(request, gettext("已记下。"))
            return redirect("screen_duty_log")
    context = {
        "lines": duty.log(actor),
        "bound": EntryForm.bind(sent.data if sent else None, errors),
    }
    return render(request, "command_centre/duty_log.html", context, status=422 if errors else 200)


pages = (
    Page("screen/duty", board, "screen_duty", may=keeps_watch),
    Page("screen/duty/<int:turn>/end", end, "screen_duty_end", may=keeps_watch),
    Page("screen/duty/log", log, "screen_duty_log", may=keeps_watch),
)
