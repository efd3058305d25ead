"""What a criminal case took is told nowhere but to its own offices, and not even to them where its zone is not served.

Every address of the site is asked, taken from its own list of addresses, so that a page added later is asked too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from zhili.conf import exporting
from zhili.core.cases import doors, present, query, sweeping, watching
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock
from zhili.core.streams.consumer import consumers
from zhili.core.streams.testing import deliver
from zhili.portal.tests.authorisation import table
from zhili.portal.tests.authorisation.conftest import world as world
from zhili.portal.tests.authorisation.people import Thing, World
from zhili.portal.tests.authorisation.walking import PLACEHOLDER, addresses, filled
from zhili.scenarios.evidence.tests.keeping import KEEPS, Keeping, a_store

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MARK = "碧玉葫芦吊坠"
ASKED_WITH = ("", f"?q={MARK}", "?view=area", f"?view=area&q={MARK}")
LISTS = (
    "desk",
    "desk/search",
    "my",
    "map",
    "screen/cases",
    "api/v1/cases",
    "api/v1/public/cases",
    "evidence",
)
"""Addresses that find what they are asked for."""
KEEPER = ("department",)
OTHERS = ("anonymous", "other_resident", "grid", "town", "city", "commander", "auditor", "other_department")
GOVERNMENT = ("public", "government")


@pytest.fixture
def criminal(world: World) -> Case:
    """A thing of a criminal case, kept by the department; all that follows a step has followed."""
    keeping = Keeping(world.city, a_store(world.city))
    case = keeping.on_the_shelf(what=MARK, matter=f"{MARK}案", matter_kind="criminal")
    for consumer in consumers().values():
        deliver(consumer)
    return case


def told(world: World, case: Case, roles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(role, address) of every answer that holds the mark."""
    thing = Thing(case, world.things["public"].file, world.things["public"].secret, "no-code")
    left_out = (table.ADMIN_PREFIX, "accounts/")
    for address in sorted({one for one in addresses() if not one.startswith(left_out)}):
        for role in roles:
            for more in ASKED_WITH if address in LISTS else ("",):
                if _holds(world, role, thing, address, more):
                    yield role, f"{address}{more}"


def _holds(world: World, role: str, thing: Thing, address: str, more: str) -> bool:
    visitor = world.visitors[role]
    path = filled(address, world, thing, **_own(address))
    if "logout" in path or "sign-out" in path:
        return False
    answer = visitor.client.get(path + more, headers=visitor.headers)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="replace")
    asked_for_it = MARK in more
    return text.count(MARK) > (text.count(f'value="{MARK}"') + text.count(f"“{MARK}”") if asked_for_it else 0)


def _own(address: str) -> dict[str, str]:
    """Values for what other parts of evidence put into their addresses."""
    names = {one[0] or one[1] for one in PLACEHOLDER.findall(address)}
    return {
        name: "1"
        for name in names - {"number", "procedure", "opening", "action", "key", "kind"}
        if name in OWN
    }


OWN = {
    "store",
    "room",
    "rack",
    "slot",
    "stocktake",
    "list",
    "hand_in",
    "share",
    "code",
    "scene",
    "note",
    "panel",
}


def test_only_its_own_office_is_told_of_it_at_any_address(world: World, criminal: Case) -> None:
    assert list(told(world, criminal, OTHERS)) == []


def test_its_office_finds_it_where_its_zone_is_served(world: World, criminal: Case) -> None:
    """Else the tests above could not fail."""
    found = {address for _role, address in told(world, criminal, KEEPER)}
    assert {
        "desk",
        f"desk/search?q={MARK}",
        "evidence",
        "evidence/i/<str:number>",
        "desk/c/<str:number>",
    } <= found


def test_where_its_zone_is_not_served_nobody_is_told(world: World, criminal: Case, settings: Any) -> None:
    settings.ZONES = GOVERNMENT
    assert list(told(world, criminal, (*KEEPER, "city"))) == []
    keeper = world.city.actor(KEEPS, "handler")
    assert not query.sees(keeper, criminal)
    with pytest.raises(Refused) as refused:
        doors.act(criminal.pk, "note", keeper, {"note": "x"})
    assert refused.value.status == 404
    assert present.actions_for(criminal, keeper) == []


def test_nothing_of_it_goes_to_screens_figures_or_exports(world: World, criminal: Case) -> None:
    assert watching.sights([criminal.pk]) == {}
    assert MARK not in str(list(exporting.rows(date(2020, 1, 1), None)))
    assert not query.public().filter(pk=criminal.pk).exists()


def test_it_is_not_taken_in_where_its_zone_is_not_served(world: World, settings: Any) -> None:
    settings.ZONES = GOVERNMENT
    keeping = Keeping(world.city, a_store(world.city))
    with pytest.raises(Refused) as refused:
        keeping.take_in(matter_kind="criminal")
    assert refused.value.code == "other_zone"
    assert keeping.take_in().zone == "government"


def test_a_case_of_justice_that_is_not_confidential_cannot_be_written(criminal: Case) -> None:
    assert criminal.confidential
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        Case.objects.filter(pk=criminal.pk).update(confidential=False)


def test_clocks_are_left_to_a_worker_that_serves_the_zone(criminal: Case, settings: Any) -> None:
    clock = Clock.objects.get(case=criminal, name="stage")
    at = clock.next_fire_at
    assert (clock.pk, criminal.pk) in sweeping.due(at, 1000)
    settings.ZONES = GOVERNMENT
    assert (clock.pk, criminal.pk) not in sweeping.due(at, 1000)
