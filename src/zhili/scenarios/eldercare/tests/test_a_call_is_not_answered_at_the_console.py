"""The warning behind a call for help: seen by those who go, never above; taken and closed through the call alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.watching import seat_of
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Warning
from zhili.core.signals.store import keeping, storing
from zhili.core.signals.store.storing import Message, Said
from zhili.core.signals.warnings import giving_back, handling, keeping_steps, telling
from zhili.core.streams.live import Row
from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import reader, words_of
from zhili.scenarios.eldercare.tests.caring import Caring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    _forget()
    yield
    _forget()


def _forget() -> None:
    judging_run._judge.memory.forget()
    judging_run._judge.planner.forget()
    keeping.forget()


def called(caring: Caring) -> tuple[Warning, Case]:
    caring.worn()
    now = datetime.now(UTC)
    storing.accept([Message("3700000001", "watch", (Said("sos", now, 1.0),), b"", now)])
    while judging_run.run_once():
        pass
    one = Warning.objects.get(rule="eldercare.sos")
    assert one.case is not None
    return one, one.case


def test_it_is_taken_and_closed_through_the_call_alone(caring: Caring) -> None:
    one, alarm = called(caring)
    for refused in (
        lambda: handling.accept(one, caring.village),
        lambda: handling.close(one, caring.village, "false"),
    ):
        with pytest.raises(Refused, match="由它的事项办理"):
            refused()
    client = reader(caring.village)
    for page in ("/desk/warnings", f"/desk/warnings/{one.pk}"):
        shown = client.get(page).content.decode()
        assert "由呼救事项办理" in shown
        assert f"/desk/c/{alarm.number}" in shown
        assert f"/desk/warnings/{one.pk}/accept" not in shown
    assert client.post(f"/desk/warnings/{one.pk}/accept").status_code == 409

    doors.act(alarm.pk, "accept", caring.grid)
    one.refresh_from_db()
    assert (one.state, one.accepted_office) == ("accepted", caring.grid.office_id)
    assert giving_back.seconds_left(one, caring.grid) == 0
    with pytest.raises(Refused):
        giving_back.give_back(one, caring.grid)
    doors.act(alarm.pk, "go", caring.grid)
    doors.act(alarm.pk, "arrive", caring.grid)
    doors.act(alarm.pk, "close", caring.grid, {"finding": "false", "words": "碰到了按键"})
    one.refresh_from_db()
    assert (one.state, one.feedback) == ("closed", "false")


def test_it_is_seen_by_those_who_go_and_never_above(caring: Caring) -> None:
    one, alarm = called(caring)
    above = [
        caring.city.actor("A"),
        caring.city.actor("city", "commander"),
        caring.city.actor("city", "auditor"),
    ]

    def told(who: object) -> bool:
        payload = {"warning": one.pk, "kind": "raised", "at": one.at.isoformat()}
        row = Row(1, 1, one.at, keeping_steps.EVENT, None, payload)
        return next(iter(telling.tell([row]))).audience.admits(seat_of(who))  # type: ignore[arg-type]

    for near in (caring.grid, caring.village):
        assert handling.visible(near).filter(pk=one.pk).exists()
        assert told(near)
    for who in (*above, caring.town, caring.city.actor("B.village")):
        assert not handling.visible(who).filter(pk=one.pk).exists()
        assert not told(who)
    assert reader(above[1]).get(f"/desk/warnings/{one.pk}").status_code == 404
    assert f'data-warning="{one.pk}"' not in reader(above[1]).get("/desk/warnings?state=all").content.decode()

    Case.objects.filter(pk=alarm.pk).update(office_id=caring.town.office_id)  # nobody went: it went up
    assert handling.visible(caring.town).filter(pk=one.pk).exists()
    assert told(caring.town)
    assert not any(handling.visible(who).filter(pk=one.pk).exists() or told(who) for who in above)


def test_what_the_wristband_told_is_shown_for_a_reason_only(caring: Caring) -> None:
    one, _alarm = called(caring)
    client = reader(caring.village)
    page = client.get(f"/desk/warnings/{one.pk}").content.decode()
    assert "data-plot" not in page
    assert "为什么要看" in page
    before = Access.objects.count()
    client.post(f"/desk/warnings/{one.pk}/open", {"purpose": " "})
    assert Access.objects.count() == before
    opened = client.post(f"/desk/warnings/{one.pk}/open", {"purpose": "上门前了解"}).content.decode()
    assert "data-plot" in opened
    looked = Access.objects.latest("pk")
    assert (looked.purpose, looked.office_id) == ("上门前了解", caring.village.office_id)
    wearing = Case.objects.get(pk=one.subject_id)
    assert "上门前了解" in words_of(reader(caring.elder).get(f"/care/w/{wearing.number}"))
