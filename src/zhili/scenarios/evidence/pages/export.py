"""/desk/c/NUMBER/export: an item, or several, handed out as a bag that is checked without this platform."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.cases import present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.evidence.bag import contents, handing_out
from zhili.scenarios.evidence.bag.writing import Bag, Broken, stream
from zhili.scenarios.evidence.pages.who import any_post, find
from zhili.scenarios.evidence.sharing import forms

log = logging.getLogger("zhili.evidence")
MOST = 50
"""Items in one bag."""


def export(request: HttpRequest, actor: Actor, number: str) -> HttpResponseBase:
    """The form; sent, the bag itself, as a download that may be as long as it likes."""
    case, _detail = find(number, actor)
    _refuse_unless(case, actor)
    sent, trouble = None, None
    if request.method == "POST":
        sent = Submission(request, forms.Exporting, actor)
        bag, trouble = attempt(lambda: _packed(sent, case, actor))
        if bag is not None:
            return _sent(bag)
    files, size = contents.held([case])
    context = {
        "case": case,
        "files": files,
        "size": filesizeformat(size),
        "bound": forms.Exporting.bind(sent.data if sent else None, trouble.errors if trouble else None),
        "trouble": trouble,
        "key": new_key(),
    }
    return render(request, "evidence/bag/export.html", context, status=trouble.status if trouble else 200)


def _packed(sent: Submission, case: Case, actor: Actor) -> Bag:
    said = forms.Exporting.validate(sent.data).values
    cases = [case, *_others(said.get("others", ""), case, actor)]
    receiver, purpose = said["receiver"], said["purpose"]
    giver = present.office_name(actor.office_id)
    bag = contents.pack(contents.Wanted(tuple(cases), giver, receiver, purpose, timezone.now()))
    handing_out.record(cases, actor, bag, receiver, purpose)
    return bag


def _others(text: str, case: Case, actor: Actor) -> list[Case]:
    """The other items named, each one the actor may export."""
    numbers = list(dict.fromkeys(one for one in re.split(r"[\s,，、;；]+", text) if one))
    if len(numbers) >= MOST:
        raise Refused("too_many", _("一个证据包最多装 %(most)d 件物证。") % {"most": MOST}, 422)
    found = [find(number, actor)[0] for number in numbers]
    for one in found:
        _refuse_unless(one, actor)
    return [one for one in found if one.pk != case.pk]


def _refuse_unless(case: Case, actor: Actor) -> None:
    if handing_out.EXPORTED not in {one.name for one in present.actions_for(case, actor)}:
        raise Refused("forbidden", _("这一步不由您办理"), 403)


def _sent(bag: Bag) -> HttpResponseBase:
    answer = StreamingHttpResponse(_logged(bag), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{bag.name}.zip"'
    answer["Cache-Control"] = "no-store"
    answer["X-Bag-Fingerprint"] = bag.fingerprint
    if bag.length is not None:
        answer["Content-Length"] = str(bag.length)
    return answer


def _logged(bag: Bag) -> Iterator[bytes]:
    try:
        yield from stream(bag)
    except Broken as broken:
        log.error("bag %s: the stored file is not the one recorded: %s", bag.name, broken)
        raise


pages = (Page("desk/c/<str:number>/export", export, "evidence_export", may=any_post),)
