"""/evidence/stocktakes/N: shelf by shelf, scanned with a phone or a scanner; what is found, missing or elsewhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.asked import text_in
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.scenarios.evidence import stocktaking
from zhili.scenarios.evidence.models import Slot, Stocktake, Store
from zhili.scenarios.evidence.pages.who import custodian


@require_POST
def begin(request: HttpRequest, actor: Actor, store: int) -> HttpResponse:
    found = Store.objects.filter(pk=store, office_id=actor.office_id or 0).first()
    if found is None:
        raise Http404
    return redirect(f"/evidence/stocktakes/{stocktaking.begin(actor, found).pk}")


def show(request: HttpRequest, actor: Actor, stocktake: int) -> HttpResponse:
    """The list, and the form of what was scanned; ``_do=finish`` keeps the result."""
    ours = Stocktake.objects.select_related("store").filter(store__office_id=actor.office_id or 0)
    found = ours.filter(pk=stocktake).first()
    if found is None:
        raise Http404
    trouble, slot, text = None, text_in(request.GET, "slot"), ""
    if request.method == "POST" and request.POST.get("_do") == "finish":
        told, trouble = attempt(lambda: stocktaking.finish(actor, found))
        if told is not None:
            messages.success(request, gettext("盘点已结束，结果记在每件物证的经手链里。"))
            return redirect(request.path)
    elif request.method == "POST":
        slot, text = (
            request.POST.get("slot", "")[:24].strip().upper(),
            request.POST.get("numbers", "")[:20_000],
        )
        seen, trouble = attempt(lambda: _seen(actor, found, slot, text))
        if seen is not None:
            return _told(request, seen, slot)
    lines = stocktaking.lines(actor, found) if found.finished_at is None else []
    context = {
        "stocktake": found,
        "lines": lines,
        "slots": stocktaking.slots_of(found.store),
        "slot": slot,
        "numbers": text,
        "trouble": trouble,
        "left": sum(line.result == stocktaking.MISSING for line in lines),
    }
    return render(request, "evidence/stocktake.html", context, status=trouble.status if trouble else 200)


def _seen(actor: Actor, stocktake: Stocktake, code: str, text: str) -> tuple[int, list[str]]:
    slot = Slot.objects.filter(rack__room__store=stocktake.store, code=code).first()
    if slot is None:
        raise Refused("no_slot", gettext("这个库房没有货位“%(code)s”，请看货位标签") % {"code": code}, 422)
    return stocktaking.see(actor, stocktake, slot, text)


def _told(request: HttpRequest, seen: tuple[int, list[str]], slot: str) -> HttpResponse:
    number, strange = seen
    messages.success(request, gettext("货位 %(slot)s：记下 %(n)d 件。") % {"slot": slot, "n": number})
    if strange:
        words = gettext("不是本单位保管的编号，没有记：%(what)s")
        messages.warning(request, words % {"what": "、".join(strange[:10])})
    return redirect(f"{request.path}?slot={slot}")


pages = (
    Page("evidence/stores/<int:store>/stocktake", begin, "evidence_stocktake_begin", may=custodian),
    Page("evidence/stocktakes/<int:stocktake>", show, "evidence_stocktake", may=custodian),
)
