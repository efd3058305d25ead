"""Signing in by telephone, and signing up by passkey. Reporting needs neither."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from allauth.mfa.webauthn.forms import SignupWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from zhili.base.codes import CodeError
from zhili.core.people import phone_codes, phones, sms
from zhili.core.people.models import Account
from zhili.core.people.phone_codes import CodeRefused
from zhili.core.people.signin import sign_in
from zhili.core.web import words

LONGEST = 40
_NEW = "passkey_new"
"""In the session: the id that the account now being made by passkey will have."""


def onward(request: HttpRequest) -> str:
    """Where the reader wanted to go, on this site; "" for nowhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else ""


def phone(request: HttpRequest) -> HttpResponse:
    """/accounts/phone/: the number; a code is sent to it."""
    if not sms.offered():
        raise Http404
    typed = request.POST.get("phone", "")[:LONGEST]
    context: dict[str, Any] = {"typed": typed, "next": onward(request), "error": ""}
    if request.method != "POST":
        return render(request, "account/phone.html", context)
    try:
        phone_codes.send(request, phones.tidy(typed), "sign_in", onward(request))
    except CodeError as error:
        return render(request, "account/phone.html", context | {"error": words.fault_of(error)}, status=422)
    except CodeRefused as error:
        return render(request, "account/phone.html", context | {"error": error.message}, status=429)
    return redirect("phone_code")


def code(request: HttpRequest) -> HttpResponse:
    """/accounts/phone/code/: the code; then the number's account, made now when there was none."""
    found = phone_codes.under_way(request)
    if found is None and request.method != "POST":
        return redirect("account_login")
    error, status = "", 200
    if request.method == "POST":
        try:
            if request.POST.get("again"):
                phone_codes.again(request)
                return redirect("phone_code")
            number, found = phone_codes.check(request, request.POST.get("code", "")[:LONGEST])
            return _shown(request, number, found)
        except CodeRefused as refused:
            error, status = refused.message, 422
            if refused.over:
                asked_anew = {"typed": "", "next": onward(request), "error": error}
                return render(request, "account/phone.html", asked_anew, status=status)
        except CodeError as fault:
            asked_anew = {"typed": "", "next": "", "error": words.fault_of(fault)}
            return render(request, "account/phone.html", asked_anew, status=422)
    context: dict[str, Any] = {
        "under_way": phone_codes.under_way(request),
        "error": error,
        "trial": sms.trial(),
    }
    return render(request, "account/phone_code.html", context, status=status)


def _shown(request: HttpRequest, number: str, found: phone_codes.UnderWay) -> HttpResponse:
    """What somebody who has the telephone wanted."""
    if found.purpose == "change" and isinstance(request.user, Account):
        phones.change(request.user, number)
        return redirect("account_page")
    if found.purpose != "sign_in":
        return redirect("account_login")
    account = phones.join(number, getattr(request, "LANGUAGE_CODE", ""))
    return sign_in(request, account, "code", found.onward or None)


def passkey(request: HttpRequest) -> HttpResponse:
    """/accounts/passkey/: an account with nothing but a passkey: no name, no number, no password."""
    if request.user.is_authenticated:
        return redirect("account_page")
    if request.method != "POST":
        return _begin(request)
    if not ratelimit.consume(request, app="allauth.account", action="signup"):
        refused: HttpResponse = ratelimit.respond_429(request)
        return refused
    pk = request.session.get(_NEW)
    if not isinstance(pk, int):
        return _begin(request, gettext("等得太久了，请再试一次。"), 422)
    form = SignupWebAuthnForm(request.POST, user=Account(pk=pk))
    if not form.is_valid():
        return _begin(request, gettext("没有建成。请再试一次，或者换一种方式。"), 422)
    del request.session[_NEW]
    account = phones.new_resident(getattr(request, "LANGUAGE_CODE", ""), pk)
    webauthn.WebAuthn.add(account, form.cleaned_data["name"], form.cleaned_data["credential"])
    return sign_in(request, account, "passkey", onward(request) or None)


def _begin(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    """The account's id must be known before the account is there: the passkey carries it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('people_account', 'id'))")
        pk = int(cursor.fetchone()[0])
    request.session[_NEW] = pk
    name = gettext("居民 %(number)s") % {"number": pk}
    options = webauthn.begin_registration(Account(pk=pk, username=name), passwordless=True)
    form = SignupWebAuthnForm(user=Account(pk=pk, username=name))
    context = {"options": options, "form": form, "next": onward(request), "error": error}
    context["secure"] = settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN or request.is_secure()
    return render(request, "account/passkey.html", context, status=status)
