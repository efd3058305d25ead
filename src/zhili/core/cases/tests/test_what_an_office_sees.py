"""The list an office is shown and the question whether it sees one matter have the same answer."""

import pytest

from zhili.core.cases import doors, query
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, NORTH, OUTSIDE, SCENARIO, SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db
EVERY = (
    "A.grid",
    "A.gridn",
    "A.grid2",
    "A.village",
    "A.village2",
    "A.town",
    "A",
    "A.zhzf",
    "B.grid2",
    "B.town",
)


def test_lists_and_single_questions_agree(small_city: SmallCity) -> None:
    lead = Lead(small_city)
    lead.ask("A.zhzf", "B.town")
    for place in (INSIDE, NORTH, ELSEWHERE, OUTSIDE):
        for category in ("201001", "204003"):
            data = {"what": "x", "place": place, "category": category}
            doors.open_case(f"{SCENARIO}.report", "report", small_city.resident(), data)
    fixed = doors.open_case(
        f"{SCENARIO}.report", "found_fixed", small_city.actor("A.grid"), {"category": "201001"}
    )
    Case.objects.filter(pk=fixed.case_id).update(confidential=True)
    for number, case in enumerate(Case.objects.order_by("id")):
        if number % 3 == 0:
            Case.objects.filter(pk=case.pk).update(confidential=True)
    everything = list(Case.objects.order_by("id"))
    for office in (*EVERY, "city", "hotline", "arbiter"):
        actor = small_city.actor(office)
        listed = set(query.visible(actor).values_list("pk", flat=True))
        assert listed == {case.pk for case in everything if query.sees(actor, case)}, office
        assert listed == set(Case.objects.filter(query.scope(actor)).values_list("pk", flat=True)), office
