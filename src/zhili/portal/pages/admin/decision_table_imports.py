"""/desk/admin/tables/imported: drafts a file of statutes brought in, by what a person must look at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from zhili.core.people.actors import Actor
from zhili.core.tables import flagging, rights
from zhili.portal.asked import text_in
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.duty_import import workbook


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Drafts that wait, of a law, with a flag, holding a text; each row with the clause's words and why."""
    frame.check_leads(actor)
    law, flag, wanted = (text_in(request.GET, name) for name in ("law", "flag", "q"))
    found = flagging.waiting(law, flag, wanted)
    ids = list(found.values_list("pk", flat=True))
    page, more = frame.page_of(ids, request, 20)
    versions = {one.pk: one for one in found.filter(pk__in=page)}
    laws = flagging.laws()
    context = {
        "rows": [(versions[pk], flagging.rows_of(versions[pk])) for pk in page],
        "many": len(ids),
        "more": more,
        "law": law,
        "flag": flag,
        "wanted": wanted,
        "laws": laws,
        "flags": flagging.flags(),
        "waiting": sum(n for _law, n in laws),
        "may": rights.may_draft(actor),
        "query": request.GET.urlencode(),
    }
    return frame.show(request, actor, "decision_tables_imported", context)


def points(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same points as a workbook: law, article, row, amounts, the clause's words, why."""
    frame.check_leads(actor)
    law, flag, wanted = (text_in(request.GET, name) for name in ("law", "flag", "q"))
    found = flagging.of_versions(flagging.waiting(law, flag, wanted).iterator(200))
    return workbook(flagging.workbook(found), "tables-to-check")
