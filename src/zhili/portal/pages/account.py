"""/accounts/me/: how this account is signed in to, and what may be done about it."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from zhili.base.codes import CodeError
from zhili.core.people import phone_codes, phones, sms
from zhili.core.people.models import Account, AccountKind
from zhili.core.people.phone_codes import CodeRefused
from zhili.core.web import words
from zhili.portal.pages.signing_in import LONGEST


@login_required
def show(request: HttpRequest) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)
    factors = list(Authenticator.objects.filter(user_id=account.pk).order_by("created_at"))
    context = {
        "phone": phones.masked(account),
        "phone_offered": sms.offered() and account.kind == AccountKind.RESIDENT,
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "two_steps": any(one.type == Authenticator.Type.TOTP for one in factors),
        "codes": any(one.type == Authenticator.Type.RECOVERY_CODES for one in factors),
        "password": account.has_usable_password(),
    }
    return render(request, "account/me.html", context)


@login_required
@reauthentication_required
def change_phone(request: HttpRequest) -> HttpResponse:
    """A code goes to the new number; the old one is forgotten once it was read out."""
    account = request.user
    assert isinstance(account, Account)
    if account.kind != AccountKind.RESIDENT or not sms.offered():
        return redirect("account_page")
    typed, error, status = request.POST.get("phone", "")[:LONGEST], "", 200
    if request.method == "POST":
        try:
            phone_codes.send(request, phones.tidy(typed), "change")
            return redirect("phone_code")
        except CodeError as fault:
            error, status = words.fault_of(fault), 422
        except CodeRefused as refused:
            error, status = refused.message, 429
    context = {"typed": typed, "error": error, "phone": phones.masked(account)}
    return render(request, "account/phone_change.html", context, status=status)


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Every other session ends; this one goes on."""
    account = request.user
    assert isinstance(account, Account)
    Account.objects.filter(pk=account.pk).update(sessions_round=F("sessions_round") + 1)
    account.refresh_from_db(fields=["sessions_round"])
    update_session_auth_hash(request, account)
    messages.success(request, gettext("别的设备都已退出，这台还在登录。"))
    return redirect("account_page")
