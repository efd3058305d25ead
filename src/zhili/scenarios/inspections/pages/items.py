"""/desk/inspections/items: the catalogue, one item and its versions, a table handed in, what waits."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.forms import Choice, Form, FormErrors, Integer, LongText, Text
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.portal.asked import number_in, text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission
from zhili.scenarios.inspections import launching
from zhili.scenarios.inspections.catalogue import keeping, reading
from zhili.scenarios.inspections.catalogue.kinds import BODIES, METHODS, OBJECTS
from zhili.scenarios.inspections.catalogue.lines import check
from zhili.scenarios.inspections.models import Entry, Scene
from zhili.scenarios.inspections.pages import filling, who, wording

HERE = "/desk/inspections/items"
PAGE = 40
STATES = ("in_force", "draft", "withdrawn")
MOST_BAD = 200


class ItemForm(Form):
    code = Text("事项编号", required=True, max_length=16, help="2 到 16 个大写字母、数字或短横线，例如 Z01。")
    title = Text("事项名称", required=True, max_length=60)
    law = Text("法律依据", required=True, max_length=80, help="法律、法规或规章的全称，不加书名号。")
    article = Text("条款", required=True, max_length=40, help="例如：第八条第二款。")
    body = Choice("检查主体", required=True, choices=list(BODIES.items()))
    object_kind = Choice("对象种类", required=True, choices=list(OBJECTS.items()))
    ratio = Integer("抽查比例（%）", required=True, min=1, max=100)
    frequency = Integer("每年次数", required=True, min=1, max=12)
    method = Choice("方式", required=True, choices=list(METHODS.items()))
    minutes = Integer("时长（分钟）", required=True, min=5, max=480)
    checklist = LongText("检查要点", required=True, max_length=2000, help="一行一个问题。")
    reason = Text("为什么改", required=True, max_length=300)


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Items by state; a table can be handed in, and what waits be confirmed."""
    trouble, read = None, None
    refused: list[Any] = []
    if request.method == "POST":
        done, trouble = attempt(lambda: _take_in(request, actor))
        if done is not None:
            read, made, refused = done
            words = ngettext("%(n)d 项已列入，等另一人确认。", "%(n)d 项已列入，等另一人确认。", made)
            messages.success(request, words % {"n": made})
    state, words, body = (text_in(request.GET, name) for name in ("state", "q", "body"))
    state, body = state if state in STATES else STATES[0], body if body in BODIES else ""
    after = text_in(request.GET, "after")
    found = _found(state, words, body)
    rows = list(found.filter(code__gt=after)[: PAGE + 1])
    context = {
        "rows": [wording.item(one) for one in rows[:PAGE]],
        "more": f"?state={state}&body={body}&q={words}&after={rows[PAGE - 1].code}"
        if len(rows) > PAGE
        else "",
        "tabs": _tabs(state),
        "state": state,
        "q": words,
        "body": body,
        "bodies": [(code, gettext(title)) for code, title in BODIES.items()],
        "keeps": who.keeps(actor),
        "publishes": bool(launching.bodies(managing.administered(actor))),
        "empty": not Entry.objects.exists(),
        "confirmable": _confirmable(actor),
        "read": read,
        "bad": read.bad[:MOST_BAD] if read else [],
        "refused": refused,
        "trouble": trouble,
    }
    return render(request, "inspections/items.html", context, status=trouble.status if trouble else 200)


def _found(state: str, words: str, body: str) -> QuerySet[Entry]:
    found = Entry.objects.filter(state=state).order_by("code", "-number")
    if body:
        found = found.filter(body=body)
    if words:
        found = found.filter(Q(title__icontains=words) | Q(law__icontains=words) | Q(code=words.upper()))
    return found


def _tabs(state: str) -> list[dict[str, Any]]:
    titles = {"in_force": gettext("已生效"), "draft": gettext("待另一人确认"), "withdrawn": gettext("已停用")}
    return [
        {
            "title": titles[one],
            "url": f"{HERE}?state={one}",
            "count": Entry.objects.filter(state=one).count(),
            "current": one == state,
        }
        for one in STATES
    ]


def _confirmable(actor: Actor) -> int:
    if not who.keeps(actor):
        return 0
    waiting = Entry.objects.filter(state="draft").exclude(checked="unconfirmed")
    return waiting.filter(Q(drafted_by=None) | ~Q(drafted_by=actor.account_id)).count()


def _take_in(request: HttpRequest, actor: Actor) -> tuple[reading.Read, int, list[tuple[int, str]]]:
    _only_keepers(actor)
    table = request.FILES.get("table")
    if table is None or not table.name:
        raise Refused("no_table", gettext("请先选一个表格文件（CSV 或 Excel）"), 422)
    if (table.size or 0) > reading.LARGEST:
        raise Refused("too_large", gettext("表格超过 2 MB，请分几次交"), 413)
    read = reading.of_file(table.name, table.read())
    made, refused = keeping.load(actor, read, table.name[:80])
    return read, made, refused


