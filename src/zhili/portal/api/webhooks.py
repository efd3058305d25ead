"""Webhooks of a machine account, kept by itself: subscriptions, what was not delivered, and sending it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypeVar

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from zhili.core.exchange.models import Delivery, DeliveryState, Mode, Subscription
from zhili.core.exchange.webhooks import catalogue, permission, replaying, standing, subscribing
from zhili.core.exchange.webhooks.subscribing import Given
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.models import Account, AccountKind
from zhili.portal.api import cursors
from zhili.portal.api.asking import account_of, actor_of, body_of, refuse_unknown, shaped
from zhili.portal.api.problems import Problem
from zhili.portal.api.shapes import Shape

router = Router(tags=["webhooks"])
T = TypeVar("T")
Codes = list[str]


class WebhookIn(Shape):
    """A subscription as it is asked for. An empty filter lets everything through; ``divisions`` hold for all below."""

    name: str = Field(min_length=1, max_length=80)
    url: str = Field(max_length=500, description="https, to a public address")
    types: Codes = Field(min_length=1, max_length=60, description="names of event types")
    procedures: Codes = Field([], max_length=200)
    categories: Codes = Field([], max_length=200, description="codes; those below included")
    divisions: Codes = Field([], max_length=200, description="codes; those below included")
    offices: Codes = Field([], max_length=200, description="codes of the offices that have the case")
    mode: Literal["structured", "batch", "binary"] = "structured"
    per_minute: int = Field(600, ge=1, le=subscribing.RATE_MOST, description="requests a minute at most")
    token: str | None = Field(
        None, max_length=2000, description="bearer token to send along; '' takes it away"
    )


class ReplayIn(Shape):
    """Which dead letters; none named: all."""

    letter: int | None = Field(None, ge=1, le=cursors.BIGGEST)
    since: datetime | None = Field(None, description="of events since then")


class WebhookOut(Shape):
    """``state``: paused, asking (for its permission), refused, gone (410), failing, late, dead (letters), well."""

    id: int
    name: str
    url: str
    types: Codes
    procedures: Codes
    categories: Codes
    divisions: Codes
    offices: Codes
    mode: str
    per_minute: int
    allowed_rate: int | None = Field(description="requests a minute the receiver allows; null: any")
    active: bool
    state: str
    waiting: int
    dead: int
    failures: int = Field(description="in a row")
    error: str
    heard_at: datetime | None


class WebhookList(Shape):
    items: list[WebhookOut]


class EventTypeOut(Shape):
    """``data``: JSON Schema of the event's data."""

    name: str
    title: str
    description: str
    data: dict[str, Any]


class EventTypeList(Shape):
    items: list[EventTypeOut]


class LetterOut(Shape):
    """One event for this subscription. ``status``: what the receiver answered last."""

    id: int
    event: str
    type: str
    subject: str
    time: datetime
    state: str
    attempts: int
    status: int | None
    error: str
    answer: str


class LetterPage(Shape):
    items: list[LetterOut]
    next: str | None


class CountOut(Shape):
    count: int


class PermissionOut(Shape):
    given: bool
    why: str


class Letters(Schema):
    """Which letters."""

    state: Literal["dead", "waiting", "sent"] | None = None
    cursor: str | None = Field(None, max_length=300)
    limit: int = Field(50, ge=1, le=100)


@router.get(
    "/webhooks/types", response=EventTypeList, summary="What may be told", operation_id="webhook_types"
)
def types(request: HttpRequest) -> EventTypeList:
    """Every public type of event with the JSON Schema of its data."""
    actor_of(request)
    return EventTypeList(
        items=[
            EventTypeOut(
                name=one.name,
                title=_(one.title),
                description=one.says,
                data=catalogue.SHAPES[one.shape],
            )
            for one in catalogue.TYPES.values()
        ]
    )


@router.get("/webhooks", response=WebhookList, summary="Own webhooks", operation_id="list_webhooks")
def listing(request: HttpRequest) -> WebhookList:
    """Those of the machine account that asks."""
    _machine(request)
    return WebhookList(items=[_told(one) for one in standing.healths(_own(request))])


