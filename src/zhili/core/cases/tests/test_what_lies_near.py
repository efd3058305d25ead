"""What lies near a point is found by place and time, through the index made for it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from zhili.base.geo import bbox_around
from zhili.core.cases import doors, near
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def _opened(lon: float, lat: float) -> int:
    data = {"what": "路灯不亮", "place": {"lon": lon, "lat": lat}}
    return doors.open_case("citizen_reports.report", "report", ANONYMOUS, data).case_id


def test_only_what_is_inside_the_square_and_the_days_nearest_first():
    SmallCity()
    here, close, _far = (_opened(INSIDE["lon"] + more, INSIDE["lat"]) for more in (0.0, 0.0004, 0.01))
    old = _opened(INSIDE["lon"], INSIDE["lat"])
    _opened(ELSEWHERE["lon"], ELSEWHERE["lat"])
    now = timezone.now()
    Case.objects.filter(pk=old).update(opened_at=now - timedelta(days=100))
    box = bbox_around(INSIDE["lon"], INSIDE["lat"], 300)
    found = Case.objects.filter(
        near.within(box), near.opened_between(now - timedelta(days=90), timezone.now())
    )
    ordered = found.order_by(near.degrees_from(INSIDE["lon"] + 0.0003, INSIDE["lat"]))
    assert list(ordered.values_list("pk", flat=True)) == [close, here]


def test_the_index_is_the_one_asked():
    SmallCity()
    now = timezone.now()
    box = bbox_around(INSIDE["lon"], INSIDE["lat"], 300)
    asked = Case.objects.filter(near.within(box), near.opened_between(now - timedelta(days=90), now))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = asked.order_by(near.degrees_from(INSIDE["lon"], INSIDE["lat"]))[:60].explain()
    assert "Index Scan using case_near" in plan
    assert "tstzrange" in plan.partition("Index Cond:")[2].splitlines()[0]
    assert "Sort" not in plan


def test_a_street_of_the_public_map_is_found_like_any_square(client):
    SmallCity()
    here, _other = _opened(INSIDE["lon"], INSIDE["lat"]), _opened(INSIDE["lon"] + 0.02, INSIDE["lat"])
    Case.objects.update(public=True)
    west, south = INSIDE["lon"] - 0.002, INSIDE["lat"] - 0.002
    number = Case.objects.get(pk=here).number
    for reach in (0.004, 0.015):  # below and above what the index of places is asked for
        asked = f"/api/v1/public/cases?bbox={west},{south},{west + reach},{south + reach}"
        assert [one["properties"]["number"] for one in client.get(asked).json()["features"]] == [number]
