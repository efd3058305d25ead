"""/desk/export.csv and .xlsx: the list under its filters, without what leads to a person; who took it is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.text import redact
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.web import words
from zhili.portal.inbox.lens import Lens
from zhili.portal.inbox.sheet import as_csv, as_xlsx
from zhili.portal.pages.queue import list_of
from zhili.portal.rows import row

MOST = 5000
KINDS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


@require_POST
def export(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """At most 5,000 rows, as listed. A leaf says which office took how many; what was asked for is sealed in it."""
    if kind not in KINDS:
        raise Http404
    media, written = KINDS[kind]
    lens = Lens.of(actor, list_of(request))
    rows = [_heads(), *_lines(lens)]
    taken = {"office": actor.office_id, "rows": len(rows) - 1, "as": kind}
    private = {"query": lens.query, "account": actor.account_id, "post": actor.id}
    doors.record("list_exported", actor, taken, private)
    response = HttpResponse(written(rows), content_type=media)
    day = timezone.localdate()
    response["Content-Disposition"] = f'attachment; filename="zhili-{day:%Y%m%d}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _heads() -> list[str]:
    return [
        gettext("编号"),
        gettext("事项"),
        gettext("种类"),
        gettext("类别"),
        gettext("环节"),
        gettext("承办单位"),
        gettext("地点"),
        gettext("上报时间"),
        gettext("截止"),
        gettext("剩余时间"),
    ]


def _lines(lens: Lens) -> Iterator[list[str]]:
    for case in lens.cases()[:MOST]:
        yield _line(case, lens)


def _line(case: Case, lens: Lens) -> list[str]:
    line = row(case, desk=True)
    left = gettext("等对方回复") if case.party else ""
    if not left and case.due_at:
        left = words.time_left(case.due_at, lens.days.now)
    return [
        line.number,
        redact(line.title),
        gettext(line.kind),
        line.category,
        line.stage,
        line.office,
        redact(line.place),
        f"{timezone.localtime(case.opened_at):%Y-%m-%d %H:%M}",
        f"{timezone.localtime(case.due_at):%Y-%m-%d %H:%M}" if case.due_at else "",
        left or gettext("不限时"),
    ]
