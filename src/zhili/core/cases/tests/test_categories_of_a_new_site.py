"""A scenario that comes new to a site brings its categories; a city's own list is left as it is."""

from __future__ import annotations

import pytest

from zhili.core.cases import categories, registry
from zhili.core.cases.models import Category
from zhili.core.cases.tests.city import SmallCity

pytestmark = pytest.mark.django_db


def test_a_list_is_brought_once_where_there_is_none(small_city: SmallCity) -> None:
    own = set(Category.objects.values_list("scenario", "code"))
    assert {scenario for scenario, _code in own} == {"citizen_reports"}
    added = categories.begin()
    brought = set(Category.objects.values_list("scenario", "code")) - own
    with_a_list = {name for name, one in registry.scenarios().items() if one.categories} - {"citizen_reports"}
    assert {scenario for scenario, _code in brought} == with_a_list
    assert added == len(brought) > 0
    assert categories.begin() == 0
