"""/evidence/stores: an office's stores; each drawn as a plan with a list beside it, and added to by its leaders."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhili.core.cases import query
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import Decimal, Form, Integer, Text
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.evidence import plan
from zhili.scenarios.evidence.models import ItemDetail, Rack, Room, Slot, Store
from zhili.scenarios.evidence.pages.overview import lines
from zhili.scenarios.evidence.pages.who import PROCEDURE, custodian

CODE = "几位字母或数字，会印在货位标签上。"


class NewStore(Form):
    code = Text("代码", required=True, max_length=6, help=CODE)
    name = Text("名称", required=True, max_length=60)
    address = Text("地址", max_length=120)


class NewRoom(Form):
    code = Text("代码", required=True, max_length=6, help=CODE)
    name = Text("名称", required=True, max_length=60)
    width = Decimal("宽（米）", required=True, min=1, max=200)
    depth = Decimal("深（米）", required=True, min=1, max=200)


class NewRack(Form):
    room = Text("在哪个房间（代码）", required=True, max_length=6)
    code = Text("代码", required=True, max_length=4, help=CODE)
    x = Decimal("离左墙（米）", required=True, min=0, max=200)
    y = Decimal("离里墙（米）", required=True, min=0, max=200)
    width = Decimal("长（米）", required=True, min=0, max=50)
    depth = Decimal("深（米）", required=True, min=0, max=50)
    levels = Integer("层数", required=True, min=1, max=9)
    across = Integer("每层格数", required=True, min=1, max=20)
    capacity = Integer("每格能放几件", required=True, min=1, max=500, default=4)


FORMS: dict[str, type[Form]] = {"room": NewRoom, "rack": NewRack}


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The stores, and the form of another one. With one store and an item to place, straight to its plan."""
    stores = list(Store.objects.filter(office_id=actor.office_id or 0, closed_on=None).order_by("code"))
    item = text_in(request.GET, "item")
    if item and len(stores) == 1:
        return redirect(f"/evidence/stores/{stores[0].pk}?item={item}")
    sent, trouble = None, None
    if request.method == "POST":
        _only_leaders(actor)
        sent = Submission(request, NewStore, actor)

        def add() -> Store:
            values = NewStore.validate(sent.data).values
            return plan.add_store(actor, values["code"].upper(), values["name"], values.get("address", ""))

        made, trouble = attempt(add)
        if made is not None:
            messages.success(request, gettext("库房已登记，请接着加房间和货架。"))
            return redirect(f"/evidence/stores/{made.pk}")
    context = {"stores": stores, "item": item, **_form(NewStore, sent, trouble, actor)}
    return render(request, "evidence/stores.html", context, status=trouble.status if trouble else 200)


def show(request: HttpRequest, actor: Actor, store: int) -> HttpResponse:
    """The plan. ``?slot=`` lists what is in a slot, ``?item=`` is to be put into the slot that is chosen."""
    found = _find(store, actor)
    kind = request.POST.get("_do", "") if request.method == "POST" else ""
    sent, trouble = None, None
    if request.method == "POST":
        _only_leaders(actor)
        if kind not in FORMS:
            raise Http404
        sent = Submission(request, FORMS[kind], actor)
        made, trouble = attempt(lambda: _added(actor, found, kind, sent.data))
        if made is not None:
            messages.success(request, gettext("已加上。"))
            return redirect(request.path)
    bound = {
        name: _form(form, sent if name == kind else None, trouble if name == kind else None, actor)
        for name, form in FORMS.items()
    }
    context: dict[str, Any] = {
        "store": found,
        "rooms": plan.rooms(found),
        "forms": bound,
        "trouble": trouble,
        "tried": kind,
        "leads": "leader" in actor.roles,
        **_chosen(request, actor, found),
    }
    return render(request, "evidence/store.html", context, status=trouble.status if trouble else 200)


def _chosen(request: HttpRequest, actor: Actor, store: Store) -> dict[str, Any]:
    """The slot that was pressed and what is in it; the item that is to be placed and the step that places it."""
    slot = Slot.objects.filter(rack__room__store=store, code=text_in(request.GET, "slot")).first()
    item = text_in(request.GET, "item")
    placed = (
        query.visible(actor).filter(number=item, procedure=PROCEDURE, office_id=actor.office_id or 0).first()
    )
    inside: list[Case] = []
    if slot is not None:
        ids = ItemDetail.objects.filter(slot=slot).values("case_id")
        inside = list(query.visible(actor).filter(pk__in=ids).order_by("id"))
    step = {"received": "shelve", "stored": "move", "sealed": "move"}.get(placed.stage, "") if placed else ""
    return {
        "slot": slot,
        "inside": lines(inside, actor),
        "placed": placed if step else None,
        "step": step,
    }


def _added(actor: Actor, store: Store, kind: str, data: dict[str, Any]) -> Room | Rack:
    values = FORMS[kind].validate(data).values
    number = {name: float(values[name]) for name in ("width", "depth", "x", "y") if name in values}
    code = values["code"].upper()
    if kind == "room":
        return plan.add_room(actor, store, code, values["name"], number["width"], number["depth"])
    room = store.rooms.filter(code=values["room"].upper()).first()
    if room is None:
        raise Refused("no_room", gettext("没有这个房间，请看房间的代码"), 422)
    rack = Rack(code=code, rows=values["levels"], columns=values["across"], **number)
    return plan.add_rack(actor, room, rack, values["capacity"])


def _find(store: int, actor: Actor) -> Store:
    found = Store.objects.filter(pk=store, office_id=actor.office_id or 0).first()
    if found is None:
        raise Http404
    return found


def _only_leaders(actor: Actor) -> None:
    if "leader" not in actor.roles:
        raise Refused("forbidden", gettext("库房由本单位审签岗登记。"), 403)


def _form(form: type[Form], sent: Submission | None, trouble: Trouble | None, actor: Actor) -> dict[str, Any]:
    bound = form.bind(
        sent.data if sent else None, trouble.errors if trouble else None, prefix=form.__name__.lower()
    )
    return {"bound": bound, "trouble": trouble, "key": new_key(), "leads": "leader" in actor.roles}


pages = (
    Page("evidence/stores", listing, "evidence_stores", may=custodian),
    Page("evidence/stores/<int:store>", show, "evidence_store", may=custodian),
)
