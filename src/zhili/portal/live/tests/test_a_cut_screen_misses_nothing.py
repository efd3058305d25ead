"""A screen that was cut comes back and is told what happened meanwhile, whatever order writers commit in."""

import random
import threading
import time

from django.db import connection, transaction

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.streams import emit
from zhili.core.streams.live import reading
from zhili.core.streams.models import StreamEvent
from zhili.portal.live.tests.screens import Watching, until
from zhili.portal.tests.serving import Served

REPORT = "citizen_reports.report"
REPORTED = {"what": "路灯不亮", "place": INSIDE}


def report(city: SmallCity) -> str:
    data = {**REPORTED, "category": "201001"}
    return doors.open_case(REPORT, "report", ANONYMOUS, data).number


def test_a_report_is_on_the_screen_within_two_seconds(served: Served, small_city: SmallCity) -> None:
    screen = Watching(served, small_city.actor("city", "commander")).open()
    began = time.monotonic()
    number = report(small_city)
    until(lambda: screen.of(number))
    assert time.monotonic() - began < 2
    told = screen.of(number)[0]
    assert told["kind"] == "opened"
    assert told["event"] == "matter"
    assert (told["lon"], told["lat"]) == (INSIDE["lon"], INSIDE["lat"])
    screen.cut()


def test_nothing_is_lost_under_concurrent_writers(served: Served, small_city: SmallCity) -> None:
    case = Case.objects.get(number=report(small_city))
    screen = Watching(served, small_city.actor("city", "commander")).open()
    mark = StreamEvent.objects.order_by("-id").values_list("id", flat=True).first()
    stop = threading.Event()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        try:
            while not stop.is_set():
                with transaction.atomic():
                    for _ in range(chance.randint(1, 3)):
                        emit(
                            "step",
                            case.pk,
                            {"at": "2026-11-22T08:00:00+00:00", "action": "note", "seq": seed},
                        )
                    time.sleep(
                        chance.choice((0, 0, 0.01, 0.15))
                    )  # ids are given out before they are committed
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(5)]
    for writer in writers:
        writer.start()
    for pause in (0.2, 0.05, 0.4, 0.1, 0.3, 0.2):
        time.sleep(pause)
        screen.cut()
        time.sleep(0.1)
        screen.open()
    stop.set()
    for writer in writers:
        writer.join()
    written = set(StreamEvent.objects.filter(id__gt=mark, type="step").values_list("id", flat=True))
    assert len(written) > 100
    until(lambda: written <= screen.ids(), f"{len(written)} written")
    assert screen.ends == []
    screen.cut()


def test_a_server_that_starts_again_goes_on_where_it_was(served: Served, small_city: SmallCity) -> None:
    screen = Watching(served, small_city.actor("city", "commander")).open()
    before = report(small_city)
    until(lambda: screen.of(before))
    took = served.stop()
    assert took < 2
    assert screen.over.wait(2)
    meanwhile = report(small_city)
    served.start()
    screen.open()
    until(lambda: screen.of(meanwhile))
    after = report(small_city)
    until(lambda: screen.of(after))
    assert screen.ends == []
    screen.cut()


def test_more_than_memory_holds_comes_from_the_log(
    served: Served, small_city: SmallCity, monkeypatch
) -> None:
    monkeypatch.setattr("zhili.core.streams.live.hub.KEPT", 2)
    report(small_city)  # something older is kept than what it missed
    screen = Watching(served, small_city.actor("city", "commander")).open()
    screen.cut()
    numbers = [report(small_city) for _ in range(6)]
    other = Watching(served, small_city.actor("city", "commander")).open()
    last = report(small_city)
    until(lambda: other.of(last))
    screen.open()
    until(lambda: all(screen.of(number) for number in [*numbers, last]))
    assert [one["number"] for one in screen.told] == [*numbers, last]
    for each in (screen, other):
        each.cut()


def test_who_missed_too_much_draws_itself_anew(served: Served, small_city: SmallCity, monkeypatch) -> None:
    monkeypatch.setattr("zhili.core.streams.live.hub.KEPT", 2)
    report(small_city)  # something older is kept than what it missed
    monkeypatch.setattr(reading, "REPLAY", 3)
    screen = Watching(served, small_city.actor("city", "commander")).open()
    screen.cut()
    other = Watching(served, small_city.actor("city", "commander")).open()
    for _ in range(6):
        last = report(small_city)
    until(lambda: other.of(last))
    screen.open()
    until(lambda: screen.ends == [("reload", "too_much")])
    after = report(small_city)
    until(lambda: screen.of(after))
    for each in (screen, other):
        each.cut()


def test_what_is_no_longer_kept_is_said_so(served: Served, small_city: SmallCity) -> None:
    screen = Watching(served, small_city.actor("city", "commander"))
    report(small_city)
    screen.last = "1-1"
    screen.open()
    until(lambda: screen.ends == [("reload", "too_much")])
    screen.cut()


def test_a_mark_of_another_server_is_said_so(served: Served, small_city: SmallCity) -> None:
    screen = Watching(served, small_city.actor("city", "commander"))
    screen.last = "99999999999-7"
    screen.open()
    until(lambda: screen.ends == [("reload", "too_much")])
    screen.cut()


def test_a_page_drawn_before_it_connects_misses_nothing(served: Served, small_city: SmallCity) -> None:
    from zhili.core.streams.live import position

    report(small_city)  # something older is kept
    drawn = position()
    number = report(small_city)
    screen = Watching(served, small_city.actor("city", "commander"))
    screen.topics = f"matters&last={drawn}"
    screen.open()
    until(lambda: screen.of(number))
    screen.cut()
