"""`zhili exchange webhooks`: how they fare, and dead letters sent again."""

from __future__ import annotations

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from zhili.commands import exchanging_webhooks
from zhili.commands.exchange import app
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.webhooks.tests.conftest import (
    Subscribe,
    admin,
    machine,
    own_key,
    receiver,
    subscribe,
)
from zhili.core.exchange.webhooks.tests.telling_a_matter import opened, told

__all__ = ["admin", "machine", "own_key", "receiver", "subscribe"]
pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["webhooks", *args])
    return done.exit_code, done.output


def test_dead_letters_are_sent_again(
    small_city: SmallCity, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging_webhooks.console, "width", 200)
    row = subscribe()
    opened(small_city)
    told()
    assert run("replay", str(row.pk)) == (0, "已重新排队 0 条。 0 queued again.\n")
    row.deliveries.update(state="dead", sent_at=timezone.now(), next_at=None)
    assert "未送达的 dead letters" in run("list")[1]
    assert run("replay", str(row.pk)) == (0, "已重新排队 1 条。 1 queued again.\n")
    assert set(row.deliveries.values_list("state", flat=True)) == {"waiting"}
    assert run("replay", "999")[0] == 1
