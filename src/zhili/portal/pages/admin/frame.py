"""What the pages of /desk/admin share: the sections, who may open them, and one change asked for, weighed and made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhili.core.cases import duties
from zhili.core.forms import WHOLE_FORM, Form, FormErrors
from zhili.core.forms.bound import from_post
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.deputies import MANAGERS
from zhili.core.people.managing import AdminRefused
from zhili.core.people.offices import tree
from zhili.core.trail import changes
from zhili.core.trail.changes import Overtaken
from zhili.core.trail.models import Change
from zhili.portal.pages.admin import telling

Facts = list[tuple[str, str]]
PARTS_OF = {
    "posts": "offices",
    "holdings": "offices",
    "proposals": "parameters",
    "tokens": "machines",
    "changes": "log",
    "site-keys": "sites",
}
"""Addresses that belong to another section than their own word."""


@dataclass(frozen=True)
class Section:
    """One subject of administration, as the row of links shows it."""

    title: str
    url: str
    current: bool


def manages(actor: Actor) -> bool:
    """Whether an actor names deputies in its office: then it also sees how the office is set up."""
    return actor.kind == "post" and bool(actor.roles & MANAGERS)


def check_manages(actor: Actor) -> None:
    """Raises PermissionDenied, in words."""
    if not manages(actor) and not duties.keeps_all(actor):
        raise PermissionDenied(gettext("单位设置由本单位审签人和单位管理员使用。"))


def check_leads(actor: Actor) -> None:
    """Raises PermissionDenied unless the actor leads or administers an office."""
    if not manages(actor):
        raise PermissionDenied(gettext("单位设置由本单位审签人和单位管理员使用。"))


def check_oversees(actor: Actor, office_id: int | None) -> None:
    """Raises PermissionDenied unless the office is the actor's own or below it, and it manages there."""
    if not manages(actor) or office_id not in tree().under(actor.office_id or 0):
        raise PermissionDenied(gettext("只能看本单位和下级单位的设置。"))


def sections(request: HttpRequest, actor: Actor) -> list[Section]:
    """What the actor may open."""
    known = [
        (gettext("概览"), "/desk/admin", manages(actor) or duties.keeps_all(actor)),
        (gettext("单位与岗位"), "/desk/admin/offices", manages(actor)),
        (gettext("账号"), "/desk/admin/accounts", bool(managing.administered(actor))),
        (gettext("代理"), "/desk/deputies", manages(actor)),
        (gettext("职责清单"), "/desk/admin/duties", duties.may_read(actor)),
        (gettext("参数"), "/desk/admin/parameters", manages(actor)),
        (gettext("判定表"), "/desk/admin/tables", manages(actor)),
        (gettext("工作日历"), "/desk/admin/calendar", manages(actor)),
        (gettext("接入系统"), "/desk/admin/machines", bool(managing.administered(actor))),
        (gettext("事件推送"), "/desk/admin/webhooks", bool(managing.administered(actor))),
        (gettext("设备"), "/desk/admin/devices", bool(managing.administered(actor))),
        (gettext("感知设备"), "/desk/admin/senders", bool(managing.administered(actor))),
        (gettext("外地站点"), "/desk/admin/sites", managing.city_wide(actor)),
        (gettext("文件用量"), "/desk/admin/files", manages(actor)),
        (gettext("按期清除"), "/desk/admin/retention", manages(actor)),
        (gettext("变更记录"), "/desk/admin/log", manages(actor) or duties.keeps_all(actor)),
    ]
    path = request.path
    for part, home in PARTS_OF.items():
        path = path.replace(f"/desk/admin/{part}/", f"/desk/admin/{home}/", 1)
    here = max(
        (url for _t, url, _may in known if path == url or path.startswith(f"{url}/")), key=len, default=""
    )
    return [Section(title, url, url == here) for title, url, may in known if may]


