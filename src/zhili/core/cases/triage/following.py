"""Counting how often offices decided as was suggested: by category and month. No office, post or person is kept."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from zhili.core.cases.models import Followed, Step
from zhili.core.cases.triage import keeping, suggesting
from zhili.core.cases.triage.examples import decides, deciding, text_of
from zhili.core.streams import Consumer, Event

_Key = tuple[str, str, date, str]


class Following(Consumer):
    """At the first decision of each matter, what the model in force would say of it is compared with what was decided.

    Corrections later on are not counted again. Nothing is counted while there is no model.
    """

    name = "triage"
    types = frozenset({"step"})

    def handle(self, events: list[Event]) -> None:
        given: Counter[_Key] = Counter()
        followed: Counter[_Key] = Counter()
        decided = [event.payload for event in events if _is_decision(event.payload)]
        for payload, opening in _first_decisions(decided):
            model = keeping.model(payload["scenario"])
            if model is None:
                continue
            said = suggesting.for_text(payload["scenario"], text_of(payload["procedure"], *opening))
            month = timezone.localdate(datetime.fromisoformat(payload["at"])).replace(day=1)
            key = (payload["scenario"], said.category if said else "", month, model.stamp)
            given[key] += 1
            followed[key] += said is not None and said.category == payload["category"]
        _add(given, followed)


def _is_decision(payload: dict[str, Any]) -> bool:
    if not payload.get("category") or not decides(
        payload["procedure"], payload["action"], payload["actor_kind"]
    ):
        return False
    return keeping.model(payload["scenario"]) is not None


def _first_decisions(
    payloads: list[dict[str, Any]],
) -> list[tuple[dict[str, Any], tuple[str, dict[str, Any]]]]:
    """Those that are their matter's first decision, with how the matter began. One query, none for none."""
    if not payloads:
        return []
    steps = Step.objects.filter(
        case_id__in={one["case"] for one in payloads}, seq__lte=max(p["seq"] for p in payloads)
    )
    began: dict[int, tuple[str, dict[str, Any]]] = {}
    first: dict[int, int] = {}
    columns = ("case_id", "seq", "action", "actor_kind", "data", "case__procedure", "case__confidential")
    for case, seq, action, kind, data, procedure, hidden in steps.order_by("case_id", "seq").values_list(
        *columns
    ):
        if seq == 1 and not hidden:
            began[case] = (action, data)
        # an entry an office made itself was never suggested anything
        if case not in first and seq > 1 and kind == "post" and action in deciding(procedure):
            first[case] = seq
    return [
        (p, began[p["case"]]) for p in payloads if first.get(p["case"]) == p["seq"] and p["case"] in began
    ]


def _add(given: Counter[_Key], followed: Counter[_Key]) -> None:
    table = Followed._meta.db_table
    with connection.cursor() as cursor:
        for key, n in given.items():
            cursor.execute(
                f"INSERT INTO {table} (scenario, category, month, model, given, followed)"  # noqa: S608
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (scenario, category, month, model) DO UPDATE"
                f" SET given = {table}.given + EXCLUDED.given, followed = {table}.followed + EXCLUDED.followed",
                [*key, n, followed[key]],
            )
