"""A word for somebody's sitting at a desk, so that two holders of one post are told apart; kept in the session."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

KEY = "seat"


def seat_of(request: HttpRequest) -> str:
    """The word, or "" while nothing was taken yet: looking at the list writes nothing."""
    return str(request.session.get(KEY, ""))


def seated(request: HttpRequest) -> str:
    """The word, given now if there is none."""
    if KEY not in request.session:
        request.session[KEY] = secrets.token_urlsafe(16)
    return str(request.session[KEY])
