from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from zhili.core.places.edition import changed
from zhili.core.places.models import Division

CITY_TIME = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def town(db: None) -> dict[str, int]:
    """A small city: 市 > 甲县, 乙县 > 甲镇 > 东村, 西村. Ids by name."""
    ids: dict[str, int] = {}
    lines = [
        ("市", None, "city"),
        ("甲县", "市", "county"),
        ("乙县", "市", "county"),
        ("甲镇", "甲县", "town"),
    ]
    lines += [("东村", "甲镇", "village"), ("西村", "甲镇", "village")]
    for number, (name, parent, level) in enumerate(lines):
        ids[name] = Division.objects.create(
            code=f"3304{number:08}",
            name=name,
            level=level,
            parent_id=ids.get(parent or ""),
            valid_from=date(2020, 1, 1),
            lon=120.7,
            lat=30.7,
        ).pk
    changed()
    return ids


def step(
    division: int | None, at: str | datetime, *, opened: str | datetime | None = None, **changes: Any
) -> dict[str, Any]:
    """The payload of a step as cases write it: a plain one unless told otherwise. City time."""
    at, opened = moment(at), moment(opened or at)
    payload: dict[str, Any] = {
        "case": 1,
        "number": "26000000017",
        "scenario": "reports",
        "procedure": "reports.report",
        "seq": 1,
        "action": "handle",
        "from": "open",
        "to": "open",
        "office": 1,
        "holder_party": None,
        "division": division,
        "category": "0101",
        "at": at.isoformat(),
        "opened_at": opened.isoformat(),
        "first": False,
        "final": False,
        "outcome": None,
        "answered": False,
        "reopened": False,
        "returned": False,
        "overdue": False,
        "rating": None,
        "actor_kind": "post",
        "clock": None,
        "days": None,
    } | changes
    if payload["final"]:
        payload["outcome"] = payload["outcome"] or "closed"
    if payload["final"] or payload["answered"]:
        payload["days"] = (at.date() - opened.date()).days
    return payload


def moment(when: str | datetime) -> datetime:
    return when if isinstance(when, datetime) else datetime.fromisoformat(when).replace(tzinfo=CITY_TIME)


def life(
    division: int | None,
    opened: str,
    *,
    answered_after: int | None = None,
    closed_after: int | None = None,
    **more: Any,
) -> list[dict[str, Any]]:
    """The steps of one case: opened, and perhaps answered and closed so many days later."""
    start = moment(opened)
    steps = [step(division, start, first=True, **more)]
    if answered_after is not None:
        at = start + timedelta(days=answered_after)
        steps.append(step(division, at, opened=start, answered=True, **more))
    if closed_after is not None:
        at = start + timedelta(days=closed_after)
        steps.append(step(division, at, opened=start, final=True, **more))
    return steps