@router.post("/webhooks", response=WebhookOut, summary="Subscribe", operation_id="add_webhook")
def add(request: HttpRequest) -> WebhookOut:
    """The receiver is asked for its permission at once (OPTIONS); nothing is sent before it agrees."""
    actor, account = _machine(request)
    given = shaped(WebhookIn, body_of(request))
    row = _kept(lambda: subscribing.add(account, _given(given), actor))
    permission.ask(row)
    row.refresh_from_db()
    return _told(standing.health(row))


@router.get("/webhooks/{int:webhook}", response=WebhookOut, summary="One webhook", operation_id="webhook")
def read(request: HttpRequest, webhook: int) -> WebhookOut:
    """With how it fares."""
    return _told(standing.health(_found(request, webhook)))


@router.patch(
    "/webhooks/{int:webhook}", response=WebhookOut, summary="Change a webhook", operation_id="change_webhook"
)
def change(request: HttpRequest, webhook: int) -> WebhookOut:
    """What is left out stays. At another address the receiver is asked for its permission anew."""
    row = _found(request, webhook)
    actor, _account = _machine(request)
    said = subscribing.given(row)
    present = {name: getattr(said, name) for name in WebhookIn.model_fields if name != "token"}
    lists = {name: list(one) for name, one in present.items() if isinstance(one, tuple)}
    given = shaped(WebhookIn, {**present, **lists, **body_of(request)})
    row = _kept(lambda: subscribing.change(row, _given(given, said.private_allowed), actor))
    if row.ask_at is not None:
        permission.ask(row)
        row.refresh_from_db()
    return _told(standing.health(row))


@router.delete(
    "/webhooks/{int:webhook}", response=CountOut, summary="End a webhook", operation_id="delete_webhook"
)
def remove(request: HttpRequest, webhook: int) -> CountOut:
    """With all that waits for it and its dead letters."""
    row = _found(request, webhook)
    actor, _account = _machine(request)
    _kept(lambda: subscribing.delete(row, actor))
    return CountOut(count=1)


@router.post(
    "/webhooks/{int:webhook}/pause",
    response=WebhookOut,
    summary="Stop a webhook",
    operation_id="pause_webhook",
)
def pause(request: HttpRequest, webhook: int) -> WebhookOut:
    """What happens meanwhile is not kept for it; what waits already stays."""
    return _changed(request, webhook, subscribing.pause)


@router.post(
    "/webhooks/{int:webhook}/resume",
    response=WebhookOut,
    summary="Resume a webhook",
    operation_id="resume_webhook",
)
def resume(request: HttpRequest, webhook: int) -> WebhookOut:
    """One that had answered 410, or never agreed, is asked for its permission anew."""
    return _changed(request, webhook, subscribing.resume)


@router.post(
    "/webhooks/{int:webhook}/ask",
    response=PermissionOut,
    summary="Ask the receiver for its permission",
    operation_id="ask_webhook",
)
def ask(request: HttpRequest, webhook: int) -> PermissionOut:
    """The OPTIONS request of the CloudEvents webhook specification, now."""
    said = permission.ask(_found(request, webhook))
    return PermissionOut(given=said.given, why=said.why)


@router.post(
    "/webhooks/{int:webhook}/test",
    response=LetterOut,
    summary="Send a test event",
    operation_id="test_webhook",
)
def test(request: HttpRequest, webhook: int) -> LetterOut:
    """Queues an event of type zhili.test."""
    row = _found(request, webhook)
    actor, _account = _machine(request)
    return _letter(_kept(lambda: replaying.test(row, actor)))


