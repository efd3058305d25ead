"""/desk/visits/inspectors: who may check, until when, in what, and where not; kept by the office's administrators."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.codes import CodeError
from zhili.base.sheets.errors import ImportRefused
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.forms import Bool, Choice, Date, Form, Text
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Account, AccountKind
from zhili.core.people.offices import tree
from zhili.core.registers import firms
from zhili.core.registers.models import Firm
from zhili.core.trail import changes
from zhili.core.visits import inspector_sheet, inspectors, rights
from zhili.core.visits.inspectors import GivenInspector
from zhili.core.visits.models import Conflict, Inspector
from zhili.portal.asked import number_in, text_in
from zhili.portal.errors import Trouble, attempt
from zhili.portal.pages.admin.duty_import import workbook as as_file
from zhili.portal.pages.admin.tables import takes_tables
from zhili.portal.submitted import Submission, new_key

PAGE: Final = 50
SOON: Final = timedelta(days=60)
LARGEST: Final = 2_000_000
MOST_PEOPLE: Final = 500


class InspectorForm(Form):
    account = Choice("账号", required=True, choices=())
    office = Choice("单位", required=True, choices=())
    certificate_number = Text("执法证号", required=True, max_length=40)
    certificate_until = Date("证件有效期至", required=True)
    specialities = Text("专业", max_length=200, help="几种专业用顿号隔开，例如：特种设备、压力容器。")
    active = Bool("在岗", default=True)


class ConflictForm(Form):
    firm = Text("统一社会信用代码", required=True, max_length=24)
    reason = Text("回避原因", required=True, max_length=200, help="只有本单位看得到。")


def _seen(actor: Actor) -> Any:
    """Officers of the reader's office and below."""
    if not actor.roles & rights.READERS:
        raise PermissionDenied(gettext("检查人员名录由检查单位和上级单位的岗位查看。"))
    return Inspector.objects.filter(office__in=tree().under(actor.office_id or 0))


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The register; certificates that end soon or have ended stand out."""
    today, words = timezone.localdate(), text_in(request.GET, "q")
    rows = (
        _seen(actor).select_related("account", "office").order_by("office__code", "certificate_number", "pk")
    )
    if words:
        rows = rows.filter(
            Q(certificate_number__icontains=words)
            | Q(account__display_name__icontains=words)
            | Q(office__name__icontains=words)
            | Q(specialities__contains=[words])
        )
    if request.GET.get("state") == "ending":
        rows = rows.filter(certificate_until__lt=today + SOON)
    page = number_in(request.GET, "page") or 1
    some = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "rows": [{"one": one, "state": _state(one)} for one in some[:PAGE]],
        "more": f"?page={page + 1}" if len(some) > PAGE else "",
        "first": "?" if page > 1 else "",
        "q": words,
        "state": request.GET.get("state", ""),
        "keeps": managing.ADMIN in actor.roles,
    }
    return render(request, "portal/visits/inspectors.html", context)


def _state(one: Inspector) -> tuple[str, str]:
    """(class, words) of a certificate as it is today."""
    today = timezone.localdate()
    if not one.active:
        return "", inspectors.words(inspectors.INACTIVE)
    if one.certificate_until < today:
        return "late", inspectors.words(inspectors.EXPIRED, one.certificate_until)
    if one.certificate_until < today + SOON:
        return "soon", gettext("%(n)d 天后到期") % {"n": (one.certificate_until - today).days}
    return "good", gettext("有效至 %(day)s") % {"day": one.certificate_until.isoformat()}


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    _only_keepers(actor)
    return _form(request, actor, None)


def show(request: HttpRequest, actor: Actor, inspector: int) -> HttpResponse:
    """One officer: certificate and specialities, firms they do not check. Officers may declare their own."""
    found = (
        _seen(actor)
        if actor.roles & rights.READERS
        else Inspector.objects.filter(account=actor.account_id or 0)
    )
    one = found.select_related("account", "office").filter(pk=inspector).first()
    if one is None:
        raise Http404
    if request.POST.get("_do") == "conflict":
        return _declare(request, actor, one)
    if request.POST.get("_do") == "end":
        return _end(request, actor, one)
    if request.method == "POST":
        _only_keepers(actor)
    return _form(request, actor, one)


def _form(request: HttpRequest, actor: Actor, one: Inspector | None, **more: Any) -> HttpResponse:
    choices = {"account": _accounts(actor, one), "office": _offices(actor)}
    sent = Submission(request, InspectorForm, actor) if request.method == "POST" and not more else None
    trouble: Trouble | None = None
    if sent is not None:
        saved, trouble = attempt(lambda: _save(actor, sent, choices))
        if saved is not None:
            messages.success(request, gettext("已保存。"))
            return redirect("visit_inspector", inspector=saved.pk)
    start = sent.data if sent is not None else _start(one)
    bound = InspectorForm.bind(start, trouble.errors if trouble else None, choices=choices)
    context = {
        "one": one,
        "state": _state(one) if one is not None else None,
        "bound": bound,
        "key": new_key(),
        "seen": changes.latest(inspectors.INSPECTOR, one.pk) if one is not None else None,
        "trouble": trouble,
        "keeps": managing.ADMIN in actor.roles
        and (one is None or managing.may_administer(actor, one.office_id)),
        "own": one is not None and one.account_id == actor.account_id,
        "conflicts": Conflict.objects.filter(inspector=one).select_related("firm").order_by("firm__code")
        if one is not None
        else [],
        "conflict": more.get("conflict") or ConflictForm.bind(None, None),
        "conflict_trouble": more.get("conflict_trouble"),
    }
    status = trouble.status if trouble else 422 if more else 200
    return render(request, "portal/visits/inspector.html", context, status=status)


def _start(one: Inspector | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "account": str(one.account_id),
        "office": str(one.office_id),
        "certificate_number": one.certificate_number,
        "certificate_until": one.certificate_until.isoformat(),
        "specialities": "、".join(one.specialities),
        "active": one.active,
    }


def _accounts(actor: Actor, one: Inspector | None) -> list[tuple[str, str]]:
    """Staff with a post under the actor's office; the officer's own account alone where there is one."""
    if one is not None:
        return [(str(one.account_id), one.account.display_name or one.account.username)]
    under = tree().under(actor.office_id or 0)
    rows = Account.objects.filter(kind=AccountKind.STAFF, is_active=True, holdings__post__office__in=under)
    found = rows.filter(inspector=None).distinct().order_by("username")[:MOST_PEOPLE]
    return [(str(each.pk), f"{each.username} {each.display_name}".strip()) for each in found]


def _offices(actor: Actor) -> list[tuple[str, str]]:
    nodes = tree().nodes
    own = [
        nodes[one]
        for one in tree().under(actor.office_id or 0)
        if nodes[one].level not in ("grid", "village")
    ]
    return [(str(one.id), one.name) for one in own if one.in_force]


def _save(actor: Actor, sent: Submission, choices: dict[str, Any]) -> Inspector:
    sent.raise_faults()
    told = InspectorForm.validate(sent.data, choices=choices).values
    special = str(told.get("specialities") or "").replace("，", "、").replace(",", "、").split("、")
    given = GivenInspector(
        int(told["account"]),
        int(told["office"]),
        str(told["certificate_number"]),
        date.fromisoformat(str(told["certificate_until"])),
        tuple(special),
        bool(told.get("active")),
    )
    try:
        return inspectors.save(given, actor, seen=sent.seen)
    except AdminRefused as refusal:
        raise Refused("refused", refusal.message, 422) from None
    except changes.Overtaken as overtaken:
        raise Refused("overtaken", overtaken.message, 409) from None


def _declare(request: HttpRequest, actor: Actor, one: Inspector) -> HttpResponse:
    sent = Submission(request, ConflictForm, actor)
    done, trouble = attempt(lambda: _declared(actor, one, sent))
    if done:
        messages.success(request, gettext("已登记回避。"))
        return redirect("visit_inspector", inspector=one.pk)
    bound = ConflictForm.bind(sent.data, trouble.errors if trouble else None)
    return _form(request, actor, one, conflict=bound, conflict_trouble=trouble)


def _declared(actor: Actor, one: Inspector, sent: Submission) -> bool:
    told = ConflictForm.validate(sent.data).values
    try:
        inspectors.declare_conflict(one, firms.get(str(told["firm"])), str(told["reason"]), actor)
    except (Firm.DoesNotExist, CodeError):
        raise Refused("no_firm", gettext("登记里没有这个代码的市场主体"), 422) from None
    except AdminRefused as refusal:
        raise Refused("refused", refusal.message, 422) from None
    return True


def _end(request: HttpRequest, actor: Actor, one: Inspector) -> HttpResponse:
    row = Conflict.objects.filter(inspector=one, pk=number_in(request.POST, "conflict") or 0).first()
    if row is None:
        raise Http404
    try:
        inspectors.end_conflict(row, text_in(request.POST, "reason"), actor)
        messages.success(request, gettext("回避已解除。"))
    except AdminRefused as refusal:
        messages.error(request, refusal.message)
    return redirect("visit_inspector", inspector=one.pk)


@takes_tables
def bring_in(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A workbook: good rows are saved, the others listed with their row and why."""
    _only_keepers(actor)
    trouble, read = "", None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise ImportRefused(gettext("请选择文件。"))
            if file.size is not None and file.size > LARGEST:
                raise ImportRefused(gettext("文件过大。"))
            read = inspector_sheet.bring_in(file.read(), file.name or "", actor)
        except ImportRefused as error:
            trouble = str(error)
    context = {"read": read, "trouble": trouble, "heads": inspector_sheet.HEADS}
    return render(request, "portal/visits/inspectors_import.html", context, status=422 if trouble else 200)


@require_POST
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The register as the table that can be brought in again."""
    _only_keepers(actor)
    rows = list(
        _seen(actor).select_related("account", "office").order_by("office__code", "certificate_number")
    )
    doors.record("visit_inspectors_exported", actor, {"office": actor.office_id, "rows": len(rows)})
    return as_file(inspector_sheet.written(rows), "inspectors")


def _only_keepers(actor: Actor) -> None:
    if managing.ADMIN not in actor.roles:
        raise PermissionDenied(gettext("检查人员由本单位或上级单位的管理员登记。"))
