"""Every night what is new and a share of what is old; what was found stays until all is found sound."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from zhili.commands import auditing
from zhili.conf.auditing import nightly
from zhili.conf.auditing.tests.site import head, live, taps
from zhili.conf.models import Round
from zhili.core.cases.tests.city import SmallCity
from zhili.core.trail.audit import running
from zhili.core.trail.models import Change, Leaf, Sealed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(small_city: SmallCity) -> SmallCity:
    live(small_city)
    return small_city


def said() -> list[tuple[str, str]]:
    return [(state, what) for state, what, _do in auditing.standing()]


def altered(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; SET LOCAL session_replication_role = replica; " + statement + "; COMMIT")


def last_leaf() -> dict:
    return dict(json.loads(bytes(Leaf.objects.order_by("-id")[0].body))["what"])


def test_a_sound_night_is_a_leaf_and_the_doctor_is_content(city: SmallCity) -> None:
    assert said()[0][0] == "warn"
    state = nightly.whole_night()
    assert state["faults"] == []
    assert state["tree"]["size"] == Sealed.objects.count()
    assert last_leaf()["record"] == "trail.audited"
    assert last_leaf()["faults"] == 0
    assert [one for one, _text in said()] == ["ok"]


def test_the_next_night_goes_on_from_the_last_and_finds_what_came_meanwhile(city: SmallCity) -> None:
    before = nightly.whole_night()["tree"]["size"]
    taps(20)
    head()
    leaf = Leaf.objects.order_by("-id")[3]
    altered(f"UPDATE trail_leaf SET kind = 'tap' WHERE id = {leaf.pk}")
    state = nightly.whole_night()
    assert state["seen"]["new"] == Sealed.objects.count() - before
    assert [(one["table"], one["key"]) for one in state["faults"]] == [("trail_leaf", str(leaf.pk))]


def test_an_old_row_is_reached_within_a_month(city: SmallCity) -> None:
    nightly.whole_night()
    row = Change.objects.order_by("pk")[0]
    altered(f"UPDATE trail_change SET reason = '另一个原因' WHERE id = {row.pk}")
    for _night in range(nightly.MONTH + 1):
        if nightly.whole_night()["faults"]:
            break
    (fault,) = nightly.standing()[1]["faults"]
    assert (fault["table"], fault["key"]) == ("trail_change", str(row.pk))
    assert said()[0][0] == "fail"
    assert "trail_change" in said()[0][1]


def test_a_fault_stays_until_a_whole_audit_has_found_all_sound(city: SmallCity) -> None:
    row = Change.objects.order_by("pk")[0]
    altered(f"UPDATE trail_change SET reason = '另一个原因' WHERE id = {row.pk}")
    nightly.whole_night()
    altered(f"UPDATE trail_change SET reason = '{row.reason}' WHERE id = {row.pk}")
    nightly.whole_night()
    assert said()[0][0] == "fail", "that it was put back is for somebody to say"
    nightly.keep(running.whole())
    assert said()[0][0] == "ok"


def test_the_worker_does_a_batch_at_a_time_and_rests_afterwards(city: SmallCity) -> None:
    turns = 0
    while nightly.turn():
        turns += 1
        assert turns < 200
    assert turns >= len(nightly.phases())
    assert Round.objects.get(name=nightly.NAME).ended_at is not None
    assert nightly.turn() == 0, "not before the next night"
