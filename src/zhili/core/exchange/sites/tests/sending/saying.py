"""Bodies of messages, for tests."""

from __future__ import annotations

from typing import Any

from zhili.core.exchange.models import Link, Outgoing
from zhili.core.exchange.sites.queueing import enqueue


def hand_over(link: Link, **more: Any) -> Outgoing:
    """The first message of a matter."""
    body = {
        "agreement": "waters",
        "agreement_digest": "0" * 64,
        "title": "河道漂浮物",
        "what": "界河有成片漂浮物",
        "category": "water",
        "reported_at": "2026-11-22T10:00:00Z",
        "joint": False,
        "due_days": 5,
    }
    return enqueue(link, "hand_over", body, **more)


def progress(link: Link, words: str = "已到现场") -> Outgoing:
    return enqueue(link, "progress", {"stage": "处理中", "words": words, "at": "2026-11-22T10:00:00Z"})
