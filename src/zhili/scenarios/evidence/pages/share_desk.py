"""The desk's pages of sharing: a link made, an item's links with who opened them, made longer, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.files.models import Attachment
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree
from zhili.portal.choosing import LEVEL_TITLES
from zhili.portal.errors import Trouble, attempt
from zhili.portal.lenses import Page
from zhili.portal.receipts import qr
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.evidence.pages import panels
from zhili.scenarios.evidence.pages.who import any_post, find
from zhili.scenarios.evidence.sharing import forms, standing
from zhili.scenarios.evidence.sharing.actions import word_of
from zhili.scenarios.evidence.sharing.models import Share, Turned, Viewing

MAKE, LONGER, TAKE_BACK = "share", "share_longer", "share_taken_back"
SHOWN_LOOKS = 20


@dataclass(frozen=True)
class Row:
    """A link in the list. ``address`` only while it may still open something."""

    share: Share
    state: str
    address: str
    viewings: list[Viewing]
    turned: list[tuple[datetime, str]]

    @property
    def title(self) -> str:
        return _(standing.TITLES[self.state])

    @property
    def icon(self) -> str:
        return standing.ICONS[self.state]

    @property
    def live(self) -> bool:
        return self.state in (standing.OPEN, standing.EARLY)

    @property
    def extendable(self) -> bool:
        return self.state != standing.TAKEN_BACK


def make(request: HttpRequest, actor: Actor, number: str) -> HttpResponseBase:
    """The form of a link, and its making."""
    case, _detail = find(number, actor)
    _refuse_unless(MAKE, case, actor)
    files = _files(case)
    choices: dict[str, Iterable[Any]] = {"office": _offices(case), "shown": files}
    sent, trouble, key = None, None, new_key()
    if request.method == "POST":
        sent = Submission(request, forms.Make, actor)

        def send() -> doors.Acted:
            forms.Make.validate(sent.data, choices)
            return doors.act(case.pk, MAKE, actor, sent.data, key=sent.key)

        made, trouble = attempt(send)
        if made is not None:
            share = Share.objects.get(case=case, step_seq=made.seq)
            messages.success(request, _("链接已出具，请复制后发给对方。"))
            return HttpResponseRedirect(f"/desk/c/{case.number}/shares#link-{share.serial}")
        key = sent.key if trouble and trouble.errors else key
    first = {one.name: one.default for one in forms.Make.fields() if one.default is not None}
    first["shown"] = [value for value, _title in files]
    context = {
        "case": case,
        "bound": forms.Make.bind(
            sent.data if sent else first, trouble.errors if trouble else None, choices=choices
        ),
        "trouble": trouble,
        "key": key,
    }
    return _kept_here(
        render(request, "evidence/sharing/make.html", context, status=trouble.status if trouble else 200)
    )


def listing(request: HttpRequest, actor: Actor, number: str) -> HttpResponseBase:
    """Every link of the item. A post: make one longer, or take it back."""
    case, _detail = find(number, actor)
    trouble, tried, serial = None, "", ""
    if request.method == "POST":
        tried, serial = request.POST.get("_do", ""), request.POST.get("serial", "")[:8]
        done, trouble = _change(request, actor, case, tried)
        if done:
            messages.success(request, _("已延长。") if tried == LONGER else _("已收回，从现在起打不开了。"))
            return HttpResponseRedirect(f"/desk/c/{case.number}/shares#link-{serial}")
    offers = {one.name for one in present.actions_for(case, actor)}
    context: dict[str, Any] = {
        "case": case,
        "rows": [
            _drawn(request, row, offers, trouble, tried, serial) for row in rows_of(request, case, offers)
        ],
        "trouble": trouble,
        "may_make": MAKE in offers,
    }
    return _kept_here(
        render(request, "evidence/sharing/list.html", context, status=trouble.status if trouble else 200)
    )


def _change(request: HttpRequest, actor: Actor, case: Case, action: str) -> tuple[bool, Trouble | None]:
    form = {LONGER: forms.Longer, TAKE_BACK: forms.TakeBack}.get(action)
    if form is None:
        raise Refused("no_action", _("没有这一步。"), 404)
    sent = Submission(request, form, actor)
    made, trouble = attempt(lambda: doors.act(case.pk, action, actor, sent.data, key=sent.key))
    return made is not None, trouble


def rows_of(request: HttpRequest, case: Case, offers: set[str]) -> list[Row]:
    """An item's links, newest first. Three queries; the link itself only for those who may make one."""
    now = timezone.now()
    shares = list(Share.objects.filter(case=case).select_related("grant").order_by("-serial"))
    seen: dict[int, list[Viewing]] = {}
    for one in Viewing.objects.filter(share__in=shares).order_by("-number"):
        seen.setdefault(one.share_id, []).append(one)
    turned: dict[int, list[tuple[datetime, str]]] = {}
    for other in Turned.objects.filter(share__in=shares).order_by("-id")[:200]:
        turned.setdefault(other.share_id, []).append((other.at, standing.reason(other.why)[0]))
    found = []
    for share in shares:
        state = standing.of(share, now)
        word = word_of(share) if MAKE in offers and state in (standing.OPEN, standing.EARLY) else ""
        address = request.build_absolute_uri(f"/share?k={word}") if word else ""
        found.append(
            Row(share, state, address, seen.get(share.pk, []), turned.get(share.pk, [])[:SHOWN_LOOKS])
        )
    return found


