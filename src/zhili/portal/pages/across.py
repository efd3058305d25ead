"""/desk/c/<number>/across: a matter handed to another city. What will be sent is shown before it is sent."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.canonical import canonical
from zhili.core.cases import permission, present, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.exchange.handover import agreed, offering, public
from zhili.core.exchange.handover.forms import HandAcross
from zhili.core.exchange.handover.standing import ACROSS
from zhili.core.exchange.models import Direction, Link, SiteAgreement, WantedFile
from zhili.core.exchange.sites import files
from zhili.core.people.actors import Actor
from zhili.portal.acting import take
from zhili.portal.asked import number_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.pages.desk_case import find
from zhili.portal.submitted import Submission, new_key

NOT_KEPT = "no-store"
LOOKED_AT = "_looked_at"
"""Digest of what was shown: what has changed since is shown again."""


def hand(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The form; with ``_do=look`` what would be sent; with ``_do=send`` the step."""
    case = find(number, actor)
    _refuse_others(case, actor)
    if request.method != "POST":
        return _draw(request, case, actor, _chosen(number_in(request.GET, "agreement")))
    sent = Submission(request, HandAcross, actor)
    agreement = _chosen(number_in(request.POST, "agreement"))
    do = request.POST.get("_do", "")
    if agreement is None or do == "edit":
        return _draw(request, case, actor, agreement, sent)
    shown, trouble = attempt(lambda: _prepared(case, agreement, sent, actor))
    if trouble is not None or shown is None:
        return _draw(request, case, actor, agreement, sent, trouble)
    looked_at = digest_of(shown)
    if do != "send" or request.POST.get(LOOKED_AT) != looked_at:
        return _look(request, case, sent, shown, looked_at, changed=do == "send")
    _again, trouble = take(request, case, ACROSS, actor)
    if trouble is not None:
        case.refresh_from_db()
        return _draw(request, case, actor, agreement, sent, trouble)
    words = gettext("已移交%(site)s，等对方接受。对方的进展会出现在这件事项里。")
    messages.success(request, words % {"site": agreement.site.title})
    return HttpResponseRedirect(f"/desk/c/{case.number}")


@require_POST
def fetch(request: HttpRequest, actor: Actor, number: str, sha256: str) -> HttpResponse:
    """Have a file of the other side fetched: by the office that has the case."""
    case = find(number, actor)
    link = Link.objects.filter(case=case).first()
    if link is None or actor.office_id != case.office_id:
        raise Refused("no_file", gettext("没有这个文件，或不由您的单位取回。"), 404)
    try:
        files.ask_for(link, sha256, actor.account_id)
    except WantedFile.DoesNotExist:
        raise Refused("no_file", gettext("没有这个文件，或不由您的单位取回。"), 404) from None
    messages.success(request, gettext("正在向对方取这个文件，取回后就在这里打开。"))
    back = request.POST.get("_back", "")
    known = Case.objects.filter(number=back, children=case).exists() if back else False
    return HttpResponseRedirect(f"/desk/c/{back if known else case.number}#across")


def digest_of(shown: offering.Sent) -> str:
    """Of all that would leave, so that nothing else does."""
    whole = {**shown.body, "files": [one.sha256 for one in shown.files], "personal": sorted(shown.personal)}
    return hashlib.sha256(canonical({"to": shown.agreement.pk, **whole})).hexdigest()


def _refuse_others(case: Case, actor: Actor) -> None:
    action = registry.procedures()[case.procedure].actions.get(ACROSS)
    if action is None or not permission.may(action, case, actor):
        raise Refused("forbidden", gettext("只有承办单位的经办人和审签人可以移交外地。"), 403)


def _chosen(pk: int | None) -> SiteAgreement | None:
    """The agreement named, or the only one there is."""
    found = agreed.in_force()
    if pk is None:
        return found[0] if len(found) == 1 else None
    return next((one for one in found if one.pk == pk), None)


def _prepared(case: Case, agreement: SiteAgreement, sent: Submission, actor: Actor) -> offering.Sent:
    offering.refuse_unless_movable(case)
    cleaned = HandAcross.validate(sent.data)
    if ACROSS not in {one.name for one in registry.procedures()[case.procedure].from_stage(case.stage)}:
        raise Refused("wrong_stage", gettext("事项现在的环节不能移交外地。"), 409)
    return offering.prepare(case, agreement, cleaned.values, actor)


