"""Who is acting: a frozen value, found once per request and handed to every door."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from zhili.core.people import tokens
from zhili.core.people.models import Account, AccountKind

SESSION_POST: Final = "post"
STRANGER: Final = "stranger"
_CACHE: Final = "_zhili_actor"
# Written out because each signed-in request asks it: composing it took the ORM longer than answering takes.
_SEATS: Final = """
SELECT post.id, post.title, post.roles,
       office.id, office.name, office.level, office.division_id, held.deputy
FROM (
    SELECT post_id, valid_from, valid_to, false AS deputy
    FROM people_postholding WHERE account_id = %(account)s
    UNION ALL
    SELECT post_id, valid_from, valid_to, true
    FROM people_deputy WHERE account_id = %(account)s
) held
JOIN people_post post ON post.id = held.post_id
JOIN people_office office ON office.id = post.office_id
WHERE held.valid_from <= %(day)s AND (held.valid_to IS NULL OR held.valid_to > %(day)s)
  AND post.valid_from <= %(day)s AND (post.valid_to IS NULL OR post.valid_to > %(day)s)
  AND office.valid_from <= %(day)s AND (office.valid_to IS NULL OR office.valid_to > %(day)s)
ORDER BY held.deputy, post.id
"""
_HOLDINGS: Final = """
SELECT held.account_id, held.post_id
FROM (
    SELECT account_id, post_id, valid_from, valid_to FROM people_postholding WHERE account_id = ANY(%(accounts)s)
    UNION ALL
    SELECT account_id, post_id, valid_from, valid_to FROM people_deputy WHERE account_id = ANY(%(accounts)s)
) held
JOIN people_account account ON account.id = held.account_id
JOIN people_post post ON post.id = held.post_id
JOIN people_office office ON office.id = post.office_id
WHERE account.is_active AND held.valid_from <= %(day)s AND (held.valid_to IS NULL OR held.valid_to > %(day)s)
  AND office.valid_from <= %(day)s AND (office.valid_to IS NULL OR office.valid_to > %(day)s)
"""
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Actor:
    """Whoever takes a step. `id` is the post's, account's or grant's by `kind`.

    `label` is shown beside steps and kept in them: the office and the post, never a person's name.
    """

    kind: str  # account, post, grant, rule, clock, site, anonymous
    id: int | None = None
    account_id: int | None = None
    office_id: int | None = None
    office_level: str | None = None
    division_id: int | None = None
    roles: frozenset[str] = frozenset()
    grant_case: int | None = None
    grant_party: str | None = None
    grant_actions: frozenset[str] = frozenset()
    label: str = ""


ANONYMOUS: Final = Actor(kind="anonymous", label="匿名")
CLOCK: Final = Actor(kind="clock", label="时限")


@dataclass(frozen=True, slots=True)
class Seat:
    """A post an account may act in today, of its own or as a deputy."""

    post_id: int
    title: str
    roles: frozenset[str]
    office_id: int
    office_name: str
    office_level: str
    division_id: int
    deputy: bool

    @property
    def label(self) -> str:
        return f"{self.office_name} {self.title}" + (gettext("（代）") if self.deputy else "")


class PostNotHeld(PermissionDenied):
    """The account does not hold this post today."""


class TokenRefused(PermissionDenied):
    """A bearer token that is unknown, expired or revoked, or may not do this."""


def of_request(request: HttpRequest) -> Actor:
    """The actor of a request: a stranger (`X-As: stranger`), else by bearer token, else by grant code (`X-Grant`,
    `?g=`), else the session's account.

    At most two queries beyond the session's own row, none for a passer-by; found once per request. A bad
    token is refused (TokenRefused): falling back to the session would act as somebody else. A bad grant
    code is as none, for it may be an old link in a signed-in browser. A grant used while signed in keeps
    the account's id, not its post: the holder of a link acts as the party named in it.
    """
    actor: Actor | None = getattr(request, _CACHE, None)
    if actor is None:
        actor = _find(request)
        setattr(request, _CACHE, actor)
    return actor


def of_account(account: Account, post_id: int | None = None) -> Actor:
    """The account in one of its posts (its first when none is named), or by itself when it holds none.

    Raises PostNotHeld when it does not hold the post named. One query.
    """
    seats = posts_of(account)
    if post_id is None:
        return _seated(account, seats[0]) if seats else _alone(account)
    for seat in seats:
        if seat.post_id == post_id:
            return _seated(account, seat)
    raise PostNotHeld(gettext("您今天不在该岗位任职或代理"))


def posts_of(account: Account, on: date | None = None) -> list[Seat]:
    """The posts an account may act in on a day (today): its own first, then as a deputy. One query."""
    if not account.is_active:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SEATS, {"account": account.pk, "day": on or timezone.localdate()})
        rows = cursor.fetchall()
    seats: dict[int, Seat] = {}
    for row in rows:
        seats.setdefault(row[0], Seat(row[0], row[1], frozenset(row[2]), *row[3:]))
    return list(seats.values())


def holdings(account_ids: Collection[int]) -> set[tuple[int, int]]:
    """(account, post) for every post these accounts may act in today, of their own or as deputies. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS, {"accounts": list(account_ids), "day": timezone.localdate()})
        return {(account, post) for account, post in cursor.fetchall()}


