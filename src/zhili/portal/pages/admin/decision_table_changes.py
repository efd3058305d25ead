"""Changing decision tables: a sheet brought in as a draft, looked through, confirmed by a second person, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.decisions.document import from_document, to_document
from zhili.core.forms import Bool, Date, Form, Text
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.tables import checks, flagging, keeping, reading, rights, sheets, showing, telling
from zhili.core.tables.models import State, TableVersion
from zhili.core.tables.telling import TABLE
from zhili.core.web import words
from zhili.portal.asked import text_in
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.decision_tables import hit_words, office_name, version_of
from zhili.portal.pages.admin.frame import Task
from zhili.portal.pages.admin.tables import takes_tables

SALT = "zhili.decision_table"


class Confirming(Form):
    first = Date("从哪天起", required=True, help="最早今天；以前作出的决定按当时的表。")
    checked = Bool("我已核对每一行的条件、结果和依据", required=True)


class Withdrawing(Form):
    reason = Text("原因", max_length=300, required=True)


class Ending(Form):
    last = Date("从哪天起停用", required=True, help="那天起不再适用；以前作出的决定不变。")
    reason = Text("原因", max_length=300, required=True)


def looking(version: TableVersion) -> type[Form]:
    """A box for every row a machine could not answer for, with the clause's words; last one for the whole."""
    boxes: dict[str, Any] = {}
    for row in flagging.rows_of(version):
        if row.flags:
            told = {"row": row.number, "clause": row.clause[:400], "amounts": row.amounts}
            title = gettext("第 %(row)d 行：%(amounts)s 元。条文：%(clause)s") % told
            boxes[f"row_{row.number}"] = Bool(title, required=True, help="；".join(row.flags))
    whole = Bool("我已逐行对照条文原文核对，并对这份草稿负责", required=True)
    return type("Looking", (Form,), {**boxes, "checked": whole})


