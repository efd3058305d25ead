"""How the reader wants pages to look and read: kept in cookies, and in the account where there is one."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from zhili.core.people.models import Account
from zhili.core.web.context import LOOK_COOKIE, LOOKS

YEAR = 365 * 24 * 3600


@require_POST
def prefs(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    account = request.user if isinstance(request.user, Account) else None
    changes: dict[str, Any] = {}
    look = request.POST.get("look")
    if look is not None and (look == "" or look in LOOKS):
        _cookie(response, LOOK_COOKIE, look)
        changes["elder"] = look == "elder"
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _cookie(response, settings.LANGUAGE_COOKIE_NAME, language)
        changes["language"] = language
    if account and changes:
        Account.objects.filter(pk=account.pk).update(**changes)
    return response


def _cookie(response: HttpResponse, name: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
