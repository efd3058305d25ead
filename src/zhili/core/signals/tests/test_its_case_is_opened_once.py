"""A rule that opens a case opens it right after its warning, once, and again until it succeeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.base.procedure import Action, Duty, Final, Holder, Limit, Opening, Procedure, Rule, Stage
from zhili.core import forms
from zhili.core.cases import registry as cases
from zhili.core.cases.models import Case
from zhili.core.params import Param, declarations, declare
from zhili.core.signals import registry
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Warning
from zhili.core.signals.tests.judged import MEASURES, WATER, Court
from zhili.core.signals.warnings import opening
from zhili.core.streams.models import StreamEvent

pytestmark = pytest.mark.django_db
broken: list[str] = []


class Said(forms.Form):
    warning = forms.Integer("预警")
    source = forms.Integer("设备", required=False)
    subject = forms.Integer("对象")


def _place(change: Any) -> None:
    if broken:
        raise ValueError(broken[0])
    warning = Warning.objects.get(pk=change.values["warning"])
    change.case.division_id, change.case.cell_id = warning.division_id, warning.cell_id
    change.case.title = "积水"


class Flood(Procedure):
    title = "积水处置"
    scenario = "test"
    risen = Stage("待处置", owner=Duty(), limit=Limit("test.flood"))
    dry = Final("已排除")
    rise = Opening("水位预警", risen, by=Rule(), form=Said, effects=[_place])
    drain = Action("排水", risen >> dry, by=Holder())


@pytest.fixture
def flooding(court: Court, monkeypatch: pytest.MonkeyPatch) -> Court:
    monkeypatch.setitem(cases._procedures, "test.flood", Flood)
    monkeypatch.setattr(declarations, "_declared", dict(declarations._declared))
    declare(Param("test.flood", "1d", title="排水", source="试验"))
    cases.forget_versions()
    registry._own.clear()
    registry.declare(*MEASURES, replace(WATER, opens="test.flood/rise"))
    judging_run._judge.planner.forget()
    broken.clear()
    return court


def test_at_once_and_only_once(flooding: Court) -> None:
    flooding.water.says(water_level=0.9)
    flooding.judge()
    one = flooding.warning()
    case = Case.objects.get(procedure="test.flood")
    assert one.case_id == case.pk
    assert one.open_at is None
    assert case.cell_id == one.cell_id
    assert list(one.steps.order_by("id").values_list("kind", flat=True)) == ["raised", "case_opened"]
    # the process died after the case was there and before it was written down: the key knows the first one
    Warning.objects.filter(pk=one.pk).update(case=None, open_at=timezone.now())
    opening.open_due()
    one.refresh_from_db()
    assert one.case_id == case.pk
    assert Case.objects.filter(procedure="test.flood").count() == 1
    assert StreamEvent.objects.filter(type="signals.warning", payload__kind="raised").count() == 1


def test_what_fails_is_tried_again_and_says_why(flooding: Court) -> None:
    broken.append("地图服务停了")
    flooding.water.says(water_level=0.9)
    flooding.judge()
    one = flooding.warning()
    assert one.case_id is None
    assert (one.open_tries, one.open_error) == (1, "ValueError")
    assert one.open_at is not None
    assert opening.open_due(timezone.now()) == 0
    broken.clear()
    assert opening.open_due(timezone.now() + timedelta(seconds=3)) == 1
    one.refresh_from_db()
    assert one.case_id is not None
