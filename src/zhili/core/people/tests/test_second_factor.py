"""A second factor, once set up, is asked for; staff can be made to have one."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from zhili.core.people import tokens
from zhili.core.people.models import Account
from zhili.core.people.second_factor import SecondFactorAdapter

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("zhili.core.people.tests.urls"),
    pytest.mark.usefixtures("plain_pages"),
]
SECRET = "JBSWY3DPEHPK3PXP"
GOOD = "蓝天白云-2026"


def a_person(username, kind="staff"):
    made = Account.objects.create(username=username, kind=kind)
    made.set_password(GOOD)
    made.save()
    return made


def code():
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def sign_in(client, name):
    return client.post("/accounts/login/", {"login": name, "password": GOOD})


def test_a_password_alone_no_longer_signs_in(client):
    TOTP.activate(a_person("zhang"), SECRET)
    assert "/accounts/2fa/authenticate/" in sign_in(client, "zhang").headers["Location"]
    assert client.get("/whoami").content.decode().startswith("anonymous")
    client.post("/accounts/2fa/authenticate/", {"code": "000000" if code() != "000000" else "111111"})
    assert client.get("/whoami").content.decode().startswith("anonymous")
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert client.get("/whoami").content.decode() == "account 工作人员"


def test_a_code_works_once():
    TOTP.activate(a_person("zhang"), SECRET)
    first, second = Client(), Client()
    used = code()
    for client in (first, second):
        sign_in(client, "zhang")
        client.post("/accounts/2fa/authenticate/", {"code": used})
    assert first.get("/whoami").content.decode() == "account 工作人员"
    assert second.get("/whoami").content.decode().startswith("anonymous")


def test_its_secret_is_encrypted_in_the_table():
    TOTP.activate(a_person("zhang"), SECRET)
    stored = Authenticator.objects.get().data["secret"]
    assert SECRET not in stored
    assert SecondFactorAdapter().decrypt(stored) == SECRET


def test_nobody_is_made_to_have_one_by_default(client):
    client.force_login(a_person("zhang"))
    assert client.get("/whoami").status_code == 200


class TestWhereStaffMustHaveOne:
    @pytest.fixture(autouse=True)
    def required(self, settings):
        settings.STAFF_MFA = True

    def test_staff_without_one_can_only_set_one_up(self):
        client = Client()
        client.force_login(a_person("zhang"))
        page = client.get("/whoami")
        assert (page.status_code, page.headers["Location"]) == (302, "/accounts/2fa/totp/activate/")
        call = client.post("/api/whoami")
        assert (call.status_code, call.headers["Content-Type"]) == (403, "application/problem+json")
        assert client.get("/accounts/reauthenticate/").status_code == 200
        assert client.post("/accounts/logout/").status_code == 302

    def test_staff_with_one_pass(self):
        client, person = Client(), a_person("zhang")
        TOTP.activate(person, SECRET)
        client.force_login(person)
        assert client.get("/whoami").status_code == 200

    def test_residents_passers_by_and_tokens_pass(self):
        client = Client()
        assert client.get("/whoami").status_code == 200
        client.force_login(a_person("li", "resident"))
        assert client.get("/whoami").status_code == 200
        text, _ = tokens.issue(a_person("zhang"), "脚本")
        answer = Client().get("/whoami", headers={"authorization": f"Bearer {text}"})
        assert answer.content.decode() == "account 工作人员"

    def test_the_last_one_cannot_be_removed(self):
        person = a_person("zhang")
        totp = TOTP.activate(person, SECRET).instance
        adapter = SecondFactorAdapter()
        assert not adapter.can_delete_authenticator(totp)
        Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={})
        assert adapter.can_delete_authenticator(totp)
        resident = TOTP.activate(a_person("li", "resident"), SECRET).instance
        assert adapter.can_delete_authenticator(resident)
