"""A text message with the worker's own link when days wait for their yes: in the evening, once a day, and it opens."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.people import secrets, sms
from zhili.core.people.models import Grant
from zhili.core.people.sms import Sent, Status, Text
from zhili.core.trail.models import Access
from zhili.scenarios.wages import days, reminding
from zhili.scenarios.wages.apps import WagesConfig
from zhili.scenarios.wages.models import Confirmation, Worker
from zhili.scenarios.wages.registering import Registered
from zhili.scenarios.wages.tests.conftest import Site

pytestmark = pytest.mark.django_db
PHONE = "13812345678"


class Told:
    """A provider that keeps what it is given; ``says``: what becomes of it."""

    name = "told"

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.says = Status.ACCEPTED

    def send(self, text: Text) -> Sent:
        self.texts.append(text)
        return Sent("r", self.says)

    def status(self, reference: str) -> Status:
        return Status.UNKNOWN


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Told:
    found = Told()
    monkeypatch.setattr(sms, "provider", lambda: found)
    settings.SITE_URL, settings.SMS_URL = "https://city.example", "https://sms.example"
    return found


@pytest.fixture
def one(site: Site) -> Registered:
    """Yesterday was written and waits for this worker, and for one without a telephone."""
    joined = site.join("李小木", 2, phone=PHONE)
    site.sheet(joined.engagement, site.join("周来福", 3).engagement)
    return joined


def at(hour: int, ahead: int = 0) -> int:
    """What is sent at that hour of the day so many days from now."""
    day = timezone.localdate() + timedelta(days=ahead)
    with mock.patch.object(
        timezone, "now", return_value=timezone.make_aware(datetime.combine(day, time(hour)))
    ):
        return reminding.remind()


def test_one_message_an_evening_with_a_link_that_opens_the_days(one: Registered, told: Told) -> None:
    assert (at(9), at(17), at(21), told.texts) == (0, 0, 0, [])
    assert (at(18), at(18), at(20)) == (1, 0, 0)
    (text,) = told.texts
    assert (text.number, text.template) == ("+8613812345678", "wages_days")
    assert text.words.endswith(text.values["link"])
    for private in ("李", "小木", one.worker.code, "南湖", "木工"):
        assert private not in text.words
    path = text.values["link"].removeprefix("https://city.example")
    page = Client().get(path)
    assert page.status_code == 200
    assert 'value="agree"' in page.content.decode()
    assert Client().post(path, {"line": "all", "verdict": "agree"}).status_code == 302
    assert Confirmation.objects.filter(role="worker").count() == 1
    assert at(19, 1) == 0
    grant = Grant.objects.latest("created_at")
    assert grant.expires_at is not None
    assert timedelta(days=28) < grant.expires_at - timezone.now() < timedelta(days=31)
    opened = Access.objects.filter(purpose="发送考勤确认链接")
    assert [(row.secret_id, row.actor_kind) for row in opened] == [(one.worker.phone_id, "rule")]


def test_it_asks_again_the_next_evening_and_for_a_day_put_right(
    site: Site, one: Registered, told: Told
) -> None:
    assert (at(18), at(18, 1), at(19, 1)) == (1, 1, 0)
    assert len({text.reference for text in told.texts}) == 2
    sheet = days.sheet_of(site.crew, site.day())
    site.say(sheet, "worker")
    assert at(18, 2) == 0
    site.sheet(one.engagement, tenths=5, note="只做了半天")
    assert at(18, 3) == 1


def test_who_said_no_has_spoken_and_old_days_rest(site: Site, one: Registered, told: Told) -> None:
    assert at(18, 45) == 0
    site.say(days.sheet_of(site.crew, site.day()), "worker", verdict="dispute", said="还加了班")
    assert at(18) == 0


@pytest.mark.parametrize("why", ["no provider", "no address", "landline", "destroyed"])
def test_nothing_goes_where_nothing_can(
    one: Registered, told: Told, settings: Any, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "no provider":
        monkeypatch.setattr(sms, "offered", lambda: False)
    if why == "no address":
        settings.SITE_URL = ""
    if why == "landline":
        monkeypatch.setattr(
            "zhili.core.people.secrets.open_many", lambda ids, *_more: dict.fromkeys(ids, "+8657382711234")
        )
    if why == "destroyed":
        assert one.worker.phone_id is not None
        secrets.erase([one.worker.phone_id])
    assert (at(18), told.texts) == (0, [])


def test_a_message_the_provider_did_not_take_waits_for_tomorrow(one: Registered, told: Told) -> None:
    told.says = Status.FAILED
    assert (at(18), at(19)) == (0, 0)
    assert len(told.texts) == 1
    told.says = Status.ACCEPTED
    assert at(18, 1) == 1
    assert Worker.objects.get(pk=one.worker.pk).reminded_on == timezone.localdate() + timedelta(days=1)


def test_the_worker_does_it_by_itself() -> None:
    from django.apps import apps

    config = apps.get_app_config("wages")
    assert isinstance(config, WagesConfig)
    assert reminding.remind in [duty.run for duty in config.duties()]
