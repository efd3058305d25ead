"""A telephone and six digits sign a resident in; the number stands in clear nowhere."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings as live
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client

from zhili.core.people import phone_codes, phones, secrets, sms
from zhili.core.people.models import Account, Secret
from zhili.core.people.sms import Sent, Status, Text
from zhili.portal.tests.pages_client import words_of

pytestmark = pytest.mark.django_db
NUMBER = "138 1234 5678"
E164 = "+8613812345678"


class Phones:
    """The network: what was sent to whom."""

    name = "test"

    def __init__(self) -> None:
        self.sent: list[Text] = []
        self.down = False

    def send(self, text: Text) -> Sent:
        if self.down:
            return Sent(text.reference, Status.FAILED, "down")
        self.sent.append(text)
        return Sent(text.reference, Status.ACCEPTED)

    def status(self, reference: str) -> Status:
        return Status.DELIVERED

    @property
    def code(self) -> str:
        return self.sent[-1].values["code"]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Phones:
    cache.clear()
    found = Phones()
    monkeypatch.setattr(sms, "provider", lambda: found)
    return found


def ask(client: Client, number: str = NUMBER, **more: str) -> Any:
    return client.post("/accounts/phone/", {"phone": number, **more})


def tell(client: Client, code: str) -> Any:
    return client.post("/accounts/phone/code/", {"code": code})


def later(client: Client, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: now)


def test_the_first_time_makes_the_account_and_the_next_finds_it(client: Client, network: Phones) -> None:
    ask(client, next="/my")
    answer = tell(client, network.code)
    assert answer.headers["Location"] == "/my"
    made = Account.objects.get()
    assert (made.kind, made.has_usable_password(), made.get_short_name()) == ("resident", False, "我的账号")
    assert network.sent[0].number == E164
    other = Client()
    cache.clear()
    ask(other, "+86 13812345678")
    tell(other, network.code)
    assert other.get("/my").context["user"] == made
    assert Account.objects.count() == 1


def test_the_number_stands_in_clear_nowhere(client: Client, network: Phones, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    ask(client)
    under_way = Session.objects.get().get_decoded()
    tell(client, network.code)
    account = Account.objects.get()
    secret = Secret.objects.get()
    assert (secret.pk, secret.kind, secret.subject_id, secret.masked) == (
        account.phone_secret, "phone", account.pk, "138****5678",
    )  # fmt: skip
    assert bytes(account.phone_index or b"") == secrets.blind_index("phone", E164)
    assert "13812345678" not in str(under_way)
    assert network.code not in str(under_way)
    assert "13812345678" not in caplog.text
    for table in ("people_account", "people_cache", "django_session", "people_secret"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {table} t")
            assert all("13812345678" not in row[0] for row in cursor.fetchall()), table


def test_a_wrong_code_does_not_and_five_are_the_last(client: Client, network: Phones) -> None:
    ask(client)
    wrong = "000000" if network.code != "000000" else "111111"
    for _ in range(5):
        assert tell(client, wrong).status_code == 422
    answer = tell(client, network.code)
    assert "太多次" in words_of(answer)
    assert not Account.objects.exists()


def test_guesses_are_counted_for_the_number_in_every_browser(
    network: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_codes, "_within", _only_guesses(phone_codes._within))
    said = []
    for _browser in range(3):
        client = Client()
        ask(client)
        wrong = "000000" if network.code != "000000" else "111111"
        said += [words_of(tell(client, wrong)) for _ in range(5)]
    assert "太多次" in said[10], "ten for all browsers together"
    assert not Account.objects.exists()


def _only_guesses(real: Any) -> Any:
    return lambda request, action, key: action != "guess" or real(request, action, key)


def test_a_code_ends_after_ten_minutes(
    client: Client, network: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client)
    later(client, monkeypatch, phone_codes.LIFE_S + 1)
    assert "过期" in words_of(tell(client, network.code))
    assert not Account.objects.exists()


def test_a_code_is_used_once(client: Client, network: Phones) -> None:
    ask(client)
    tell(client, network.code)
    client.post("/accounts/logout/")
    assert client.get("/accounts/phone/code/").headers["Location"] == "/accounts/login/"
    assert tell(client, network.code).status_code == 422


def test_the_same_number_is_not_rung_without_end(client: Client, network: Phones) -> None:
    ask(client)
    assert ask(client).status_code == 429
    assert "太频繁" in words_of(ask(Client()))
    assert len(network.sent) == 1


def test_known_and_unknown_numbers_are_answered_alike(network: Phones) -> None:
    phones.join(E164)
    pages = []
    for number in ("13812345678", "13912345678"):
        client = Client()
        answer = ask(client, number)
        shown = words_of(client.get("/accounts/phone/code/")).replace("139", "138")
        pages.append((answer.status_code, answer.headers["Location"], shown))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("typed", ["", "12345", "0573-82711234", "abc", "138"])
def test_what_no_message_reaches_is_said_beside_the_field(
    client: Client, network: Phones, typed: str
) -> None:
    answer = ask(client, typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert network.sent == []


def test_a_provider_that_fails_is_said(client: Client, network: Phones) -> None:
    network.down = True
    assert "没有发出去" in words_of(ask(client))


def test_staff_are_never_signed_in_by_a_telephone(client: Client, network: Phones) -> None:
    staff = Account.objects.create(username="wang", kind="staff")
    phones.change(staff, E164)
    ask(client)
    answer = tell(client, network.code)
    assert answer.status_code == 422
    assert client.get("/my").context["user"].is_anonymous


def test_a_closed_account_stays_closed(client: Client, network: Phones) -> None:
    account = phones.join(E164)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    ask(client)
    assert "已停用" in words_of(tell(client, network.code))
    assert Account.objects.count() == 1


def test_it_leads_only_to_this_site(client: Client, network: Phones) -> None:
    ask(client, next="https://evil.example/")
    assert tell(client, network.code).headers["Location"] == "/"


def test_changing_the_number_destroys_the_former_one(client: Client, network: Phones) -> None:
    account = phones.join(E164)
    former = account.phone_secret
    client.force_login(account)
    client.post("/accounts/me/phone/", {"phone": "13900001111"})
    assert "139****1111" in words_of(client.get("/accounts/phone/code/"))
    tell(client, network.code)
    account.refresh_from_db()
    assert phones.masked(account) == "139****1111"
    assert phones.account_of(E164) is None
    gone = Secret.objects.get(pk=former)
    assert (gone.ciphertext, gone.blind_index) == (None, None)


def test_signing_out_everywhere_ends_the_other_sessions(client: Client) -> None:
    account = phones.join(E164)
    other = Client()
    for one in (client, other):
        one.force_login(account)
    client.post("/accounts/me/sign-out-everywhere/")
    assert client.get("/accounts/me/").status_code == 200
    assert other.get("/accounts/me/").status_code == 302


def test_without_a_provider_only_a_trial_offers_it(client: Client, settings: Any) -> None:
    assert "试用" in words_of(client.get("/accounts/login/"))
    settings.SMS_REAL_SITE = True
    assert "手机号" not in words_of(client.get("/accounts/login/"))
    assert client.get("/accounts/phone/").status_code == 404
    settings.SMS_URL = "https://sms.example"
    assert "试用" not in words_of(client.get("/accounts/login/"))


def test_the_trial_writes_the_code_where_only_its_owner_reads(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    cache.clear()
    settings.HOME = tmp_path
    ask(client)
    path = tmp_path / "sms.log"
    text = path.read_text("utf-8")
    assert "138****5678" in text
    assert "13812345678" not in text
    assert path.stat().st_mode & 0o077 == 0
    assert live.SMS_URL == ""
