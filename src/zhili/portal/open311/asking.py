"""Reading a request: its parameters, its jurisdiction, its key, and how often it comes."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.params import Param
from zhili.core.people import tokens
from zhili.core.people.actors import ANONYMOUS, Actor, of_account
from zhili.core.people.models import Account, ApiToken
from zhili.core.places.tree import nodes
from zhili.portal.api.limits import address, allowed, buckets
from zhili.portal.open311.answering import Refusal

OWN = "平台约定，城市可改"
JURISDICTION = "open311.jurisdiction"
PER_KEY = "open311.per_key_per_minute"
PARAMS = (
    Param(JURISDICTION, "auto", title="Open311 辖区标识；auto 为本市区划代码", source=OWN),
    Param(PER_KEY, "600", title="Open311：每个密钥每分钟的请求数上限", source=OWN),
    Param("open311.contact", "请联系本市社会治理中心", title="Open311 发现文件：联系方式", source=OWN),
    Param(
        "open311.key_service",
        "请向本市社会治理中心申请密钥",
        title="Open311 发现文件：如何取得密钥",
        source=OWN,
    ),
    Param("open311.type", "production", title="Open311 发现文件：production 或 test", source=OWN),
)
Args = Mapping[str, list[str]]
FIELDS_MOST = 200
BODY_MOST = 256 * 1024
KEY_SHORTEST, KEY_LONGEST = 1, 100
_KEY = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{1,100})"?')
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d))?", re.IGNORECASE
)
_LIST = re.compile(r"[,，]")


def asked(request: HttpRequest) -> Args:
    """The query's parameters. Raises Refusal (400) for what is not UTF-8 or cannot be kept."""
    return _parsed(request.META.get("QUERY_STRING", ""))


def sent(request: HttpRequest) -> Args:
    """The parameters of a POST, with those of its address. Raises Refusal (400, 413, 415)."""
    kind = (request.content_type or "").lower()
    if kind == "multipart/form-data":
        if request.FILES:
            raise Refusal(400, _("这里不收文件；请用 media_url 给出地址，或改用 /api/v1/files。"))
        found = {str(name): [str(one) for one in request.POST.getlist(name)] for name in request.POST}
    elif kind in ("application/x-www-form-urlencoded", ""):
        if len(request.body) > BODY_MOST:
            raise Refusal(413, _("请求太大，没有读取；内容没有保存。"))
        found = dict(_parsed(request.body))
    else:
        raise Refusal(415, _("请以 application/x-www-form-urlencoded 发送。"))
    _refuse_unsaveable(found)
    return {**asked(request), **found}


def _parsed(raw: str | bytes) -> Args:
    try:
        text = raw.decode("ascii") if isinstance(raw, bytes) else raw
        found = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MOST)
    except ValueError:
        words = _("参数应当是 UTF-8 编码的表单，最多%(most)s项。") % {"most": FIELDS_MOST}
        raise Refusal(400, words) from None
    _refuse_unsaveable(found)
    return found


def _refuse_unsaveable(found: Args) -> None:
    if any("\x00" in one or "\ufffd" in one for name, values in found.items() for one in (name, *values)):
        raise Refusal(400, _("参数中有无法保存的字符（NUL，或不是 UTF-8）。"))


def one_of(args: Args, name: str) -> str:
    """The last value given, trimmed; empty and absent are the same."""
    values = args.get(name) or [""]
    return values[-1].strip()


def several(args: Args, name: str, most: int = 1000) -> list[str]:
    """Values given again and again or with commas between. Raises Refusal (400) for more than ``most``."""
    found = [one.strip() for value in args.get(name, []) for one in _LIST.split(value) if one.strip()]
    if len(found) > most:
        raise Refusal(400, _("%(name)s 最多%(most)s个。") % {"name": name, "most": most})
    return found


# --- whose -------------------------------------------------------------------------------------------------


def jurisdiction() -> str:
    """What this site calls itself: a parameter, else the 6 digits of its city; empty before places are loaded."""
    text = params.get(JURISDICTION).text
    if text != "auto":
        return text
    codes = sorted(one.code for one in nodes().values() if one.level == "city" and one.valid_to is None)
    return codes[0][:6] if codes else ""


def refuse_elsewhere(request: HttpRequest, args: Args) -> None:
    """This endpoint serves one jurisdiction: its id may be left out, but another's is not found (404)."""
    given = one_of(args, "jurisdiction_id")
    own = jurisdiction()
    host = request.get_host().partition(":")[0]
    if given and given.lower() not in (own.lower(), own.ljust(12, "0"), host.lower()):
        words = _("没有这个 jurisdiction_id：%(given)s；本站是%(own)s。")
        raise Refusal(404, words % {"given": given[:100], "own": own})