@router.get(
    "/webhooks/{int:webhook}/letters",
    response=LetterPage,
    summary="Deliveries of a webhook",
    operation_id="webhook_letters",
)
def letters(request: HttpRequest, webhook: int, wanted: Query[Letters]) -> LetterPage:
    """Newest first; `state=dead`: what could not be delivered."""
    refuse_unknown(request, Letters.model_fields)
    rows = _found(request, webhook).deliveries.select_related("event")
    if wanted.state:
        rows = rows.filter(state=DeliveryState(wanted.state))
    page, following = cursors.page(rows, cursors.NEWEST, wanted.cursor, wanted.limit)
    return LetterPage(items=[_letter(one) for one in page], next=following)


@router.post(
    "/webhooks/{int:webhook}/replay",
    response=CountOut,
    summary="Send dead letters again",
    operation_id="replay_webhook",
)
def replay(request: HttpRequest, webhook: int) -> CountOut:
    """One, those since a moment, or all; under their event ids."""
    row = _found(request, webhook)
    actor, _account = _machine(request)
    asked = shaped(ReplayIn, body_of(request))
    since = asked.since
    if since is not None and timezone.is_naive(since):
        since = timezone.make_aware(since)
    return CountOut(count=_kept(lambda: replaying.replay(row, actor, one=asked.letter, since=since)))


def _machine(request: HttpRequest) -> tuple[Actor, Account]:
    """Who asks, a machine. Raises Problem (401, 403)."""
    actor = account_of(request)
    account = Account.objects.filter(pk=actor.account_id or 0, kind=AccountKind.MACHINE).first()
    if account is None:
        raise Problem(
            403, "not_a_machine", _("这里由接入系统用自己的令牌办理；单位管理员请到“单位设置—事件推送”。")
        )
    return actor, account


def _own(request: HttpRequest) -> Any:
    _actor, account = _machine(request)
    return Subscription.objects.select_related("account").filter(account=account).order_by("name")


def _found(request: HttpRequest, webhook: int) -> Subscription:
    row: Subscription | None = _own(request).filter(pk=min(webhook, cursors.BIGGEST)).first()
    if row is None:
        raise Problem(404, "no_webhook", _("没有这个推送。"))
    return row


def _changed(
    request: HttpRequest, webhook: int, what: Callable[[Subscription, Actor], Subscription]
) -> WebhookOut:
    row = _found(request, webhook)
    actor, _account = _machine(request)
    row = _kept(lambda: what(row, actor))
    if row.active and row.ask_at is not None:
        permission.ask(row)
        row.refresh_from_db()
    return _told(standing.health(row))


def _kept(what: Callable[[], T]) -> T:
    """Raises Problem (422) beside the member at fault."""
    try:
        return what()
    except AdminRefused as error:
        errors = {error.field: [error.message]} if error.field else None
        raise Problem(422, "form", error.message, errors=errors) from None


def _given(one: WebhookIn, private_allowed: bool = False) -> Given:
    lists = {
        name: tuple(getattr(one, name))
        for name in ("types", "procedures", "categories", "divisions", "offices")
    }
    return Given(
        one.name,
        one.url,
        mode=Mode(one.mode),
        per_minute=one.per_minute,
        private_allowed=private_allowed,
        token=one.token,
        **lists,
    )


def _told(one: standing.Health) -> WebhookOut:
    said = subscribing.given(one.row)
    lists = {
        name: list(getattr(said, name))
        for name in ("types", "procedures", "categories", "divisions", "offices")
    }
    return WebhookOut(
        id=one.row.pk,
        name=said.name,
        url=said.url,
        mode=said.mode,
        per_minute=said.per_minute,
        allowed_rate=one.row.allowed_rate,
        active=one.row.active,
        state=one.state,
        waiting=one.waiting,
        dead=one.dead,
        failures=one.row.failures,
        error=one.row.error,
        heard_at=one.row.heard_at,
        **lists,
    )


def _letter(one: Delivery) -> LetterOut:
    return LetterOut(
        id=one.pk,
        event=str(one.event_id),
        type=one.event.type,
        subject=one.event.subject,
        time=one.event.at,
        state=one.state,
        attempts=one.attempts,
        status=one.status,
        error=one.error,
        answer=one.answer,
    )
