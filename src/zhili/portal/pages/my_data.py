"""/my/data: what is kept of me, who looked, and what I may ask: a copy, a correction, an end (个人信息保护法 44–50)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhili.core.cases.errors import Refused
from zhili.core.forms import Bool, Form, FormErrors, Personal
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, AccountKind
from zhili.core.personal import copying, correcting, erasing, looked, mine
from zhili.core.personal.mine import Held
from zhili.core.personal.models import Wanted, Wish
from zhili.portal.asked import number_in
from zhili.portal.submitted import Submission

KEPT = 20
WISHES = 10


class CloseForm(Form):
    sure = Bool("我知道：注销后不能恢复，登录方式、手机号、消息立即删除", required=True)


def person_of(request: HttpRequest) -> Actor:
    """Whoever is signed in, as themselves: not the post they act in, and not a code in the address."""
    account = request.user
    assert isinstance(account, Account)
    return Actor(kind="account", id=account.pk, account_id=account.pk, label=gettext("本人"))


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    held = mine.held(actor)
    start = min(number_in(request.GET, "from") or 0, len(held))
    page = looked.page(actor, [*held, *mine.originals(actor)], number_in(request.GET, "before"))
    counts = looked.counted(held[start : start + KEPT])
    context = {
        "looks": page.looks,
        "more": f"?before={page.next}" if page.next else "",
        "paged": "before" in request.GET,
        "kept": [(one, counts.get(one.id, 0)) for one in held[start : start + KEPT]],
        "kept_more": f"?from={start + KEPT}#kept" if len(held) > start + KEPT else "",
        "kept_first": "?#kept" if start else "",
        "total": len([one for one in held if not one.gone]),
        "gone": len([one for one in held if one.gone and not one.corrected]),
        "wishes": _wishes(actor),
        "may_correct": correcting.MAY,
        "account": request.user,
        "resident": getattr(request.user, "kind", "") == AccountKind.RESIDENT,
    }
    return render(request, "portal/my_data.html", context)


def _wishes(actor: Actor) -> list[tuple[Wish, bool]]:
    """(what was asked for, whether its file may be fetched now)."""
    rows = (
        Wish.objects.filter(account_id=actor.account_id or 0).defer("sealed").order_by("-asked_at")[:WISHES]
    )
    now = timezone.now()
    return [(one, one.state == "ready" and one.until is not None and one.until > now) for one in rows]


@login_required
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Whether to be told when somebody looks."""
    wanted = request.POST.get("tell") == "1"
    Account.objects.filter(pk=person_of(request).account_id or 0).update(tell_openings=wanted)
    words = gettext("以后有单位查看您的信息，会通知您。") if wanted else gettext("不再通知，这里随时能看到。")
    messages.success(request, words)
    return redirect("my_data")


@login_required
@reauthentication_required
@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest) -> HttpResponse:
    """Ask for a copy: the password first, since the file holds everything in full."""
    actor = person_of(request)
    if request.method == "GET":
        last = Wish.objects.filter(account_id=actor.account_id or 0, wanted=Wanted.COPY).defer("sealed")
        context = {"last": last.order_by("-asked_at").first(), "cases": len(mine.cases_of(actor))}
        return render(request, "portal/my_data_copy.html", context)
    try:
        wish = copying.ask(actor)
    except Refused as refused:
        if refused.status == 403:
            raise
        messages.error(request, refused.message)
    else:
        ready = gettext("导出好了，在下面“我提过的请求”里下载。")
        later = gettext("正在准备，要几分钟。可以离开，回来时在“我提过的请求”里下载。")
        messages.success(request, ready if wish.state == "ready" else later)
    return HttpResponseRedirect("/my/data#asked")


@login_required
@reauthentication_required
@require_GET
def fetch(request: HttpRequest, wish: UUID) -> HttpResponse:
    found, content = copying.fetch(wish, person_of(request))
    response = HttpResponse(content, content_type="application/zip")
    day = timezone.localdate(found.asked_at)
    response["Content-Disposition"] = f'attachment; filename="zhili-my-data-{day:%Y%m%d}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@reauthentication_required
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Item by item: what would go now, what must stay and under which article."""
    actor = person_of(request)
    if request.method == "POST":
        wish = erasing.erase(actor, _chosen(request))
        n = wish.outcome["erased"]
        if n:
            text = ngettext("已删除 %(n)d 项，不能恢复。", "已删除 %(n)d 项，不能恢复。", n) % {"n": n}
            messages.success(request, text)
        else:
            messages.info(request, gettext("没有可以删除的。"))
        return redirect("my_data")
    items = erasing.plan(actor)
    context = {"free": [one for one in items if one.free], "kept": [one for one in items if not one.free]}
    return render(request, "portal/my_data_erase.html", context)


def _chosen(request: HttpRequest) -> set[UUID]:
    found = set()
    for text in request.POST.getlist("secret")[: mine.MOST]:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


@login_required
@reauthentication_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, secret: UUID) -> HttpResponse:
    actor = person_of(request)
    held = correcting.find(secret, actor)
    form = _form_for(held)
    if request.method == "GET":
        return _draw_correct(request, held, form)
    sent = Submission(request, form, actor)
    try:
        cleaned = form.validate(sent.data)
    except FormErrors as error:
        return _draw_correct(request, held, form, sent.data, error.errors)
    correcting.correct(secret, cleaned.personal["value"], actor)
    messages.success(request, gettext("已更正。承办单位从现在起看到的是新的内容，原来的已销毁。"))
    return redirect("my_data")


def _form_for(held: Held) -> type[Form]:
    """One question, of the kind of the value."""
    field = Personal(
        mine.KINDS[held.secret.kind], kind=held.secret.kind, required=True, seen_by="承办单位；每次查看都留痕"
    )
    return type("CorrectForm", (Form,), {"value": field, "__module__": __name__})


def _draw_correct(
    request: HttpRequest, held: Held, form: type[Form], data: dict[str, Any] | None = None, errors: Any = None
) -> HttpResponse:
    context = {"held": held, "bound": form.bind(data or {}, errors)}
    return render(request, "portal/my_data_correct.html", context, status=422 if errors else 200)


@login_required
@reauthentication_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Close the account. An office's account is ended by its office."""
    actor = person_of(request)
    if getattr(request.user, "kind", "") != AccountKind.RESIDENT:
        raise Refused("no_resident", gettext("工作账号由单位管理员停用。"), 403)
    sent, errors = None, None
    if request.method == "POST":
        sent = Submission(request, CloseForm, actor)
        try:
            CloseForm.validate(sent.data)
        except FormErrors as error:
            errors = error.errors
        else:
            erasing.close(actor)
            logout(request)
            messages.success(request, gettext("账号已注销。还在办的事凭编号和查询码，或者拨打 12345 查询。"))
            return redirect("home")
    items = [one for one in erasing.plan(actor) if one.held.case is not None]
    context = {
        "free": [one for one in items if one.free],
        "kept": [one for one in items if not one.free],
        "bound": CloseForm.bind(sent.data if sent else {}, errors),
    }
    return render(request, "portal/my_data_close.html", context, status=422 if errors else 200)
