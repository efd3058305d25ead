"""A rule that fires for too many at once says nothing of them: it is cut off until a person switches it on again."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.core.notices.models import Notice
from zhili.core.signals.models import RuleStand, Warning
from zhili.core.signals.tests.judged import Court, ago
from zhili.core.signals.warnings import fusing
from zhili.core.trail.models import Change

pytestmark = pytest.mark.django_db


def test_half_of_the_detectors_cry_fire(court: Court) -> None:
    params.set_value("signals.fuse_least", "2", ago(days=1).date(), None)
    detectors = [court.gauge(f"smoke-{n}") for n in range(10)]
    for one in detectors:
        one.says(smoke=1.0)
        if one is detectors[0]:
            court.judge()  # told of, and not held against it alone
    court.judge()
    stand = RuleStand.objects.get(name="test.smoke")
    assert (stand.subjects, stand.fired) == (10, 10)
    assert stand.cut_at is not None
    assert stand.cut_facts["by"] == "fuse"
    told = Warning.objects.filter(rule="test.smoke").count()
    assert told == 3  # three of ten: its share
    assert stand.held_back == 10 - told
    owner = court.city.offices["city"].pk
    assert Notice.objects.get(kind="signals.fuse").office_id == owner
    assert Change.objects.filter(subject="signals.rule", done="cut_off", key="test.smoke").count() == 1

    detectors[5].says(smoke=1.0)
    court.judge()
    assert Warning.objects.filter(rule="test.smoke").count() == told

    with pytest.raises(PermissionDenied):
        fusing.switch_on("test.smoke", court.city.actor("A.grid"), "好了")
    leader = court.city.actor("city", "leader")
    with pytest.raises(Refused, match="原因"):
        fusing.switch_on("test.smoke", leader, " ")
    fusing.switch_on("test.smoke", leader, "整楼演练已结束")
    with pytest.raises(Refused, match="正在运行"):
        fusing.switch_on("test.smoke", leader, "再来")
    assert Change.objects.get(subject="signals.rule", done="switched_on").reason == "整楼演练已结束"
    detectors[6].says(smoke=1.0)
    court.judge()
    assert Warning.objects.filter(rule="test.smoke").count() == told + 1

    fusing.cut_off("test.smoke", leader, "换探头")
    detectors[7].says(smoke=1.0)
    court.judge()
    assert Warning.objects.filter(rule="test.smoke").count() == told + 1
    assert RuleStand.objects.get(name="test.smoke").held_back == 1
