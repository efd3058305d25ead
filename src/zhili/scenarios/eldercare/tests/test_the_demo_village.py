"""The demo's village is made once, and its wristbands are those of people who agreed."""

from __future__ import annotations

from typing import Any

import pytest

from zhili.core.cases.models import Case
from zhili.core.people.models import Account
from zhili.core.signals.models import Source
from zhili.scenarios.eldercare import demo, family
from zhili.scenarios.eldercare.tests.caring import Caring


def test_it_is_made_once_with_a_relative_and_a_drill(caring: Caring, monkeypatch: pytest.MonkeyPatch) -> None:
    people: dict[str, Any] = {"village": caring.village, "resident": caring.elder}
    monkeypatch.setattr(demo, "_acting", people.get)
    monkeypatch.setattr(demo, "WEARERS", 4)

    assert demo.load() == demo.load() == {"wristbands": 4}
    worn = Case.objects.filter(procedure="eldercare.wearing", stage="active")
    assert {one.subject_id for one in Source.objects.filter(kind="wristband")} == set(
        worn.values_list("pk", flat=True)
    )
    assert [one.protocol for one in Source.objects.order_by("number")] == ["watch", "watch", "mqtt", "watch"]
    mine = worn.get(opener=Account.objects.get(pk=caring.elder.account_id))
    assert [(one.location, one.health, one.open) for one in family.of(mine)] == [(True, True, True)]
    assert Case.objects.get(procedure="eldercare.alarm").stage == "closed"
