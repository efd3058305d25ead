"""What a balancer asks."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from zhili.conf import health
from zhili.conf.models import Heartbeat


def test_healthz_needs_no_database_and_no_known_host(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "10.1.2.3"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db(transaction=True)
def test_readyz_wants_a_recent_sign_of_life_from_a_worker(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == "none has started"
    Heartbeat.objects.create(name="w", at=timezone.now(), version="0")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "300 s ago" in answer.json()["worker"] or "301 s ago" in answer.json()["worker"]


def test_readyz_says_so_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "/nowhere")
    answer = health.readyz()
    assert answer.status_code == 503
    assert json.loads(answer.content)["database"].startswith("unreachable")


@pytest.mark.django_db
def test_each_answer_carries_the_id_that_the_log_has(client: Client, caplog) -> None:
    with caplog.at_level("INFO", logger="zhili.access"):
        answer = client.get("/no-such-page?g=SECRET")
    assert len(answer["X-Request-ID"]) == 10
    line = next(record for record in caplog.records if record.name == "zhili.access")
    assert line.status == answer.status_code
    assert "SECRET" not in line.getMessage()
