"""/desk/catering: the outlets of the actor's ground; searched, narrowed by town and state, taken along as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases import doors
from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers import premises, rights
from zhili.core.registers.models import Premises, PremisesKind
from zhili.portal.asked import number_in, text_in
from zhili.portal.inbox.choices import places_of
from zhili.portal.inbox.sheet import as_csv, as_xlsx
from zhili.portal.lenses import Page
from zhili.scenarios.catering import figures
from zhili.scenarios.catering.kinds import FORMS
from zhili.scenarios.catering.models import OutletDetail, ProblemDetail
from zhili.scenarios.catering.pages import who

HERE = "/desk/catering"
PAGE = 40
MOST = 5000
COUNTED = 5000
QUIET = timedelta(days=7)
"""An outlet that has not checked itself for so long is shown as quiet: something to ask about, no fault."""
SOON = timedelta(days=30)
OPEN = ("found", "rectifying", "checking")
STATES = ("filed", "open", "quiet", "licence", "again", "unfiled")
KINDS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    asked = request.GET
    state = state_in(asked)
    found = narrowed(asked, actor, state)
    after = number_in(asked, "after")
    page = list((found.filter(pk__gt=after) if after is not None else found)[: PAGE + 1])
    kept = [(name, text) for name in ("q", "place", "state") if (text := text_in(asked, name))]
    count = found.order_by()[: COUNTED + 1].count()
    context = {
        "rows": rows(page[:PAGE]),
        "state": state,
        "tabs": [
            {"title": title, "url": _address(asked, state=name), "count": None, "current": name == state}
            for name, title in titles().items()
        ],
        "count": min(count, COUNTED),
        "many": count > COUNTED,
        "q": text_in(asked, "q"),
        "place": text_in(asked, "place"),
        "places": places_of(actor),
        "query": urlencode(kept),
        "narrowed": bool(text_in(asked, "q") or text_in(asked, "place")),
        "more": f"?{urlencode([*kept, ('after', page[PAGE - 1].pk)])}" if len(page) > PAGE else "",
        "first": f"?{urlencode(kept)}" if after is not None else "",
        "works": who.works(actor),
        "today": timezone.localdate(),
    }
    return render(request, "catering/list.html", context)


def titles() -> dict[str, str]:
    return {
        "filed": gettext("已建档"),
        "open": gettext("有在办问题"),
        "quiet": gettext("一周没自查"),
        "licence": gettext("许可证快到期"),
        "again": gettext("同类问题重复"),
        "unfiled": gettext("还没建档"),
    }


def state_in(asked: QueryDict) -> str:
    state = text_in(asked, "state")
    return state if state in STATES else "filed"


def narrowed(asked: QueryDict, actor: Actor, state: str) -> QuerySet[Premises]:
    """Places to eat the actor may see, in the order they were registered."""
    found = premises.find(text_in(asked, "q"), actor).filter(kind=PremisesKind.RESTAURANT, active=True)
    place = number_in(asked, "place")
    if place is not None and place in tree.nodes():
        found = found.filter(division__in=tree.subtree(place))
    file = OutletDetail.objects.filter(premises=OuterRef("pk"), active=True)
    problems = ProblemDetail.objects.filter(premises=OuterRef("pk"))
    today = timezone.localdate()
    if state == "unfiled":
        return found.exclude(Exists(file))
    found = found.filter(Exists(file))
    match state:
        case "open":
            return found.filter(Exists(problems.filter(case__stage__in=OPEN)))
        case "quiet":
            quiet = file.filter(Q(checked_on=None) | Q(checked_on__lt=today - QUIET))
            return found.filter(Exists(quiet))
        case "licence":
            return found.filter(licence_until__lte=today + SOON)
        case "again":
            since = timezone.now() - figures.YEAR
            return found.filter(Exists(problems.filter(again__gt=1, case__opened_at__gte=since)))
    return found


def rows(found: list[Premises]) -> list[dict[str, Any]]:
    """Each with its file and how much is open there. Two queries."""
    ids = [one.pk for one in found]
    files = {one.premises_id: one for one in OutletDetail.objects.filter(premises__in=ids, active=True)}
    counts = ProblemDetail.objects.filter(premises__in=ids).order_by().values_list("premises")
    open_ = dict(counts.filter(case__stage__in=OPEN).annotate(n=Count("pk")))
    today = timezone.localdate()
    return [
        {
            "one": one,
            "file": (file := files.get(one.pk)),
            "form": gettext(FORMS.get(file.form, file.form)) if file else "",
            "quiet": file is not None and (file.checked_on is None or file.checked_on < today - QUIET),
            "open": open_.get(one.pk, 0),
            "over": one.licence_until is not None and one.licence_until < today,
            "soon": one.licence_until is not None and today <= one.licence_until <= today + SOON,
        }
        for one in found
    ]


def _address(asked: QueryDict, **other: str) -> str:
    kept = {name: text for name in ("q", "place") if (text := text_in(asked, name))}
    return f"{HERE}?{urlencode(kept | other)}"


@require_POST
def export(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """The list as it is narrowed, 5,000 at most; a leaf says which office took how many."""
    if kind not in KINDS:
        raise Http404
    media, written = KINDS[kind]
    asked = request.GET
    found = list(narrowed(asked, actor, state_in(asked))[:MOST])
    heads = [
        gettext("场所编号"), gettext("名称"), gettext("地址"), gettext("业态"), gettext("餐位"), gettext("灶头"),
        gettext("油烟净化器"), gettext("隔油池"), gettext("收运单位"), gettext("许可证最后一天"), gettext("最近自查"),
        gettext("最近清洗"), gettext("在办问题"),
    ]  # fmt: skip
    lines = [heads, *(_cells(row) for row in rows(found))]
    doors.record(
        "catering_exported", actor, {"office": actor.office_id, "rows": len(lines) - 1, "as": kind}, {}
    )
    response = HttpResponse(written(lines), content_type=media)
    day = timezone.localdate()
    response["Content-Disposition"] = f'attachment; filename="zhili-catering-{day:%Y%m%d}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _cells(row: dict[str, Any]) -> list[str]:
    one, file = row["one"], row["file"]
    told = [one.code, one.name, f"{one.division.name}{one.address}", row["form"]]
    if file is None:
        told += [""] * 5
    else:
        trap = gettext("有") if file.trap else gettext("没有")
        told += [_text(file.seats), _text(file.hobs), file.purifier, trap, file.collector]
    told.append(_text(one.licence_until))
    told += [_text(file.checked_on), _text(file.cleaned_on)] if file else ["", ""]
    return [*told, str(row["open"])]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def seen(actor: Actor, pk: int) -> Premises:
    """A place to eat the actor may see. Raises Http404: hidden and not there look the same."""
    one = rights.premises(actor).select_related("firm", "division", "cell").filter(pk=pk).first()
    if one is None or one.kind != PremisesKind.RESTAURANT:
        raise Http404
    return one


pages = (
    Page("desk/catering", listing, "catering", may=who.reads),
    Page("desk/catering/export.<slug:kind>", export, "catering_export", may=who.reads),
)
