"""A screen is told of exactly the cases its post may see, and of none by name that is confidential."""

import json

import pytest

from zhili.core.cases import doors, query, watching
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, NORTH, OUTSIDE, SCENARIO, SmallCity
from zhili.core.cases.tests.lead import Lead
from zhili.core.streams.live import Listener, telling
from zhili.core.streams.live.reading import MISSED, _row
from zhili.portal.live.tests.screens import Watching, until
from zhili.portal.tests.serving import Served

OFFICES = (
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
    "city",
    "hotline",
    "arbiter",
)
REPORT = f"{SCENARIO}.report"


def everything_told() -> list[telling.Told]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(MISSED, ["0", 0, telling.types(), 1000])
        return telling.tell([_row(one) for one in cursor.fetchall()])


@pytest.mark.django_db
def test_the_same_sight_as_every_list(small_city: SmallCity) -> None:
    lead = Lead(small_city)
    lead.ask("A.zhzf", "B.town")
    for place in (INSIDE, NORTH, ELSEWHERE, OUTSIDE):
        for category in ("201001", "204003"):
            data = {"what": "x", "place": place, "category": category}
            doors.open_case(REPORT, "report", small_city.resident(), data)
    for number, case in enumerate(Case.objects.order_by("id")):
        if number % 3 == 0:
            Case.objects.filter(pk=case.pk).update(confidential=True)
    told = everything_told()
    for office in OFFICES:
        actor = small_city.actor(office)
        listener = Listener(watching.seat_of(actor), frozenset({"matters"}))
        heard = {json.loads(one.data["zh-hans"])["number"] for one in told if listener.hears(one)}
        assert heard == set(query.visible(actor).values_list("number", flat=True)), office


@pytest.mark.django_db
def test_files_of_the_justice_zone_are_never_shown(small_city: SmallCity) -> None:
    data = {"what": "x", "place": INSIDE, "category": "201001"}
    opened = doors.open_case(REPORT, "report", small_city.resident(), data)
    Case.objects.filter(pk=opened.case_id).update(zone="justice", confidential=True)
    assert everything_told() == []


@pytest.mark.django_db
def test_what_was_confidential_then_is_not_told_to_all_now(small_city: SmallCity) -> None:
    data = {"what": "私事", "place": INSIDE, "category": "201001"}
    opened = doors.open_case(REPORT, "report", small_city.resident(), data)
    from zhili.core.streams.models import StreamEvent

    for event in StreamEvent.objects.filter(subject=opened.case_id):
        StreamEvent.objects.filter(pk=event.pk).update(payload={**event.payload, "confidential": True})
    (told,) = everything_told()
    assert "私事" not in told.data["zh-hans"]
    assert not told.audience.admits(watching.seat_of(small_city.actor("city")))
    assert told.audience.admits(watching.seat_of(small_city.actor("A.grid")))


@pytest.mark.django_db
def test_no_personal_value_is_told(small_city: SmallCity) -> None:
    data = {
        "what": "王小明 13800138000 家门口积水",
        "place": INSIDE,
        "category": "201001",
        "name": "王小明",
        "phone": "13800138000",
    }
    doors.open_case(REPORT, "report", small_city.resident(), data)
    (told,) = everything_told()
    assert "13800138000" not in told.data["zh-hans"]
    assert "English" not in told.data["en"]
    assert json.loads(told.data["en"])["stage_title"] != json.loads(told.data["zh-hans"])["stage_title"]


def test_only_the_posts_concerned_are_told(served: Served, small_city: SmallCity) -> None:
    here = Watching(served, small_city.actor("A.town")).open()
    there = Watching(served, small_city.actor("B.town")).open()
    over = Watching(served, small_city.actor("city", "commander")).open()
    data = {"what": "x", "category": "201001"}
    first = doors.open_case(REPORT, "report", small_city.resident(), {**data, "place": INSIDE}).number
    second = doors.open_case(REPORT, "report", small_city.resident(), {**data, "place": ELSEWHERE}).number
    until(lambda: over.of(first) and over.of(second) and here.of(first) and there.of(second))
    assert not here.of(second)
    assert not there.of(first)
    for screen in (here, there, over):
        screen.cut()


def test_one_case_alone_may_be_watched(served: Served, small_city: SmallCity) -> None:
    data = {"what": "x", "category": "201001", "place": INSIDE}
    first, second = (
        doors.open_case(REPORT, "report", small_city.resident(), data, key=key).number for key in "ab"
    )
    town = small_city.actor("A.town")
    screen = Watching(served, town, f"case:{first}").open()
    grid = small_city.actor("A.grid")
    for number in (second, first):
        doors.act(number, "note", grid, {"note": "看过了"})
    until(lambda: screen.of(first))
    assert not screen.of(second)
    assert screen.of(first)[0]["kind"] == "told"
    screen.cut()