def item(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One item: what holds, what waits, every version; a new version is drafted here."""
    versions = list(Entry.objects.filter(code=code).order_by("-number"))
    if not versions:
        raise Http404
    draft = next((one for one in versions if one.state == "draft"), None)
    live = next((one for one in versions if one.state == "in_force"), None)
    shown = live or draft or versions[0]
    asked = request.POST.get("_do", "")
    change = filling.filled(
        request,
        actor,
        ItemForm,
        lambda sent: _propose(actor, sent, code),
        gettext("已起草，等另一人确认。"),
        here=asked == "change",
        start=_as_form(draft or shown),
    )
    if change.response:
        return change.response
    done, trouble = (
        attempt(lambda: _decide(request, actor, draft, code)) if asked in DECIDING else (None, None)
    )
    if done:
        return redirect(done)
    return _draw(request, actor, versions, draft, live, change, trouble)


def _draw(
    request: HttpRequest,
    actor: Actor,
    versions: list[Entry],
    draft: Entry | None,
    live: Entry | None,
    change: filling.Filled,
    trouble: Trouble | None,
) -> HttpResponse:
    shown = live or draft or versions[0]
    own = draft is not None and draft.drafted_by is not None and draft.drafted_by == actor.account_id
    context = {
        "item": wording.item(shown),
        "draft": wording.item(draft) if draft else None,
        "differs": _differences(live, draft) if live and draft else [],
        "live": live,
        "own": own,
        "versions": [wording.item(one) for one in versions],
        "scenes": list(Scene.objects.filter(items__contains=[shown.code]).order_by("code")),
        "keeps": who.keeps(actor),
        "change": change,
        "trouble": trouble,
    }
    status = trouble.status if trouble else change.status
    return render(request, "inspections/item.html", context, status=status)


def _differences(live: Entry, draft: Entry) -> list[tuple[str, str, str]]:
    """(what, now, then) of every column that would change."""
    old, new = live.line().as_json(), draft.line().as_json()
    titles = {one.name: one.verbose_name for one in Entry._meta.concrete_fields}
    return [(str(titles[name]), _told(old[name]), _told(new[name])) for name in old if old[name] != new[name]]


def _told(value: Any) -> str:
    return "；".join(value) if isinstance(value, list) else str(value)


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """An item that was not there."""
    change = filling.filled(
        request, actor, ItemForm, lambda sent: _propose(actor, sent), gettext("已起草，等另一人确认。")
    )
    if change.response:
        return change.response
    return render(request, "inspections/item_new.html", {"change": change}, status=change.status)


def _propose(actor: Actor, sent: Submission, code: str = "") -> str:
    _only_keepers(actor)
    told = dict(ItemForm.validate(sent.data).values)
    reason = str(told.pop("reason"))
    line, wrong = check({name: str(value) for name, value in told.items()} | ({"code": code} if code else {}))
    if line is None:
        raise FormErrors({name: [why] for name, why in wrong.items()})
    if not code and Entry.objects.filter(code=line.code).exists():
        raise FormErrors({"code": [gettext("已有这个编号，请打开它来改")]})
    keeping.propose(actor, line, reason)
    return f"{HERE}/{line.code}"


def _as_form(one: Entry) -> dict[str, Any]:
    told = one.line().as_json()
    return {name: told[name] for name in ItemForm._fields if name in told} | {
        "checklist": "\n".join(one.checklist)
    }


DECIDING = ("confirm", "refuse", "withdraw")


def _decide(request: HttpRequest, actor: Actor, draft: Entry | None, code: str) -> str:
    _only_keepers(actor)
    asked, reason = request.POST.get("_do", ""), request.POST.get("reason", "").strip()
    if asked == "confirm":
        keeping.confirm(actor, number_in(request.POST, "entry") or 0, read=bool(request.POST.get("read")))
        messages.success(request, gettext("已确认，现在起生效。"))
    elif not reason:
        raise Refused("no_reason", gettext("请写明理由"), 422)
    elif asked == "refuse":
        keeping.refuse(actor, number_in(request.POST, "entry") or 0, reason)
        messages.success(request, gettext("已退回，现行的不变。"))
    else:
        keeping.withdraw(actor, code, reason)
        messages.success(request, gettext("已停用，不再据此检查。"))
    return f"{HERE}/{code}"


@require_POST
def confirm_read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every draft of somebody else's whose basis was compared with the text."""
    n = keeping.confirm_read(actor)
    words = ngettext("%(n)d 项已生效。", "%(n)d 项已生效。", n)
    messages.success(request, words % {"n": n})
    return redirect(f"{HERE}?state=draft")


@require_POST
def seed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The platform's starting catalogue, as drafts."""
    items, scenes = keeping.seed(actor)
    words = gettext("载入 %(items)d 个事项、%(scenes)d 个场景。事项要由一位同事确认后才生效。")
    messages.success(request, words % {"items": items, "scenes": scenes})
    return redirect(f"{HERE}?state=draft")


@require_POST
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The catalogue in force as a table that can be handed in again."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(reading.HEADS)
    rows = list(Entry.objects.filter(state="in_force").order_by("code"))
    for one in rows:
        told = one.line().as_json()
        table.writerow(["；".join(told[n]) if n == "checklist" else told[n] for n in reading.HEADS.values()])
    doors.record("inspection_items_exported", actor, {"office": actor.office_id, "rows": len(rows)})
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"zhili-inspection-items-{timezone.localdate():%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _only_keepers(actor: Actor) -> None:
    if not who.keeps(actor):
        raise PermissionDenied(gettext("目录由县级以上单位的负责岗位或管理员维护。"))


pages = (
    Page("desk/inspections/items", listing, "inspection_items", may=who.reads),
    Page("desk/inspections/items/new", new, "inspection_item_new", may=who.keeps),
    Page("desk/inspections/items/confirm", confirm_read, "inspection_items_confirm", may=who.keeps),
    Page("desk/inspections/items/seed", seed, "inspection_items_seed", may=who.keeps),
    Page("desk/inspections/items/export.csv", export, "inspection_items_export", may=who.reads),
    Page("desk/inspections/items/<slug:code>", item, "inspection_item", may=who.reads),
)
