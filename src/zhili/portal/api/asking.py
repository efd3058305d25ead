"""Reading a request of a program: its body, its keys, who asks. All refusals are raised as Problem."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.utils import check_csrf
from pydantic import BaseModel, ValidationError

from zhili.core.people.actors import Actor, of_request
from zhili.portal.api.limits import slow_down
from zhili.portal.api.problems import Problem, needs_account
from zhili.portal.api.wording import reason

BODY_LIMIT = 1024 * 1024
"""Bytes of a JSON body."""
DEPTH = 16
KEY_SHORTEST = 16
SAFE = ("GET", "HEAD", "OPTIONS")
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json", re.ASCII)
_KEY = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{1,200})"?')
_UNSAVEABLE = re.compile("[\x00\ud800-\udfff]")
M = TypeVar("M", bound=BaseModel)


def actor_of(request: HttpRequest) -> Actor:
    """Who asks. A stranger is counted (429 when they ask too often)."""
    actor = of_request(request)
    if actor.kind == "anonymous":
        slow_down(request)
    return actor


def account_of(request: HttpRequest) -> Actor:
    """Who asks; raises 401 for whoever has no account, with a code or without."""
    actor = of_request(request)
    if actor.account_id is None:
        raise needs_account()
    return actor


def refuse_forgery(request: HttpRequest) -> None:
    """A browser sends its session cookie wherever a page sends it: then the page must prove that it is ours.

    A bearer token is never sent unasked, so it needs no such proof.
    """
    if request.method in SAFE or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return
    if request.headers.get("Authorization", "")[:7].lower() == "bearer ":
        return
    if check_csrf(request) is not None:
        words = _("无法确认请求来自本站页面：请带上 X-CSRFToken，或改用访问令牌。没有改动任何内容。")
        raise Problem(403, "csrf", words)


def refuse_unreadable_address(request: HttpRequest) -> None:
    """PostgreSQL keeps no NUL, so nothing that is asked for can hold one."""
    if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
        raise Problem(400, "bad_text", _("地址中有无法处理的字符。"))


def refuse_unknown(request: HttpRequest, known: Iterable[str]) -> None:
    """A condition misspelt and dropped would answer with everything. Raises Problem (422) naming it."""
    strange = sorted(set(request.GET) - set(known) - {"g"})
    if strange:
        words = _("没有这个条件。")
        errors = {name[:64]: [words] for name in strange[:20]}
        raise Problem(422, "query", _("请求中有不符合要求的条件，请改正后再试。"), errors=errors)


def key_of(request: HttpRequest, actor: Actor) -> str | None:
    """The Idempotency-Key, bare or quoted as in the IETF draft. Raises Problem (400).

    Strangers share one space of keys, so theirs must be long enough that nobody hits another's by chance
    or guess.
    """
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    found = _KEY.fullmatch(given.strip())
    if found is None:
        raise Problem(400, "bad_key", _("Idempotency-Key 应为1至200个可见的 ASCII 字符。"))
    if actor.account_id is None and len(found[1]) < KEY_SHORTEST:
        raise Problem(400, "bad_key", _("匿名请求的 Idempotency-Key 至少16个字符，请用随机的 UUID。"))
    return found[1]


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object sent, {} for none. Raises Problem (400, 411, 413, 415)."""
    raw = _raw(request)
    if not raw:
        return {}
    if not _JSON.fullmatch(request.content_type or ""):
        raise Problem(
            415,
            "content_type",
            _("请以 application/json 发送。"),
            headers={"Accept-Post": "application/json"},
        )
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "content_encoding", _("请直接发送，不要在传输时压缩。"))
    found = _parsed(raw)
    if not isinstance(found, dict):
        raise Problem(400, "not_an_object", _("请求内容应是一个 JSON 对象。"))
    return found


def shaped(model: type[M], body: dict[str, Any]) -> M:
    """The body as that model. Raises Problem (422) with each member's reasons."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        errors: dict[str, list[str]] = {}
        for one in error.errors():
            errors.setdefault(str(one["loc"][0])[:64], []).append(reason(dict(one)))
        raise Problem(422, "form", _("请按各项的说明改正后再提交；内容没有保存。"), errors=errors) from None


def _raw(request: HttpRequest) -> bytes:
    """The body, refused before it is read when it says that it is too large."""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    if not said and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise Problem(411, "length", _("请求里没有说明长度（Content-Length），请改正后再发。"))
    if said.isdigit() and int(said[:12]) > BODY_LIMIT:
        raise Problem(413, "too_large", _("请求太大，最多1 MB；文件请先单独上传。内容没有保存。"))
    return request.body


def _parsed(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8")
        found = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        where = _("第%(line)s行第%(column)s列") if isinstance(error, json.JSONDecodeError) else ""
        if isinstance(error, json.JSONDecodeError):
            where = where % {"line": error.lineno, "column": error.colno}
        raise Problem(400, "malformed", _("请求内容不是合格的 JSON（UTF-8）。") + where) from None
    # only an escape can smuggle in what is not text, and only many brackets can be deep: most bodies skip
    # the walk
    if "\\u" in text or text.count("[") + text.count("{") > DEPTH:
        for depth, one in _walk(found):
            if depth > DEPTH:
                raise _too_deep()
            if isinstance(one, str) and _UNSAVEABLE.search(one):
                raise Problem(400, "bad_text", _("请求内容中有无法保存的字符（NUL 或不成对的代理码）。"))
    return found


def _walk(value: Any) -> Iterator[tuple[int, Any]]:
    """Every value and every key with its depth; no recursion, since depth is what is in question."""
    waiting: list[tuple[int, Any]] = [(0, value)]
    while waiting:
        depth, one = waiting.pop()
        yield depth, one
        if isinstance(one, dict):
            waiting += [(depth + 1, part) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(depth + 1, part) for part in one]


def _too_deep() -> Problem:
    return Problem(400, "too_deep", _("请求内容层层嵌套得太深，最多%(depth)s层。") % {"depth": DEPTH})


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