def show(
    request: HttpRequest, actor: Actor, name: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """A page under the row of sections."""
    frame = {"sections": sections(request, actor), "actor": actor}
    return render(request, f"portal/admin/{name}.html", {**frame, **context}, status=status)


def no_values(values: dict[str, Any]) -> list[str]:
    """Nothing depends on what is filled in."""
    return []


@dataclass
class Task:
    """One change: what it is, what follows from it in words, and the form that asks for what it needs.

    ``preview`` says what follows from the values filled in: the page then comes once more with these sentences, and
    only the second sending makes the change.
    """

    title: str
    back: str
    button: str
    subject: str = ""
    key: object = ""
    form: type[Form] | None = None
    lead: str = ""
    facts: Facts = field(default_factory=list)
    consequences: list[str] = field(default_factory=list)
    choices: dict[str, Any] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    danger: bool = False
    preview: Callable[[dict[str, Any]], list[str]] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    template: str = "task"


Doing = Callable[[dict[str, Any], int | None], str | HttpResponse]
"""Makes the change from the form's values and what its sender had seen; a sentence for the sender, or a page."""


def run(request: HttpRequest, actor: Actor, task: Task, do: Doing) -> HttpResponse:
    """Show the task, or do it: refusals come back beside their fields with all that was typed."""
    if request.method != "POST":
        return _draw(request, actor, task)
    data = from_post(task.form, request.POST) if task.form else {}
    try:
        values = task.form.validate(data, task.choices).values if task.form else {}
        if task.preview is not None and request.POST.get("_sure") != _digest(values):
            return _draw(request, actor, task, data, sure=_digest(values), said=task.preview(values))
        done = do(values, seen_in(request))
    except FormErrors as error:
        return _draw(request, actor, task, data, error.errors, status=422)
    except AdminRefused as error:
        return _draw(request, actor, task, data, {error.field or WHOLE_FORM: [error.message]}, status=422)
    except Overtaken as error:
        return _draw(request, actor, task, data, overtaken=error, status=409)
    if isinstance(done, HttpResponse):
        return done
    messages.success(request, done)
    return redirect(task.back)


def seen_in(request: HttpRequest) -> int:
    """The last change the sender had seen; of a form without one, none."""
    text = request.POST.get("_seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _draw(
    request: HttpRequest,
    actor: Actor,
    task: Task,
    data: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
    *,
    sure: str = "",
    said: list[str] | None = None,
    overtaken: Overtaken | None = None,
    status: int = 200,
) -> HttpResponse:
    known = set(task.form.known()) if task.form else set()
    loose = [m for name, found in (errors or {}).items() if name not in known for m in found]
    bound = (
        task.form.bind(data if data is not None else task.initial, errors, choices=task.choices)
        if task.form
        else None
    )
    # after a conflict the form goes on from what stands now, so that a second sending is a choice and not an accident
    context = {
        "task": task,
        "bound": bound,
        "loose": loose,
        "seen": changes.latest(task.subject, task.key) if task.subject else 0,
        "sure": sure,
        "said": said or [],
        "overtaken": overtaken,
        "newer": telling.lines(overtaken.changes, actor) if overtaken else [],
        **task.more,
    }
    return show(request, actor, task.template, context, status)


def _digest(values: dict[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def page_of(rows: list[Any], request: HttpRequest, size: int = 50) -> tuple[list[Any], str]:
    """(the rows of the asked page, the query string of the next one or "")."""
    text = request.GET.get("from", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    rest = request.GET.copy()
    rest["from"] = str(start + size)
    return rows[start : start + size], f"?{rest.urlencode()}" if len(rows) > start + size else ""


def sign_in_link(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(quote(path))


def history(subject: str, key: object, actor: Actor, most: int = 5) -> list[telling.Line]:
    """The last changes of one thing."""
    rows = Change.objects.filter(subject=subject, key=str(key)).order_by("-id")[:most]
    return telling.lines(list(rows), actor)
