"""Requests that come through our own server: opened at once, or taken in against a token and opened by the worker.

A repeat is harmless. With an ``Idempotency-Key`` the kernel keeps it; without one, the same arguments from the same
account within ``WINDOW`` are one request: networks fail after the request has arrived, and few clients send a key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets as randomness
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.canonical import canonical
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.exchange.models import Submission
from zhili.core.exchange.open311 import catalogue
from zhili.core.exchange.open311.filling import Args, Filled, fill, one_of
from zhili.core.forms import FormErrors
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account

log = logging.getLogger("zhili.open311")
CHANNEL = "open311"
WINDOW = timedelta(minutes=10)
KEPT = timedelta(days=30)
OPENER = Actor(kind="rule", label="Open311")
NOT_ASKED = ("api_key", "jurisdiction_id", "device_id", "account_id")
"""Arguments that say nothing of the matter. Devices and foreign accounts are persons' and are not kept at all."""


@dataclass(frozen=True)
class Accepted:
    """What became of a request: a number, or a token to ask for it with. ``notice`` is for the sender."""

    number: str = ""
    token: str = ""
    notice: str = ""
    repeated: bool = False


def alone(account: Account) -> Actor:
    """The account by itself: what it sends is an outsider's word, whatever posts it holds."""
    return Actor(kind="account", id=account.pk, account_id=account.pk, label="接入系统")


def accept(account: Account, args: Args, *, key: str | None = None, later: bool = False) -> Accepted:
    """Take a request in. Raises Refused (404 no such service, 400 …) or FormErrors, naming arguments."""
    code = one_of(args, "service_code")
    if not code:
        raise Refused("no_service_code", _("缺少 service_code。"), 400)
    service = catalogue.services().get(code)
    if service is None:
        raise Refused("no_service", _("没有这个 service_code：%(code)s") % {"code": code[:100]}, 404)
    filled = fill(service.form, service.category, args)
    digest = _digest(args, key)
    if later:
        return _queue(account, service, filled, digest)
    if key is not None:
        opened = _open(service, alone(account), filled, f"open311/{key}")
        return Accepted(opened.number, notice=filled.notice, repeated=opened.repeated)
    with transaction.atomic():
        former = _same(account, digest)
        if former is not None and former.case_id is not None:
            number = Case.objects.values_list("number", flat=True).get(pk=former.case_id)
            return Accepted(number, notice=filled.notice, repeated=True)
        opened = _open(service, alone(account), filled, None)
        Submission.objects.create(account=account, digest=digest, case_id=opened.case_id)
    return Accepted(opened.number, notice=filled.notice)


def _open(service: catalogue.Service, actor: Actor, filled: Filled, key: str | None) -> doors.Opened:
    return doors.open_case(service.procedure, service.opening, actor, filled.data, key=key, channel=CHANNEL)


def _queue(account: Account, service: catalogue.Service, filled: Filled, digest: str) -> Accepted:
    """Keep a request, sealed, until the worker opens it; what its form refuses is refused now."""
    service.form.validate(filled.data)
    whole = json.dumps({"service": service.code, "data": filled.data}, ensure_ascii=False)
    with transaction.atomic():
        former = _same(account, digest)
        if former is not None and former.token is not None:
            return Accepted(token=former.token, notice=filled.notice, repeated=True)
        row = secrets.prepare("text", whole)
        secrets.save([row])
        token = randomness.token_urlsafe(18)
        Submission.objects.create(account=account, digest=digest, token=token, secret_id=row.id)
    return Accepted(token=token, notice=filled.notice)


def _same(account: Account, digest: str) -> Submission | None:
    """The same request of a moment ago. Two at once wait for each other here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 311))", [f"{account.pk}/{digest}"])
    since = timezone.now() - WINDOW
    rows = Submission.objects.filter(account=account, digest=digest, created_at__gte=since)
    return rows.order_by("-id").first()


def _digest(args: Args, key: str | None) -> str:
    asked: Iterable[tuple[str, list[str]]] = sorted(
        (name, list(values)) for name, values in args.items() if name not in NOT_ASKED
    )
    told = canonical({"key": key, "args": [[name, *values] for name, values in asked]})
    return hmac.digest(settings.SECRET_KEY.encode(), b"open311/" + told, hashlib.sha256).hex()


def open_waiting(limit: int = 50) -> int:
    """Open what was taken in against a token; how many, opened or refused. Any number of workers may call this."""
    done = 0
    while done < limit and _open_one():
        done += 1
    return done


def _open_one() -> bool:
    with transaction.atomic():
        rows = Submission.objects.filter(secret_id__isnull=False).order_by("id")
        waiting = rows.select_related("account").select_for_update(skip_locked=True, of=("self",)).first()
        if waiting is None or waiting.secret_id is None:
            return False
        text = secrets.open_many([waiting.secret_id], OPENER, "登记经接口提交的事项").get(
            waiting.secret_id, ""
        )
        try:
            with transaction.atomic():
                waiting.case_id = _of_text(waiting, text)
        except (FormErrors, Refused) as error:
            waiting.error = _why(error)
            log.warning("open311 token %s was refused: %s", waiting.pk, waiting.error)
        secrets.erase([waiting.secret_id])
        waiting.secret_id = None
        waiting.save(update_fields=["case_id", "error", "secret_id"])
    return True


def _of_text(waiting: Submission, text: str) -> int:
    whole = json.loads(text or "{}")
    service = catalogue.services().get(whole.get("service", ""))
    if service is None:
        raise Refused("no_service", _("没有这个 service_code：%(code)s") % {"code": ""}, 404)
    filled = Filled(whole["data"])
    return _open(service, alone(waiting.account), filled, f"open311/token/{waiting.token}").case_id


def _why(error: Exception) -> str:
    """Reasons without what was written: a form's sentences name fields, not answers."""
    if isinstance(error, FormErrors):
        return " ".join(words for found in error.errors.values() for words in found)[:500]
    return str(error)[:500]


def prune() -> int:
    """Forget submissions that are old; how many. A token answers for as long."""
    old = Submission.objects.filter(created_at__lt=timezone.now() - KEPT, secret_id=None)
    return old.delete()[0]