def choose(request: HttpRequest, post_id: int) -> Actor:
    """Act in this post from now on (kept in the session). Raises PostNotHeld."""
    if not isinstance(request.user, Account):
        raise PostNotHeld(gettext("请先登录"))
    actor = of_account(request.user, post_id)
    request.session[SESSION_POST] = post_id
    setattr(request, _CACHE, actor)
    return actor


def _find(request: HttpRequest) -> Actor:
    # What was written without an account is sent without one, whoever has signed in on that phone meanwhile.
    if request.headers.get("X-As") == STRANGER:
        return ANONYMOUS
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _of_token(request, text.strip())
    user = getattr(request, "user", None)
    account = user if isinstance(user, Account) or getattr(user, "is_authenticated", False) else None
    code = request.headers.get("X-Grant") or request.GET.get("g")
    if code:
        from zhili.core.people import grants

        granted = grants.resolve(code)
        if granted is not None:
            return replace(granted, account_id=account.pk) if account else granted
    return _of_session(account, request.session.get(SESSION_POST)) if account else ANONYMOUS


def _of_session(account: Any, chosen: int | None) -> Actor:
    """A post chosen yesterday may have ended: then the first of today's."""
    seats = posts_of(account)
    for seat in seats:
        if seat.post_id == chosen:
            return _seated(account, seat)
    return _seated(account, seats[0]) if seats else _alone(account)


def _of_token(request: HttpRequest, text: str) -> Actor:
    token = tokens.resolve(text)
    if token is None:
        raise TokenRefused(gettext("令牌无效、已到期或已吊销"))
    needed = tokens.READ if request.method in _SAFE_METHODS else tokens.WRITE
    if needed not in token.scopes:
        raise TokenRefused(gettext("该令牌无权进行此操作"))
    wanted = request.headers.get("X-Post", "")
    return of_account(token.account, int(wanted) if wanted.isascii() and wanted.isdigit() else None)


def _seated(account: Account, seat: Seat) -> Actor:
    return Actor(
        kind="post",
        id=seat.post_id,
        account_id=account.pk,
        office_id=seat.office_id,
        office_level=seat.office_level,
        division_id=seat.division_id,
        roles=seat.roles,
        label=seat.label,
    )


_ALONE: Final = {
    AccountKind.RESIDENT: gettext_lazy("居民"),
    AccountKind.STAFF: gettext_lazy("工作人员"),
    AccountKind.MACHINE: gettext_lazy("接入系统"),
}


def _alone(account: Account) -> Actor:
    label = str(_ALONE.get(AccountKind(account.kind), ""))
    return Actor(kind="account", id=account.pk, account_id=account.pk, label=label)
