"""The warnings behind an alarm: what kind each is, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable

from zhili.core.people.actors import Actor


def kind_of(warning_id: int | None) -> str:
    return ""


def accept(ids: Iterable[int], actor: Actor) -> None:
    return None


def close(ids: Iterable[int], actor: Actor, finding: str, words: str) -> None:
    return None
