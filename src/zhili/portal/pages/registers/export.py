"""/desk/registers/firms.csv and so on: the list under its filters, names masked; who took it is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.core.cases import doors
from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.portal.inbox.sheet import as_csv, as_xlsx
from zhili.portal.pages.desk_export import KINDS
from zhili.portal.pages.registers import listing

MOST = 50_000


@require_POST
def of_firms(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    return _export(request, actor, "firms", kind)


@require_POST
def of_premises(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    return _export(request, actor, "premises", kind)


def _export(request: HttpRequest, actor: Actor, what: str, kind: str) -> HttpResponse:
    """At most 50,000 rows, as listed, without personal values. A leaf says which office took how many."""
    listing.check(actor)
    if kind not in KINDS:
        raise Http404
    rows = list(_premises(request, actor) if what == "premises" else _firms(request, actor))
    taken = {"office": actor.office_id, "rows": len(rows) - 1, "as": kind, "of": what}
    private = {"query": request.GET.urlencode(), "account": actor.account_id, "post": actor.id}
    doors.record("register_exported", actor, taken, private)
    written = as_csv if kind == "csv" else as_xlsx
    response = HttpResponse(written(rows), content_type=KINDS[kind][0])
    response["Content-Disposition"] = f'attachment; filename="{what}-{timezone.localdate():%Y%m%d}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _premises(request: HttpRequest, actor: Actor) -> Iterator[list[str]]:
    yield [
        gettext("场所编号"), gettext("场所名称"), gettext("场所种类"), gettext("统一社会信用代码"), gettext("名称"),
        gettext("区划代码"), gettext("所在地"), gettext("地址"), gettext("经度"), gettext("纬度"), gettext("许可证号"),
        gettext("许可证最后一天"), gettext("在用"),
    ]  # fmt: skip
    nodes = tree.nodes()
    for one in listing.premises_asked(request.GET, actor)[:MOST]:
        yield [
            one.code, one.name, str(one.get_kind_display()), one.firm.code, one.firm.name,
            nodes[one.division_id].code, tree.full_name(one.division_id), one.address,
            "" if one.lon is None else f"{one.lon:.6f}", "" if one.lat is None else f"{one.lat:.6f}",
            one.licence_number, one.licence_until.isoformat() if one.licence_until else "",
            gettext("是") if one.active else gettext("否"),
        ]  # fmt: skip


def _firms(request: HttpRequest, actor: Actor) -> Iterator[list[str]]:
    yield [
        gettext("统一社会信用代码"), gettext("名称"), gettext("种类"), gettext("状态"), gettext("行业代码"),
        gettext("区划代码"), gettext("所在地"),
    ]  # fmt: skip
    nodes = tree.nodes()
    for one in listing.firms_asked(request.GET, actor)[:MOST]:
        yield [
            one.code, one.name, str(one.get_kind_display()), str(one.get_status_display()), one.industry,
            nodes[one.division_id].code if one.division_id else "",
            tree.full_name(one.division_id) if one.division_id else "",
        ]  # fmt: skip
