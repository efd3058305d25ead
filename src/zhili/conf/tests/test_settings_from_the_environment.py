"""A site is configured by its environment, and a wrong value is explained."""

import pytest

from zhili.conf import database
from zhili.conf.mail import mail_settings


def test_a_database_url_becomes_django_settings() -> None:
    given = database.django_settings("postgresql://us%40er:p%3Aw@db.example:6432/city?sslmode=require")
    assert given["USER"] == "us@er"
    assert given["PASSWORD"] == "p:w"
    assert (given["HOST"], given["PORT"], given["NAME"]) == ("db.example", "6432", "city")
    assert given["OPTIONS"]["sslmode"] == "require"


def test_a_unix_socket_is_given_in_the_query() -> None:
    given = database.django_settings("postgresql://zhili@/zhili?host=/var/lib/zhili/pg/run")
    assert (given["HOST"], given["PORT"], given["USER"]) == ("/var/lib/zhili/pg/run", "", "zhili")


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        database.django_settings("mysql://root@db/city")


def test_without_an_owner_url_an_outside_database_has_one_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://service@db/city")
    monkeypatch.delenv("ZHILI_OWNER_URL", raising=False)
    assert database.role_of(database.owner_url()) == "service"
    monkeypatch.setenv("ZHILI_OWNER_URL", "postgresql://owner@db/city")
    assert database.role_of(database.owner_url()) == "owner"


def test_email_by_starttls_and_by_tls_from_the_first_byte() -> None:
    starttls = mail_settings("smtp://me:s%3Ac@mail.example:587?tls=1&from=City <no-reply@city.example>")
    assert starttls["EMAIL_USE_TLS"]
    assert not starttls["EMAIL_USE_SSL"]
    assert starttls["EMAIL_HOST_PASSWORD"] == "s:c"
    assert starttls["DEFAULT_FROM_EMAIL"] == "City <no-reply@city.example>"
    implicit = mail_settings("smtps://me@mail.example")
    assert implicit["EMAIL_USE_SSL"]
    assert implicit["EMAIL_PORT"] == 465


def test_a_wrong_email_url_says_what_it_should_be() -> None:
    with pytest.raises(ValueError, match="smtp://"):
        mail_settings("mail.example:25")