def _look(
    request: HttpRequest, case: Case, sent: Submission, shown: offering.Sent, looked_at: str, *, changed: bool
) -> HttpResponse:
    text = agreed.text_of(shown.agreement)
    carried = [
        (name, one)
        for name, value in sent.data.items()
        for one in (value if isinstance(value, list) else [value])
        if one not in (None, "")
    ]
    title = next((c.title for c in text.categories if shown.body["category"] in (c.a, c.b)), "")
    context = {
        "case": case,
        "shown": shown,
        "site": shown.agreement.site,
        "agreement": agreed.title_of(shown.agreement),
        "category_title": title,
        "fields": _labelled(case, shown),
        "history": [{**one, "at": datetime.fromisoformat(one["at"])} for one in shown.body["history"]],
        "carried": carried,
        "looked_at": looked_at,
        "changed": changed,
        "key": sent.key,
        "seen": case.seq if sent.seen is None else sent.seen,
    }
    response = render(request, "portal/across_look.html", context, status=409 if changed else 200)
    response["Cache-Control"] = NOT_KEPT
    return response


def _labelled(case: Case, shown: offering.Sent) -> list[tuple[str, Any]]:
    labels = public.labels(case)
    local = shown.agreement.local_field
    return [
        (labels.get(local.get(name, name), name), value)
        for name, value in shown.body.get("fields", {}).items()
    ]


def _draw(
    request: HttpRequest,
    case: Case,
    actor: Actor,
    agreement: SiteAgreement | None,
    sent: Submission | None = None,
    trouble: Trouble | None = None,
) -> HttpResponse:
    bound = _bound(case, actor, agreement, sent, trouble) if agreement is not None else None
    context = {
        "case": case,
        "bound": bound,
        "agreement": agreement,
        "agreement_title": agreed.title_of(agreement) if agreement is not None else "",
        "due_days": agreed.text_of(agreement).due_days if agreement is not None else 0,
        "others": _others(case, agreement),
        "there": _there(case),
        "confidential": case.confidential,
        "trouble": trouble,
        "key": sent.key if sent is not None else new_key(),
        "seen": case.seq,
        "stage": present.stage_title(case),
    }
    response = render(request, "portal/across.html", context, status=trouble.status if trouble else 200)
    response["Cache-Control"] = NOT_KEPT
    return response


def _there(case: Case) -> list[str]:
    """Whom it need not be handed to, and why."""
    words = {
        Direction.OUT: gettext("已移交%(site)s，还没有结果。"),
        Direction.IN: gettext("这件事项是%(site)s移交来的，不能再移交回去。"),
    }
    return [
        words[Direction(way)] % {"site": agreed.title(site)} for site, way in offering.concerned(case).items()
    ]


def _others(case: Case, chosen: SiteAgreement | None) -> list[dict[str, Any]]:
    """The agreements to choose from, those that know the matter's category first."""
    there = offering.concerned(case)
    found = [
        one
        for one in agreed.in_force()
        if one.site_id not in there and (chosen is None or one.pk != chosen.pk)
    ]
    lines = [
        {
            "url": f"/desk/c/{case.number}/across?{urlencode({'agreement': one.pk})}",
            "site": one.site.title,
            "title": agreed.title_of(one),
            "days": agreed.text_of(one).due_days,
            "until": one.valid_to,
            "fits": bool(offering.matched(case, one)),
        }
        for one in found
    ]
    return sorted(lines, key=lambda line: not line["fits"])


def _bound(
    case: Case, actor: Actor, agreement: SiteAgreement, sent: Submission | None, trouble: Trouble | None
) -> Any:
    text = agreed.text_of(agreement)
    there = agreement.site.site
    categories = list(dict.fromkeys(text.codes(there)))
    titles = {(c.a if there == text.sites[0] else c.b): c.title for c in text.categories if c.title}
    personal = offering.personal_of(case, agreement) if present.may_open_names(case, actor) else {}
    offered = offering.files_of(case) if text.files else []
    choices = {
        "agreement": [(str(agreement.pk), f"{agreement.site.title} · {agreed.title_of(agreement)}")],
        "category": [(code, f"{titles[code]}（{code}）" if code in titles else code) for code in categories],
        "offer": [(str(one.pk), one.name) for one in offered],
        "personal": [(name, f"{label}：{masked}") for name, (label, masked, _pk) in personal.items()],
    }
    begun = {
        "agreement": str(agreement.pk),
        "category": offering.category_for(case, agreement),
        "what": _own_words(case),
    }
    return HandAcross.bind(
        sent.data if sent is not None else begun,
        trouble.errors if trouble else None,
        choices=choices,
        prefix="across",
    )


def _own_words(case: Case) -> str:
    """What the matter's first step says to everybody: most of what they need to know."""
    first = Step.objects.filter(case=case, seq=1).first()
    return public.words(case, first) if first is not None else ""
