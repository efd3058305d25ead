"""Real-name registration (article 28): a worker is known once, by identity number, and joins crews."""

from __future__ import annotations

import hmac
import secrets as randomness
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, check_citizen_id, check_phone
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people import phones, secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.core.web.words import fault_of
from zhili.scenarios.wages import adapters, photos
from zhili.scenarios.wages.models import Crew, Engagement, Worker

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH: Final = 6
PIN_DIGITS: Final = 6
RECORD: Final = "wages_registered"
PHOTO_MOST: Final = 8_000_000


@dataclass(frozen=True)
class Person:
    """What a foreman types in. ``phone`` and ``bank_account`` may be empty."""

    name: str
    citizen_id: str
    phone: str = ""
    bank_account: str = ""


@dataclass(frozen=True)
class Terms:
    """On what terms somebody works in a crew. ``rate_fen``: fen for a day, a month or a piece."""

    pay: str
    rate_fen: int
    starts: date
    ends: date | None = None


@dataclass(frozen=True)
class Registered:
    """``pin`` is shown once and kept nowhere; "" when the worker was known and has one."""

    worker: Worker
    engagement: Engagement
    pin: str
    known: bool


def check(person: Person) -> Person:
    """Tidied. Raises Refused with what is wrong, in words: check digit of the number, telephone, account, name."""
    name = " ".join(person.name.split())
    if not any(letter.isalpha() for letter in name) or len(name) > 50:
        raise Refused("bad_name", _("请填写证件上的姓名"), 422)
    try:
        number = check_citizen_id(person.citizen_id)
        phone = check_phone(person.phone) if person.phone.strip() else ""
    except CodeError as error:
        raise Refused("bad_number", fault_of(error), 422) from None
    return Person(name, number, phone, account_number(person.bank_account))


def account_number(typed: str) -> str:
    """A bank account tidied; "" for none. Raises Refused."""
    account = "".join(one for one in typed if not one.isspace() and one != "-")
    if account and not (account.isascii() and account.isdigit() and 8 <= len(account) <= 30):
        raise Refused("bad_account", _("银行账号应是 8 到 30 位数字，请核对"), 422)
    return account


def register(actor: Actor, crew: Crew, person: Person, terms: Terms, photo: bytes = b"") -> Registered:
    """Register a worker into a crew, in one transaction. Whether ``actor`` may is the caller's (who.py).

    Somebody whose number is known already keeps code, digits and page: only the crew is new. Raises Refused.
    """
    person = check(person)
    if crew.ended_on is not None:
        raise Refused("crew_ended", _("这个班组已经撤场，不能再登记工人"), 409)
    if not 0 < terms.rate_fen <= 100_000_000:
        raise Refused("bad_rate", _("单价应大于 0，请核对"), 422)
    if len(photo) > PHOTO_MOST:
        raise Refused("large_photo", _("证件照片太大，请压缩到 8MB 以内"), 422)
    answer = adapters.verifier().check(person.name, person.citizen_id)
    if answer == "differs":
        raise Refused("differs", _("外部核验：姓名和身份证号码不一致，没有登记，请看着证件核对"), 422)
    with transaction.atomic():
        worker, pin = _known(person), ""
        known = worker is not None
        if worker is None:
            worker, pin = _new(person, answer)
        if Engagement.objects.filter(crew=crew, worker=worker, ends=None).exists():
            raise Refused(
                "engaged", _("这位工人已经在这个班组里（工号 %(code)s）") % {"code": worker.code}, 409
            )
        engagement = Engagement.objects.create(
            crew=crew,
            worker=worker,
            pay=terms.pay,
            rate_fen=terms.rate_fen,
            starts=terms.starts,
            ends=terms.ends,
        )
        if photo:
            photos.keep(worker, photo)
        doors.record(
            RECORD,
            actor,
            {"project": crew.project.case.number},
            {"worker": worker.pk, "engagement": engagement.pk, "crew": crew.pk, "name": worker.name.hash,
             "citizen_id": worker.citizen_id.hash, "check": answer},
        )  # fmt: skip
    return Registered(worker, engagement, pin, known)


def new_pin(worker: Worker) -> str:
    """Fresh digits for a worker who lost theirs; shown once."""
    pin = f"{randomness.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
    worker.pin, worker.pin_wrong, worker.pin_locked_until = _digest(worker.code, pin), 0, None
    worker.save(update_fields=["pin", "pin_wrong", "pin_locked_until"])
    return pin


def pin_fits(worker: Worker, typed: str) -> bool:
    """Whether these are the worker's own digits. Tries are counted by ``pins.fits``."""
    given = "".join(one for one in typed[:40] if one.isdigit())
    return bool(worker.pin) and hmac.compare_digest(worker.pin, _digest(worker.code, given))


def _known(person: Person) -> Worker | None:
    found = secrets.find("citizen_id", person.citizen_id)
    return Worker.objects.filter(citizen_id__in=found).select_related("name", "citizen_id").first()


def _new(person: Person, answer: str) -> tuple[Worker, str]:
    account = phones.account_of(person.phone) if person.phone else None
    subject = account.pk if account else None
    rows = {
        "name": secrets.prepare("name", person.name, subject),
        "citizen_id": secrets.prepare("citizen_id", person.citizen_id, subject),
    }
    if person.phone:
        rows["phone"] = secrets.prepare("phone", person.phone, subject)
    if person.bank_account:
        rows["bank_account"] = secrets.prepare("bank_account", person.bank_account, subject)
    secrets.save(rows.values())
    made = {one.pk: one for one in Secret.objects.filter(pk__in=[row.id for row in rows.values()])}
    pin = f"{randomness.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
    for _try in range(5):
        code = "".join(randomness.choice(LETTERS) for _n in range(CODE_LENGTH))
        worker = Worker(code=code, account=account, verified=answer, registered_at=timezone.now())
        for name, row in rows.items():
            setattr(worker, name, made[row.id])
        worker.pin = _digest(code, pin)
        try:
            with transaction.atomic():
                worker.save(force_insert=True)
        except IntegrityError:  # the code is somebody's
            continue
        return worker, pin
    raise Refused("no_code", _("没有登记成，请再试一次"), 409)


def _digest(code: str, pin: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), f"wages-pin/{code}/{pin}".encode(), "sha256").hex()
