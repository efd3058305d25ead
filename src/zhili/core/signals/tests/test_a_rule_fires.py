"""What happens when a rule fires: one warning with its reason, told to the office of the place, its case opened."""

from __future__ import annotations

import pytest

from zhili.core.signals.models import Warning

from .judged import Court

pytestmark = pytest.mark.django_db


def test_water_over_the_limit_is_one_warning(court: Court) -> None:
    court.water.says(water_level=0.2)
    assert court.judge() == 1
    assert not Warning.objects.exists()
    court.water.says(water_level=0.9)
    court.judge()
    one = Warning.objects.get()
    print(vars(one))
    assert (one.rule, one.level, one.state) == ("test.water", "orange", "raised")
