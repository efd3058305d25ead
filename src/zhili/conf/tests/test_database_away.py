"""While the database is away everybody is told at once, but for the one who looks whether it is back."""

import json
import time

import psycopg
import pytest
from django.db import OperationalError
from django.test import RequestFactory

from zhili.conf.postgresql.base import AGAIN, DatabaseWrapper, Gate
from zhili.core.web.errors import server_error


def test_after_a_failure_one_asker_a_second_may_try(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    monkeypatch.setattr("zhili.conf.postgresql.base.time.monotonic", lambda: now[0])
    gate = Gate()
    assert [gate.enter(), gate.enter()] == [True, True]
    gate.failed()
    assert not gate.enter()
    now[0] += AGAIN
    assert [gate.enter(), gate.enter()] == [True, False]
    gate.passed()
    assert [gate.enter(), gate.enter()] == [True, True]


def test_an_asker_that_never_came_back_does_not_shut_the_gate_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [50.0]
    monkeypatch.setattr("zhili.conf.postgresql.base.time.monotonic", lambda: now[0])
    gate = Gate()
    gate.failed()
    now[0] += AGAIN
    assert gate.enter()
    now[0] += 11
    assert gate.enter()


@pytest.mark.django_db
def test_the_second_asker_is_told_at_once(tmp_path) -> None:
    from django.conf import settings

    away = settings.DATABASES["default"] | {"HOST": str(tmp_path), "NAME": "away"}
    away["OPTIONS"] = away["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 2, "timeout": 0.3}}
    asker = DatabaseWrapper(away, alias="away")
    try:
        with pytest.raises(OperationalError, match="connection"):
            asker.ensure_connection()
        began = time.monotonic()
        with pytest.raises(OperationalError, match="away"):
            asker.ensure_connection()
        assert time.monotonic() - began < 0.2
    finally:
        asker.close_pool()


@pytest.mark.parametrize(
    ("path", "kind"), [("/desk", "text/html"), ("/api/v1/cases", "application/problem+json")]
)
def test_a_page_or_answer_says_that_it_will_pass(path: str, kind: str) -> None:
    request = RequestFactory().get(path)
    try:
        raise OperationalError from psycopg.OperationalError("no connection")
    except OperationalError:
        answer = server_error(request)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"].startswith(kind)
    if kind == "text/html":
        assert "已保存" in answer.content.decode()
    else:
        assert json.loads(answer.content)["type"] == "urn:zhili:problem:unavailable"


@pytest.mark.django_db
def test_a_connection_that_was_ended_while_it_lay_in_the_pool_is_given_to_nobody() -> None:
    from django.conf import settings
    from django.db import connection

    pooled = settings.DATABASES["default"] | {"NAME": connection.settings_dict["NAME"]}
    pooled["OPTIONS"] = pooled["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 1, "timeout": 10}}
    asker = DatabaseWrapper(pooled, alias="ended")
    try:
        with asker.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            former = cursor.fetchone()[0]
        asker.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [former])
        with asker.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            assert cursor.fetchone()[0] != former
    finally:
        asker.close()
        asker.close_pool()
