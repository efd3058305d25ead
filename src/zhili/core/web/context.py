"""What every template may ask about the page itself: its look and its language."""

from typing import Any

from django.http import HttpRequest

LOOKS = ("light", "dark", "elder")
LOOK_COOKIE = "zhili_look"


def look_of(request: HttpRequest) -> str:
    """The look the reader chose; "" follows the device. An account's wish for large type holds until then."""
    chosen = request.COOKIES.get(LOOK_COOKIE, "")
    if chosen in LOOKS:
        return chosen
    if chosen == "" and LOOK_COOKIE not in request.COOKIES:
        user = getattr(request, "user", None)
        if user is not None and getattr(user, "elder", False):
            return "elder"
    return ""


def page(request: HttpRequest) -> dict[str, Any]:
    return {"look": look_of(request), "is_fragment": request.headers.get("HX-Request") == "true"}
