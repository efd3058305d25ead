"""What a delivery costs: a handful of queries around it, two for each message besides what the message itself does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.base.exchange import wire
from zhili.core.exchange.models import Incoming, Outgoing
from zhili.core.exchange.sites import applying, taking, topics
from zhili.portal.exchange.tests.other_site import OtherSite, hand_over, shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def harmless(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Messages that do nothing here, so that only the taking is counted."""
    seen: list[str] = []

    def apply(link: Any, message: wire.Message, site: Any) -> None:
        seen.append(message.stream)
        if message.body.get("title") == "坏":
            raise RuntimeError("张三 13912345678")

    monkeypatch.setattr(applying, "apply", apply)
    return seen


def counted(there: OtherSite, messages: list[wire.Message]) -> tuple[int, list[wire.Result]]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        results = there.deliver(*messages)
    return len(queries), results


def test_two_hundred_messages_cost_as_few_queries_as_can_be(
    there: OtherSite, harmless: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "SECONDS", 60.0)  # one part, however slow this machine is
    there.deliver(shared(1))
    one, _results = counted(there, [hand_over()])
    many, results = counted(there, [hand_over() for _ in range(200)])
    assert {one_.status for one_ in results} == {"accepted"}
    assert len(harmless) == 201
    assert one <= 16
    assert many - one == 199 * 2  # a savepoint around each, and nothing else
    assert Incoming.objects.filter(kind="hand_over").count() == 201


def test_one_that_fails_here_takes_no_other_with_it(
    there: OtherSite, harmless: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    bad = hand_over(title="坏")
    results = there.deliver(hand_over(), bad, hand_over())
    assert [one.status for one in results] == ["accepted", "refused", "accepted"]
    assert results[1].error is not None
    assert results[1].error.code == "unavailable"  # ours to mend: it comes again by itself
    assert "RuntimeError" in caplog.text
    assert "张三" not in caplog.text
    assert there.deliver(bad)[0].status == "refused"


def test_what_we_share_with_a_site_goes_out_though_theirs_came_first(there: OtherSite) -> None:
    assert there.deliver(shared(1))[0].status == "accepted"
    assert topics.publish_to(there.site, "cells", {"ours": 1}) == 1
    assert topics.publish_to(there.site, "cells", {"ours": 1}) == 0
    assert Outgoing.objects.get().body == {"document": {"ours": 1}}
    assert there.deliver(shared(2))[0].status == "accepted"
