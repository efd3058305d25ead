from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from zhili.core.people.actors import Actor
from zhili.core.signals import sources
from zhili.core.signals.models import Source
from zhili.core.signals.store import storing
from zhili.core.signals.store.storing import Message, Said, Verdict

RULE = Actor(kind="rule", label="测试")
Sender = Callable[..., tuple[Source, str]]
Send = Callable[..., list[Verdict]]


def message(source: Source | str, *said: Said, **other: Any) -> Message:
    """One message of now; ``other``: what is different."""
    number = source if isinstance(source, str) else source.number
    channel = "mqtt" if isinstance(source, str) else source.protocol
    usual: dict[str, Any] = {"raw": repr(said).encode(), "received_at": datetime.now(UTC)}
    return Message(number, other.pop("channel", channel), said, **(usual | other))


@pytest.fixture
def sender(db: None) -> Sender:
    """Registers a device: sender("w1", protocol="watch", …) → (source, key)."""

    def make(number: str = "w1", protocol: str = "mqtt", **other: Any) -> tuple[Source, str]:
        return sources.register(
            number, protocol, other.pop("kind", "wristband"), actor=RULE, office_id=None, **other
        )

    return make


def send(source: Source | str, *said: Said, **other: Any) -> Verdict:
    """Send one message."""
    (verdict,) = storing.accept([message(source, *said, **other)])
    return verdict


from zhili.core.signals.tests.judged import court, test_rules  # noqa: E402, F401