# --- who ---------------------------------------------------------------------------------------------------


def reader(request: HttpRequest, args: Args) -> Actor:
    """Who reads: the account of the key, in its post if it has one; a stranger without a key. Counted."""
    token = _token(request, args, (tokens.OPEN311, tokens.READ))
    return ANONYMOUS if token is None else of_account(token.account)


def writer(request: HttpRequest, args: Args) -> Account:
    """Whose key it is. Raises Refusal (403) without one that may write."""
    token = _token(request, args, (tokens.OPEN311, tokens.WRITE))
    if token is None:
        raise Refusal(403, _("缺少 api_key。"))
    return token.account


def _token(request: HttpRequest, args: Args, scopes: tuple[str, ...]) -> ApiToken | None:
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    text = text.strip() if scheme.lower() == "bearer" else one_of(args, "api_key")
    if not text:
        slow_down(f"address {address(request)}", allowed())
        return None
    token = tokens.resolve(text)
    if token is None:
        slow_down(
            f"address {address(request)}", allowed()
        )  # guessing keys is not quicker than asking without
        raise Refusal(403, _("api_key 无效、已到期或已吊销。"))
    slow_down(f"key {token.pk}", _per_key())
    if not set(scopes) & set(token.scopes):
        raise Refusal(403, _("这个 api_key 无权进行此操作。"))
    return token


def _per_key() -> int:
    text = params.get(PER_KEY).text
    return int(text) if text.isascii() and text.isdigit() else 600


def slow_down(who: str, per_minute: int) -> None:
    """Counts a request. Raises Refusal (429) with Retry-After when there were too many."""
    if os.environ.get("ZHILI_RATE_LIMIT") == "0" or per_minute <= 0:
        return
    wait = buckets.take(who, per_minute, time.monotonic())
    if wait:
        seconds = math.ceil(wait)
        words = _("短时间内请求太多，请在%(seconds)s秒后再试。") % {"seconds": seconds}
        raise Refusal(429, words, headers={"Retry-After": str(seconds)})


def key_of(request: HttpRequest) -> str | None:
    """The Idempotency-Key, bare or quoted. Raises Refusal (400)."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    found = _KEY.fullmatch(given.strip())
    if found is None:
        raise Refusal(400, _("Idempotency-Key 应为1至100个可见的 ASCII 字符。"))
    return found[1]


# --- when and where ----------------------------------------------------------------------------------------


def moment(args: Args, name: str) -> datetime | None:
    """A date or time in W3C form; a bare day is its first moment here. Raises Refusal (400)."""
    text = one_of(args, name)
    if not text:
        return None
    found = _MOMENT.fullmatch(text.replace(" ", "+"))  # an offset's plus that nobody escaped
    if found is None:
        raise Refusal(400, _wrong_moment(name))
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if not 1900 <= year <= 2200:
        raise Refusal(400, _("%(name)s 应在1900年至2200年之间。") % {"name": name})
    try:
        at = datetime(year, month, day, hour, minute, second, int((found[7] or "").ljust(6, "0")[:6]))
        return _in_zone(at, found[8])
    except ValueError:
        raise Refusal(400, _wrong_moment(name)) from None


def _in_zone(at: datetime, zone: str | None) -> datetime:
    if zone is None:
        return timezone.make_aware(at)
    if zone in "Zz":
        return at.replace(tzinfo=UTC)
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError("no such offset")
    shift = timedelta(hours=hours, minutes=minutes)
    return (at + shift if zone[0] == "-" else at - shift).replace(tzinfo=UTC)


def _wrong_moment(name: str) -> str:
    return _("%(name)s 应为 W3C 日期时间，带时区，例如 2026-01-02T08:00:00+08:00。") % {"name": name}


def number(args: Args, name: str, least: float, most: float) -> float | None:
    """A plain decimal number within bounds. Raises Refusal (400)."""
    text = one_of(args, name)
    if not text:
        return None
    if re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,18})?", text, re.ASCII) and least <= float(text) <= most:
        return float(text)
    words = _("%(name)s 应是 %(least)s 至 %(most)s 之间的数。")
    raise Refusal(400, words % {"name": name, "least": f"{least:g}", "most": f"{most:g}"})


def whole(args: Args, name: str, default: int, most: int) -> int:
    """A whole number from 1. Raises Refusal (400)."""
    text = one_of(args, name)
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most:
        return int(text)
    raise Refusal(400, _("%(name)s 应是 1 至 %(most)s 的整数。") % {"name": name, "most": most})
