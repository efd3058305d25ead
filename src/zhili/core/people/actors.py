"""Who is acting: a frozen value, found once per request and handed to every door."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from zhili.core.people import tokens
from zhili.core.people.models import Account, AccountKind, Deputy, PostHolding

SESSION_POST: Final = "post"
_CACHE: Final = "_zhili_actor"
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
    """The actor of a request: bearer token, else grant code (`X-Grant`, `?g=`), else the session's account.

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
    day = on or timezone.localdate()
    own = _seats(PostHolding.objects.all(), account, day, deputy=False)
    rows = own.union(_seats(Deputy.objects.all(), account, day, deputy=True), all=True)
    seats: dict[int, Seat] = {}
    for row in sorted(rows, key=lambda row: (row[-1], row[0])):
        seat = Seat(row[0], row[1], frozenset(row[2]), *row[3:])
        seats.setdefault(seat.post_id, seat)
    return list(seats.values())


def choose(request: HttpRequest, post_id: int) -> Actor:
    """Act in this post from now on (kept in the session). Raises PostNotHeld."""
    if not isinstance(request.user, Account):
        raise PostNotHeld(gettext("请先登录"))
    actor = of_account(request.user, post_id)
    request.session[SESSION_POST] = post_id
    setattr(request, _CACHE, actor)
    return actor


def _find(request: HttpRequest) -> Actor:
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


def _seats(
    rows: QuerySet[Any], account: Account, day: date, *, deputy: bool
) -> QuerySet[Any, tuple[Any, ...]]:
    holds = Q(valid_to=None) | Q(valid_to__gt=day)
    open_office = Q(post__office__valid_to=None) | Q(post__office__valid_to__gt=day)
    return rows.filter(
        holds, open_office, account=account, valid_from__lte=day, post__office__valid_from__lte=day
    ).values_list(
        "post_id",
        "post__title",
        "post__roles",
        "post__office_id",
        "post__office__name",
        "post__office__level",
        "post__office__division_id",
        Value(deputy, output_field=BooleanField()),
    )


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
