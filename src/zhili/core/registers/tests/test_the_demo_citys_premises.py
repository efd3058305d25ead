"""The demo city's premises: on the city's own ground, with codes whose check characters hold, the same each time."""

from typing import Any

import pytest

from zhili.base.codes import check_uscc
from zhili.core.places.locate import locate
from zhili.core.registers import demo_premises
from zhili.core.registers.models import Firm, Premises


@pytest.mark.django_db
def test_made_up_and_plausible(small_city: Any) -> None:
    admin = small_city.actor("city", "admin")
    made = list(demo_premises._made(300))
    assert made == list(demo_premises._made(300)), "the same each time"
    assert demo_premises.load(300, admin) == 300
    assert demo_premises.load(300, admin) == 0
    assert Premises.objects.count() == 300
    for one in Premises.objects.select_related("firm"):
        assert one.lon is not None
        assert one.lat is not None
        assert check_uscc(one.firm.code) == one.firm.code
        assert one.firm.code[8:10] == "YY"
        assert locate(one.lon, one.lat).cell_id == one.cell_id
    kinds = set(Premises.objects.values_list("kind", flat=True))
    assert {"outlet", "restaurant", "plant"} <= kinds
    plain = {one.operator for one, _p in made if one is not None and one.operator}
    shown = " ".join(Firm.objects.values_list("name", flat=True)) + " ".join(
        Premises.objects.values_list("name", flat=True)
    )
    assert not [name for name in plain if len(name) > 2 and name in shown]
