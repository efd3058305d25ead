"""/desk/deputies: who stands in for whom in an office, and naming somebody."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.forms import Choice, Date, Form, FormErrors, Text
from zhili.core.people import deputies
from zhili.core.people.actors import Actor
from zhili.core.people.deputies import DeputyRefused
from zhili.core.people.models import Post
from zhili.core.people.offices import tree
from zhili.portal.asked import number_in
from zhili.portal.pages.admin import frame
from zhili.portal.submitted import Submission


class DeputyForm(Form):
    post = Choice("代理哪个岗位", required=True)
    account = Choice("由谁代理", required=True, help="本单位、上级、同级和下一级单位的在岗人员。")
    first = Date("从哪天起", required=True)
    last = Date("到哪天止", required=True, help="当天仍有效，次日自动失效。")
    reason = Text("原因", max_length=100, help="如：休假、外出培训。不写病情等个人情况。")


def manage(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The page, and what its form sends. ``?office=`` an office below the actor's own."""
    asked = number_in(request.GET, "office")
    office_id = asked if asked is not None and deputies.may_manage(actor, asked) else actor.office_id or 0
    chairs = deputies.chairs(office_id)
    choices = {
        "post": [(str(chair.post.pk), chair.post.title) for chair in chairs],
        "account": deputies.candidates(office_id) if deputies.may_manage(actor, office_id) else [],
    }
    sent, errors = None, None
    if request.method == "POST":
        deputies.check_manager(actor, office_id)
        sent = Submission(request, DeputyForm, actor)
        errors = _name(sent.data, choices, {str(c.post.pk): c.post for c in chairs}, actor)
        if errors is None:
            messages.success(request, gettext("已登记代理。到期自动失效，也可以提前结束。"))
            return redirect(request.get_full_path())
    node = tree().nodes.get(office_id)
    today = {"first": timezone.localdate().isoformat()}
    context = {
        "office": node.name if node else "",
        "chairs": chairs,
        "may": deputies.may_manage(actor, office_id),
        "bound": DeputyForm.bind(sent.data if sent else today, errors, choices=choices),
        "below": [tree().nodes[one] for one in deputies.posts_managed(actor)][:200],
        "chosen": office_id,
        "sections": frame.sections(request, actor),
    }
    return render(request, "portal/deputies.html", context, status=422 if errors else 200)


def _name(data: dict[str, Any], choices: dict[str, Any], posts: dict[str, Post], actor: Actor) -> Any:
    """None when done, else each field's reasons."""
    try:
        values = DeputyForm.validate(data, choices).values
        first, last = date.fromisoformat(values["first"]), date.fromisoformat(values["last"])
        post = posts[values["post"]]
        deputies.name_deputy(post, int(values["account"]), first, last, values.get("reason", ""), actor)
    except FormErrors as error:
        return error.errors
    except DeputyRefused as error:
        return {error.field: [error.message]}
    return None


@require_POST
def end(request: HttpRequest, actor: Actor, deputy: int) -> HttpResponse:
    ended = deputies.end_deputy(deputy, actor)
    if ended is None:
        messages.info(request, gettext("这项代理已经结束。"))
    else:
        messages.success(request, gettext("代理已结束，从现在起不再有效。"))
    return redirect("deputies")
