"""The commander's own pages with alarms, instructions and duty on them, by the rules of WCAG 2.2 AA, on a phone."""

import pytest
from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.browsing import PHONE, Visits
from zhili.portal.tests.conftest import visits  # noqa: F401
from zhili.portal.tests.looking import at, faults, small_targets, too_wide, unfold_all
from zhili.scenarios.command_centre import duty, instructing
from zhili.scenarios.command_centre.alarms import kinds, raising, showing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/screen/phone",
    "/screen/instruct",
    "/screen/instructions",
    "/screen/alarms",
    "/screen/duty",
    "/screen/duty/log",
)


@pytest.mark.parametrize("look", ["light", "elder"])
def test_with_everything_on_them(visits: Visits, small_city: SmallCity, look: str) -> None:  # noqa: F811
    commander, today = small_city.actor("city", "commander"), timezone.localdate()
    towns = [small_city.offices[one].pk for one in ("A.town", "B.town")]
    instructing.give(commander, {"what": "清理沿河排水口", "urgent": True, "offices": towns}, "", "k")
    division = small_city.divisions["A"].pk
    facts = {"place": "南湖区", "category": "暴露垃圾", "today": 22, "before": 7}
    for key in ("one", "two"):
        raising.raise_once(kinds.RISE, key, facts, None, division)
    showing.acknowledge(commander, showing.current(commander)[0].id, "已派人查看")
    duty.name(commander, towns[0], None, today, today, "night", "0573-8200 0000", "防汛")
    duty.write(commander, "交接班无遗留")
    page = visits.of(commander, PHONE, look=look)
    wrong = []
    for address in PAGES:
        at(page, address)
        unfold_all(page)
        found = [*faults(page, look=look), *small_targets(page, look=look), *too_wide(page)]
        wrong += [f"{address}: {one}" for one in found]
    assert wrong == [], "\n".join(wrong)
