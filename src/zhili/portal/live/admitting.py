"""Who may watch: a session with a post, or a device let in by a door of its own (doors.py).

Asked once when a screen connects, then of all screens together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.utils import timezone, translation

from zhili.core.cases import watching
from zhili.core.people import actors, second_factor
from zhili.core.people.actors import SESSION_POST
from zhili.core.people.models import Account
from zhili.core.streams.live import Listener, Position
from zhili.portal.live import doors

TOPIC = re.compile(r"[a-z]{1,20}(:[A-Za-z0-9-]{1,24})?")
TOPICS = 20
ENDED, MOVED = "signed_out", "post_changed"


@dataclass(frozen=True)
class Refusal:
    """Why nobody may watch so: a status and a word."""

    status: int
    why: str


@dataclass(frozen=True, slots=True)
class Pass:
    """What let a screen in, to be looked at again: the session as it was, and the post."""

    session: str
    data: str
    account_id: int
    post_id: int


@dataclass(frozen=True)
class Admitted:
    listener: Listener
    pass_: Any
    """A `Pass`, or what a door gave."""
    since: Position | None


def admit(scope: Any) -> Admitted | Refusal:
    """Let a request in or refuse it. Five small queries; gives its connection back."""
    try:
        return let_in(ASGIRequest(scope, BytesIO()))
    except (DisallowedHost, SuspiciousOperation):
        return Refusal(400, "bad_request")
    finally:
        connection.close()


def let_in(request: ASGIRequest) -> Admitted | Refusal:
    """Who asks, and for what; everything a stream needs to know, so that it need not ask again."""
    host = request.get_host()
    if request.method != "GET":
        return Refusal(405, "method")
    if _foreign(request, host):
        return Refusal(403, "foreign")
    topics = frozenset(one for one in request.GET.get("topics", "").split(",") if one)
    if door := doors.of(topics):
        found = door.let_in(request)
        return Refusal(403, "not_paired") if found is None else _admitted(request, found, topics)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    session = Session.objects.filter(pk=key, expire_date__gt=timezone.now()).first() if key else None
    if session is None:
        return Refusal(401, ENDED)
    request.session = SessionStore(session.session_key)
    request.user = get_user(request)
    if not isinstance(request.user, Account):
        return Refusal(401, ENDED)
    if second_factor.lacking(request):
        return Refusal(403, "second_factor")
    if "Authorization" in request.headers or "X-Grant" in request.headers or "g" in request.GET:
        return Refusal(400, "session_only")
    actor = actors.of_request(request)
    seat = watching.seat_of(actor)
    if seat is None or actor.id is None:
        return Refusal(403, "no_post")
    if not topics or len(topics) > TOPICS or not all(map(TOPIC.fullmatch, topics)):
        return Refusal(400, "topics")
    pass_ = Pass(session.session_key, session.session_data, request.user.pk, actor.id)
    return _admitted(request, doors.Found(seat, pass_), topics)


def _admitted(request: ASGIRequest, found: doors.Found, topics: frozenset[str]) -> Admitted:
    return Admitted(
        Listener(found.who, topics, _language(request)),
        found.pass_,
        Position.of(request.headers.get("Last-Event-ID") or request.GET.get("last", "")),
    )


def ended(passes: Iterable[Any]) -> dict[Any, str]:
    """Of these, the ones that hold no more, each with the reason. Two queries, whatever their number, one a door."""
    asked = set(passes)
    try:
        gone: dict[Any, str] = dict(_ended({one for one in asked if isinstance(one, Pass)}))
        for door in doors.every():
            if its := {one for one in asked if isinstance(one, door.kind)}:
                gone.update(door.ended(its))
        return gone
    finally:
        connection.close()


def _ended(passes: set[Pass]) -> dict[Pass, str]:
    keys = {one.session for one in passes}
    there = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    data = dict(there.values_list("session_key", "session_data"))
    holding = actors.holdings({one.account_id for one in passes})
    gone = {}
    for one in passes:
        if one.session not in data:
            gone[one] = ENDED
        elif (one.account_id, one.post_id) not in holding:
            gone[one] = MOVED
        elif data[one.session] != one.data and (why := _changed(one, data[one.session])):
            gone[one] = why
    return gone


def _changed(known: Pass, data: str) -> str:
    """A session that was written meanwhile: of the same account, in the same post?"""
    now, before = (SessionStore().decode(each) for each in (data, known.data))
    same = ("_auth_user_id", "_auth_user_hash")
    if any(now.get(name) != before.get(name) for name in same):
        return ENDED
    return "" if now.get(SESSION_POST, known.post_id) == known.post_id else MOVED


def _foreign(request: ASGIRequest, host: str) -> bool:
    """Asked by a page of another site: its reader's browser would hold a stream open for it."""
    origin = request.headers.get("Origin")
    if origin and origin != "null":
        return urlsplit(origin).netloc != host and origin not in settings.CSRF_TRUSTED_ORIGINS
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def _language(request: ASGIRequest) -> str:
    found = translation.get_language_from_request(request)
    return found if found in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
