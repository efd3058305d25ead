"""/evidence/intake: several things on one list; /evidence/intake/files: many files with the hashes of their maker."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from zhili.core import files
from zhili.core.cases import present, query
from zhili.core.cases.errors import Refused
from zhili.core.files import UploadRefused
from zhili.core.files.intake import Stored
from zhili.core.forms import Choice, Date, Form, FormErrors, LongText, Text
from zhili.core.people.actors import Actor
from zhili.portal.errors import attempt
from zhili.portal.lenses import Page
from zhili.portal.submitted import Submission, new_key
from zhili.scenarios.evidence import taking_in
from zhili.scenarios.evidence.kinds import GROUNDS, MATTERS
from zhili.scenarios.evidence.models import HandIn, ItemDetail
from zhili.scenarios.evidence.pages.overview import lines
from zhili.scenarios.evidence.pages.who import PROCEDURE, custodian

SEEN = "刑事案件的物证只有本单位和经手单位看得到。"


class Common(Form):
    """What all of one list share."""

    matter_kind = Choice("哪一类案件", required=True, choices=MATTERS, help=SEEN)
    matter = Text("案号或事由", required=True, max_length=80, help="不写姓名。")
    ground = Choice("保管依据", required=True, choices=GROUNDS)
    document = Text("文书号", max_length=60)
    taken_on = Date("取得日期")


class Listed(Common):
    items = LongText(
        "物品", max_length=20_000, help="每行一件：名称，数量，特征。或者在下面交一个表格。不写姓名。"
    )


class Hashed(Common):
    sums = LongText(
        "校验清单（SHA256SUMS）",
        required=True,
        max_length=40_000,
        help="取证设备导出的清单，每行一个文件：校验值 两个空格 文件名。",
    )


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The form of a list, and its sending: a table instead of lines, where one came."""
    sent, trouble = None, None
    if request.method == "POST":
        sent = Submission(request, Listed, actor)
        made, trouble = attempt(lambda: _taken(request, actor, sent))
        if made is not None:
            return redirect(f"/evidence/lists/{made.pk}")
    return _draw(request, "evidence/intake.html", Listed, sent, trouble, {"manifest": False})


def _taken(request: HttpRequest, actor: Actor, sent: Submission) -> HandIn:
    values = Listed.validate(sent.data).values
    table = request.FILES.get("table")
    if table is not None:
        found = taking_in.rows_of_file(table.name or "", table.read(taking_in.LARGEST + 1))
    else:
        found = taking_in.rows_of_text(values.get("items", ""))
    made, _numbers = taking_in.take_in(actor, _common(values), found, sent.key)
    return made


def many_files(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Files and their hashes; afterwards, what was taken in and what not, and why."""
    sent, trouble, judged = None, None, None
    if request.method == "POST":
        sent = Submission(request, Hashed, actor)
        judged, trouble = attempt(lambda: _judged(request, actor, sent))
        if judged is not None and judged.taken:
            said = ngettext("收下 %(n)d 个文件。", "收下 %(n)d 个文件。", len(judged.taken))
            messages.success(request, said % {"n": len(judged.taken)})
    return _draw(request, "evidence/intake.html", Hashed, sent, trouble, {"manifest": True, "judged": judged})


def _judged(request: HttpRequest, actor: Actor, sent: Submission) -> taking_in.Judged:
    values = Hashed.validate(sent.data).values
    sums = taking_in.manifest(values.pop("sums"))
    uploads = request.FILES.getlist("files")
    if not uploads:
        raise FormErrors({"sums": [gettext("请选择清单里的文件，一起交。")]})
    if len(uploads) > taking_in.MOST:
        raise Refused("too_many", gettext("一次最多 %(n)d 个文件，请分几次") % {"n": taking_in.MOST}, 422)
    stored = [(one.name or "", _stored(request, one, actor)) for one in uploads]
    return taking_in.take_in_files(actor, _common(values), sums, stored, sent.key)


def _stored(request: HttpRequest, upload: Any, actor: Actor) -> Stored | UploadRefused:
    try:
        return files.store(upload, upload.name or "", actor, origin=request.META.get("REMOTE_ADDR", ""))
    except UploadRefused as refusal:
        return refusal


def _common(values: dict[str, Any]) -> dict[str, Any]:
    shared = ("matter_kind", "matter", "ground", "document", "taken_on")
    return {name: str(values[name]) for name in shared if name in values}


def _draw(
    request: HttpRequest,
    template: str,
    form: type[Form],
    sent: Submission | None,
    trouble: Any,
    more: dict[str, Any],
) -> HttpResponse:
    bound = form.bind(sent.data if sent else None, trouble.errors if trouble else None)
    key = sent.key if sent and trouble and trouble.errors else new_key()
    context = {"bound": bound, "trouble": trouble, "key": key, **more}
    return render(request, template, context, status=trouble.status if trouble else 200)


def handed_in(request: HttpRequest, actor: Actor, hand_in: int) -> HttpResponse:
    """One list: its items, and their labels to print."""
    ids = ItemDetail.objects.filter(hand_in=hand_in).values("case_id")
    found = list(query.visible(actor).filter(procedure=PROCEDURE, pk__in=ids).order_by("id"))
    made = HandIn.objects.filter(pk=hand_in).first()
    if made is None or not found:
        raise Refused("no_list", gettext("没有这张清单，或您无权查看"), 404)
    context = {
        "hand_in": made,
        "office": present.office_name(made.office_id),
        "rows": lines(found, actor),
    }
    return render(request, "evidence/hand_in.html", context)


pages = (
    Page("evidence/intake", listing, "evidence_intake", may=custodian),
    Page("evidence/intake/files", many_files, "evidence_intake_files", may=custodian),
    Page("evidence/lists/<int:hand_in>", handed_in, "evidence_list", may=custodian),
)