def _drawn(
    request: HttpRequest, row: Row, offers: set[str], trouble: Trouble | None, tried: str, serial: str
) -> dict[str, Any]:
    mine = str(row.share.serial) == serial and trouble is not None
    data = {**request.POST.dict()} if mine else {}
    drawn: dict[str, Any] = {"row": row, "qr": qr(row.address) if row.address else "", "key": new_key()}
    for name, form in ((LONGER, forms.Longer), (TAKE_BACK, forms.TakeBack)):
        if name not in offers or not row.extendable:
            continue
        typed = (
            {one.name: data[one.name] for one in form.fields() if one.name in data} if tried == name else {}
        )
        typed["serial"] = str(row.share.serial)
        errors = trouble.errors if mine and trouble and tried == name else None
        drawn[name] = form.bind(typed, errors, prefix=f"{name}-{row.share.serial}")
        drawn[f"{name}_open"] = mine and tried == name
    return drawn


def _offices(case: Case) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every office in force but the one that has the item, by level: evidence goes where its matter goes."""
    groups: dict[str, list[tuple[str, str]]] = {level: [] for level in LEVEL_TITLES}
    for seat in tree().nodes.values():
        if seat.in_force and seat.id != case.office_id and seat.level in ("city", "county", "town"):
            groups[seat.level].append((str(seat.id), seat.name))
    return [(_(LEVEL_TITLES[level]), found) for level, found in groups.items() if found]


def _files(case: Case) -> list[tuple[str, str]]:
    rows = Attachment.objects.select_related("file").filter(case_id=case.pk).order_by("step_seq", "pk")
    return [(str(row.file_id), row.file.name) for row in rows]


def _refuse_unless(action: str, case: Case, actor: Actor) -> None:
    if action not in {one.name for one in present.actions_for(case, actor)}:
        raise Refused("forbidden", _("这一步不由您办理"), 403)


def _kept_here(answer: HttpResponse) -> HttpResponse:
    """A page that shows a link is kept by no cache."""
    answer["Cache-Control"] = "no-store"
    return answer


def _panel(asked: panels.Asked) -> dict[str, Any] | None:
    """On the item's page: how many links, and how often they were opened."""
    if not asked.keeps:
        return None
    shares = list(Share.objects.filter(case=asked.case).select_related("grant").order_by("-serial"))
    now = timezone.now()
    live = [one for one in shares if standing.of(one, now) == standing.OPEN]
    looks = sum(one.views for one in shares)
    return {"number": asked.case.number, "live": live, "all": len(shares), "looks": looks}


panels.add_panel(panels.Panel("shares", gettext_noop("共享链接"), "evidence/sharing/panel.html", _panel))
pages = (
    Page("desk/c/<str:number>/share", make, "evidence_share", may=any_post),
    Page("desk/c/<str:number>/shares", listing, "evidence_shares", may=any_post),
)
