"""Residents sign up by themselves and sign in with a name or an address; guessing is slowed down."""

import pytest
from django.conf import settings as live
from django.core.cache import cache

from zhili.core.people.models import Account

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("zhili.core.people.tests.urls"),
    pytest.mark.usefixtures("plain_pages"),
]
GOOD = "蓝天白云-2026"


@pytest.fixture
def person():
    made = Account.objects.create(username="zhang", email="zhang@example.com", kind="staff")
    made.set_password(GOOD)
    made.save()
    return made


def sign_in(client, name, password, **more):
    return client.post("/accounts/login/", {"login": name, "password": password}, **more)


@pytest.mark.parametrize("name", ["zhang", "ZHANG", "zhang@example.com"])
def test_a_name_or_an_address_signs_in(client, person, name):
    assert sign_in(client, name, GOOD).status_code == 302
    assert client.get("/whoami").content.decode() == "account 工作人员"


def test_a_wrong_password_does_not(client, person):
    assert sign_in(client, "zhang", "wrong").status_code == 200
    assert client.get("/whoami").content.decode().startswith("anonymous")


def test_passwords_are_kept_as_argon2(person):
    assert person.password.startswith("argon2$")


def test_the_fifth_wrong_guess_is_the_last_for_a_while(client, person):
    for _ in range(5):
        sign_in(client, "zhang", "wrong")
    assert sign_in(client, "zhang", GOOD).status_code in (200, 429)
    assert client.get("/whoami").content.decode().startswith("anonymous")


def test_limits_are_counted_where_every_process_sees_them():
    backend = live.CACHES["default"]["BACKEND"]
    assert backend.endswith("DatabaseCache")
    cache.set("seen", 1)
    assert cache.get("seen") == 1


def test_a_resident_signs_up_without_an_address_and_cannot_become_staff(client):
    form = {"username": "li", "password1": GOOD, "password2": GOOD, "kind": "staff", "is_staff": "on"}
    assert client.post("/accounts/signup/", form).status_code == 302
    made = Account.objects.get(username="li")
    assert (made.kind, made.is_staff, made.is_superuser, made.email) == ("resident", False, False, "")
    assert client.get("/whoami").content.decode() == "account 居民"


@pytest.mark.parametrize("weak", ["12345678901", "short7", "password", "wang-xiaoming"])
def test_weak_passwords_are_refused(client, weak):
    form = {"username": "wang-xiaoming", "password1": weak, "password2": weak}
    response = client.post("/accounts/signup/", form)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Account.objects.exists()


def test_signing_in_leads_only_to_this_site(client, person):
    response = client.post(
        "/accounts/login/?next=https://evil.example/", {"login": "zhang", "password": GOOD}
    )
    assert response.headers["Location"] == "/"


def test_the_admin_has_no_door_of_its_own(client):
    response = client.get("/admin/login/?next=/admin/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


def test_signing_out_ends_the_session(client, person):
    sign_in(client, "zhang", GOOD)
    client.post("/accounts/logout/")
    assert client.get("/whoami").content.decode().startswith("anonymous")
