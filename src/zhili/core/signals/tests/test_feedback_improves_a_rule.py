"""What people said of warnings gives a rule's precision, and the threshold that would have been better."""

from __future__ import annotations

import pytest

from zhili.core.signals.models import Warning
from zhili.core.signals.rules import quality
from zhili.core.signals.tests.judged import Court, ago

pytestmark = pytest.mark.django_db


def judged(feedback: str, values: list[float]) -> None:
    Warning.objects.bulk_create(
        Warning(
            rule="test.water",
            level="orange",
            subject_kind="device",
            subject_id=n,
            at=ago(days=1, seconds=n),
            last_at=ago(days=1, seconds=n),
            state="closed",
            closed_at=ago(hours=1),
            feedback=feedback,
            value=value,
        )
        for n, value in enumerate(values, Warning.objects.count())
    )


def test_precision_and_a_better_threshold(court: Court) -> None:
    assert quality.precisions() == {}
    assert quality.suggested("test.water") is None
    judged("real", [0.9, 1.2, 1.4, 2.0])
    judged("drill", [0.6])
    assert quality.suggested("test.water") is None  # too few to say anything
    judged("false", [0.55, 0.6, 0.6, 0.7, 1.0, 0.65])
    one = quality.precisions()["test.water"]
    assert (one.raised, one.real, one.false, one.drill) == (11, 4, 6, 1)
    assert one.precision is not None
    assert one.precision.share == 0.4
    assert 0.16 < one.precision.low < 0.18
    assert 0.68 < one.precision.high < 0.69
    better = quality.suggested("test.water")
    assert better is not None
    assert (better.now, better.better) == (0.5, 0.8)  # half way between 0.7 and 0.9
    assert (better.kept, better.dropped, better.false) == (4, 5, 6)
    judged("real", [0.52])
    assert quality.suggested("test.water") is None  # nothing divides them any more
