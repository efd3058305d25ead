"""Anybody reads only the cases of procedures that say so, whatever stands in a row from before."""

from __future__ import annotations

import pytest

from zhili.core.cases import doors, query, registry
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.portal.tests.pages_client import reader

pytestmark = pytest.mark.django_db
REPORT = "citizen_reports.report"


def accepted(city: SmallCity) -> Case:
    """A report an office has looked at."""
    data = {"what": "路灯不亮", "place": INSIDE, "category": "201001"}
    opened = doors.open_case(REPORT, "report", ANONYMOUS, data)
    doors.act(opened.case_id, "accept", city.actor("A.grid"), {"category": "201001"})
    return Case.objects.get(pk=opened.case_id)


def test_only_a_procedure_that_says_so_is_open_to_all(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = accepted(small_city)
    stranger = reader(None)
    assert query.public().get() == case
    assert stranger.get(f"/c/{case.number}").status_code == 200
    assert stranger.get(f"/api/v1/cases/{case.number}").status_code == 200

    declared = registry.procedure(REPORT)
    assert declared is not None
    monkeypatch.setattr(declared, "open_to_all", False)
    assert case.public  # as it stood before
    assert not query.public().exists()
    assert stranger.get(f"/c/{case.number}").status_code == 404
    assert stranger.get(f"/api/v1/cases/{case.number}").status_code == 404
    assert not accepted(small_city).public