@takes_tables
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The sheet is read and shown with its faults; sent once more it is kept as a draft."""
    if not rights.may_draft(actor):
        raise PermissionDenied(gettext("判定表由部门和市级单位的管理员、审签人拟定。"))
    if request.method != "POST":
        return frame.show(request, actor, "decision_table_new", {})
    if "packed" in request.POST:
        return _kept(request, actor)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise sheets.FileRefused(gettext("请选择文件。"))
        if (file.size or 0) > sheets.LARGEST:
            raise sheets.FileRefused(gettext("文件超过 2 MB，请拆成几张表。"))
        found = sheets.read(file.read())
    except sheets.FileRefused as error:
        return frame.show(request, actor, "decision_table_new", {"trouble": str(error)}, 422)
    if found.table is None:
        errors = [(one.line, one.column, telling.said(one.words)) for one in found.errors]
        return frame.show(request, actor, "decision_table_new", {"errors": errors}, 422)
    packed = signing.dumps({"document": to_document(found.table)}, salt=SALT, compress=True)
    return frame.show(request, actor, "decision_table_new", _preview(found.table, packed))


def look(request: HttpRequest, actor: Actor, table: int) -> HttpResponse:
    """A draft brought in from a file of statutes: somebody looks through it and answers for it."""
    version = version_of(table)
    rights.check_keep(actor, version.office_id)
    open_points = telling.flagged(version.flags)
    task = Task(
        gettext("核对导入的草稿"),
        _list_of(request) or f"/desk/admin/tables/{version.pk}",
        gettext("核对完成"),
        TABLE,
        version.pk,
        looking(version),
        facts=_facts(version),
        consequences=[
            *(said for row, said in open_points if not row),
            gettext("要改动就先下载表格，改好后作为新的草稿传上来；核对完成后由另一人确认。"),
        ],
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        keeping.take_over(version.pk, actor, seen)
        return gettext("已记下由您核对，等另一人确认。")

    return frame.run(request, actor, task, do)


def _list_of(request: HttpRequest) -> str:
    """Back to the list it was opened from, with what was asked there, for the next one; "" when it was not."""
    asked = QueryDict(mutable=True)
    asked.update({name: text_in(request.GET, name) for name in ("law", "flag", "q") if request.GET.get(name)})
    return f"/desk/admin/tables/imported?{asked.urlencode()}" if request.GET else ""


def confirm(request: HttpRequest, actor: Actor, table: int) -> HttpResponse:
    version = version_of(table)
    rights.check_keep(actor, version.office_id)
    if request.method == "POST" and version.drafted_by == actor.account_id:
        raise PermissionDenied(gettext("拟定和确认要由两个人办，您不能确认自己拟的表。"))
    found = keeping.faults_of(version)
    task = Task(
        gettext("确认：%(title)s") % {"title": version.title},
        f"/desk/admin/tables/{version.pk}",
        gettext("确认生效"),
        TABLE,
        version.pk,
        Confirming,
        facts=_facts(version),
        consequences=_consequences(version, len(found)),
        danger=bool(found) or version.drafted_by is None or version.drafted_by == actor.account_id,
        initial={"first": timezone.localdate().isoformat()},
    )
    if version.drafted_by == actor.account_id:
        task.consequences = [gettext("这是您拟的表，要由另一人确认。")]

    def do(values: dict[str, Any], seen: int | None) -> str:
        first = date.fromisoformat(values["first"])
        keeping.confirm(version.pk, first, actor, seen)
        return gettext("已确认，%(day)s起生效。") % {"day": words.day(first)}  # type: ignore[arg-type]

    return frame.run(request, actor, task, do)


def withdraw(request: HttpRequest, actor: Actor, table: int) -> HttpResponse:
    version = version_of(table)
    rights.check_keep(actor, version.office_id)
    ends = version.state == State.IN_FORCE
    task = Task(
        gettext("停用这一版") if ends else gettext("撤回草稿"),
        f"/desk/admin/tables/{version.pk}",
        gettext("停用") if ends else gettext("撤回"),
        TABLE,
        version.pk,
        Ending if ends else Withdrawing,
        facts=_facts(version),
        consequences=[
            gettext("停用之后没有新的一版接上，就没有表可依，系统按法定幅度提示。")
            if ends
            else gettext("草稿不再能确认，但留在版本记录里。")
        ],
        danger=ends,
        initial={"last": timezone.localdate().isoformat()},
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        last = date.fromisoformat(values["last"]) if ends else None
        keeping.withdraw(version.pk, values["reason"], actor, seen, last=last)
        return gettext("已停用。") if ends else gettext("草稿已撤回。")

    return frame.run(request, actor, task, do)


def _kept(request: HttpRequest, actor: Actor) -> HttpResponse:
    try:
        packed: dict[str, Any] = signing.loads(request.POST["packed"], salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        trouble = gettext("预览已过期，请重新选择文件。")
        return frame.show(request, actor, "decision_table_new", {"trouble": trouble}, 422)
    table = from_document(packed["document"])
    source = request.POST.get("source", "").strip()
    try:
        made = keeping.draft(table, source, actor)
    except AdminRefused as error:
        context = {**_preview(table, request.POST["packed"]), "refused": error.message, "source": source}
        return frame.show(request, actor, "decision_table_new", context, 422)
    return redirect(f"/desk/admin/tables/{made.pk}")


def _preview(table: Any, packed: str) -> dict[str, Any]:
    last = TableVersion.objects.filter(name=table.name).order_by("-number").defer("document").first()
    source = last.source if last else ""
    shown = showing.show(table, checks.faults_in(table))
    return {"shown": shown, "packed": packed, "last": last, "source": source, "hit": hit_words(table)}


def _facts(version: TableVersion) -> frame.Facts:
    table = reading.table_of(version)
    told = [
        (gettext("名称"), version.title),
        (gettext("版次"), str(version.number)),
        (gettext("依据"), version.source),
        (gettext("拟定单位"), office_name(version)),
        (gettext("拟定"), f"{version.drafted_label} {words.moment(version.drafted_at)}"),
        (gettext("行数"), str(len(table.rows))),
    ]
    return [(name, value) for name, value in told if value.strip()]


def _consequences(version: TableVersion, count: int) -> list[str]:
    if version.drafted_by is None:
        return [gettext("这一版从文件导入，还没有人逐条核对；请先由一人核对，再由另一人确认。")]
    if count:
        return [gettext("表里还有 %(count)d 处问题，改好之前不能确认。") % {"count": count}]
    now = reading.standing(version.name, timezone.localdate())
    said = [gettext("没有空档和重叠：任何情形都有且只有明确的行管到。")]
    if now is not None:
        said.append(gettext("现行的第%(number)d版到那天为止。") % {"number": now.number})
    return [*said, gettext("那天起作出的决定按这一版；以前的决定不变，随时可以用两版各算一遍。")]
